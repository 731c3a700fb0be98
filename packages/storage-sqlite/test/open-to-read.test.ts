import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { schema, systemClock } from '@payment-node/core'
import { afterEach, expect, test } from 'vitest'
import { sqlite } from '../src/index.ts'

const environment = { clock: systemClock }
const folder = mkdtempSync(join(tmpdir(), 'payment-node-read-'))
afterEach(() => rmSync(folder, { recursive: true, force: true }))

test('the books are read beside whoever has them open, and nothing is created, migrated or written', async () => {
  const file = join(folder, 'payments.db')
  const looking = sqlite({ file })
  expect(await looking.openToRead!(schema, environment)).toBe(0)
  expect(readdirSync(folder)).toEqual([])

  const owner = sqlite({ file })
  await owner.open(schema, environment)
  await owner.lease('leader', { holder: 'owner', for: 60_000 })
  expect(await looking.openToRead!(schema, environment)).toBe(schema.version)
  const [table] = schema.tables
  const query = { index: 'key', equals: [], limit: 10 } as const
  expect(await looking.find(table!, query)).toEqual([])
  expect(await looking.snapshot((read) => read.find(table!, query))).toEqual([])
  expect(await looking.lastEvent()).toBe(0n)
  await expect(looking.lease('leader', { holder: 'other', for: 1 })).rejects.toMatchObject({
    code: 'storage.unavailable',
  })
  await expect(looking.open(schema, environment)).rejects.toMatchObject({ code: 'storage.in-use' })
  await looking.close()
  // The lease is still the owner's.
  expect(await owner.lease('leader', { holder: 'other', for: 1 })).toBeUndefined()
  await owner.close()

  const before = readFileSync(file)
  const newer = { ...schema, version: schema.version + 1 }
  expect(await looking.openToRead!(newer, environment)).toBe(schema.version)
  await expect(looking.lastEvent()).rejects.toMatchObject({ code: 'storage.unavailable' })
  const closed = { ...schema, version: 0 }
  await expect(looking.openToRead!(closed, environment)).rejects.toMatchObject({
    code: 'storage.newer-schema',
  })
  expect(readFileSync(file).equals(before)).toBe(true)
  expect(existsSync(file)).toBe(true)
})
