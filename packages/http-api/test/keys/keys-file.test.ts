import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { keysFile, memoryKeys } from '../../src/index.ts'

const folder = mkdtempSync(join(tmpdir(), 'keys-'))
afterAll(() => rmSync(folder, { recursive: true }))
let files = 0
const freshFile = (): string => join(folder, `keys-${++files}.json`)

test('the file holds no key, only what recognises one, and is its owner’s alone', async () => {
  const path = freshFile()
  const keys = keysFile(path)
  const { key, text } = await keys.create({ scope: 'partner:bakery', name: 'till' })
  expect(text).toMatch(/^pnk_[0-9a-f]{16}_[A-Za-z0-9_-]{43}$/)
  const stored = readFileSync(path, 'utf8')
  expect(stored).toContain(key.id)
  expect(stored).not.toContain(text.slice(21))
  expect(statSync(path).mode & 0o777).toBe(0o600)
  expect(await keys.find(text)).toEqual(key)
  expect(key).toMatchObject({ scope: 'partner:bakery', name: 'till', revokedAt: null })
})

test('a running server notices what a command does to the file', async () => {
  const path = freshFile()
  const [server, command] = [keysFile(path), keysFile(path)]
  expect(await server.find(`pnk_${'0'.repeat(16)}_${'A'.repeat(43)}`)).toBeUndefined()
  const { key, text } = await command.create({ scope: 'operator' })
  expect(await server.find(text)).toMatchObject({ id: key.id, scope: 'operator' })
  expect(await command.revoke(key.id)).toMatchObject({ revokedAt: expect.any(Number) })
  expect(await server.find(text)).toBeUndefined()
  expect(await server.list()).toMatchObject([{ id: key.id, revokedAt: expect.any(Number) }])
  expect(await server.revoke('0'.repeat(16))).toBeUndefined()
})

test('a file that others can read, or that is none, opens nothing', async () => {
  const path = freshFile()
  const keys = keysFile(path)
  const { text } = await keys.create({ scope: 'operator' })
  chmodSync(path, 0o644)
  await expect(keys.find(text)).rejects.toThrow('can be read by others')
  chmodSync(path, 0o600)
  expect(await keys.find(text)).toBeDefined()
  for (const content of ['', '[]', '{"keys":[{"id":"x"}]}', '{"keys":[],"more":1}']) {
    writeFileSync(path, content)
    await expect(keys.find(text), content).rejects.toThrow()
  }
})

test('two commands at once do not lose a key: one is refused', async () => {
  const path = freshFile()
  const results = await Promise.allSettled(
    Array.from({ length: 8 }, () => keysFile(path).create({ scope: 'operator' })),
  )
  const made = results.filter(({ status }) => status === 'fulfilled')
  expect(await keysFile(path).list()).toHaveLength(made.length)
  expect(made.length).toBeGreaterThan(0)
  for (const result of results) {
    if (result.status === 'rejected') expect(String(result.reason)).toContain('is writing')
  }
  // Nothing is left in the way of the next one.
  await keysFile(path).create({ scope: 'operator' })
})

test('scopes that are none are refused', async () => {
  const scopes = ['', 'admin', 'partner:', 'partner', 'Operator', 'partner:a b', 'operator ']
  for (const scope of scopes) {
    await expect(memoryKeys().create({ scope: scope as never }), scope).rejects.toThrow('no scope')
  }
})

test('a key opens only with its whole text, in a constant form', async () => {
  const keys = memoryKeys()
  const { text } = await keys.create({ scope: 'operator' })
  const flipped = `${text.slice(0, -1)}${text.endsWith('A') ? 'B' : 'A'}`
  const bad = ['', text.slice(0, -1), `${text} `, text.toUpperCase(), flipped, text.slice(4)]
  const opened = await Promise.all(bad.map((one) => keys.find(one)))
  expect(opened.filter((key) => key !== undefined)).toEqual([])
  expect(await keys.find(text)).toBeDefined()
})
