import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Schema, type Storage, schema, systemClock } from '@payment-node/core'
import { type MemoryData, memory, memoryData } from '@payment-node/storage-memory'
import { sqlite } from '@payment-node/storage-sqlite'
import { expect, test } from 'vitest'
import { LeftAlone, lookOnly } from '../src/books/look-only-storage.ts'
import { stillNode } from '../src/books/still-node.ts'
import { readTables } from './read-tables.ts'

const environment = { clock: systemClock }

/** Each engine, with the same books under every storage it makes. */
function* engines(): Generator<{ name: string; make: () => Storage; count: () => number }> {
  const data = memoryData()
  const tables = (data as unknown as { tables: Map<string, unknown> }).tables
  yield { name: 'memory', make: () => memory({ data }), count: () => tables.size }
  const folder = mkdtempSync(join(tmpdir(), 'payment-node-cli-'))
  const file = join(folder, 'payments.db')
  yield {
    name: 'sqlite',
    make: () => sqlite({ file }),
    count: () =>
      Object.keys(existsSync(file) ? readTables(file) : {}).filter(
        (table) => !/^s(torage|qlite)_/.test(table),
      ).length,
  }
  rmSync(folder, { recursive: true })
}

async function storedBooks(): Promise<MemoryData> {
  const data = memoryData()
  await store(memory({ data }))
  return data
}

async function store(storage: Storage): Promise<void> {
  await storage.open(schema, environment)
  await storage.close()
}

test('an empty storage is left alone, and so is one with older tables', async () => {
  const newer = { ...schema, version: schema.version + 1 }
  const left: unknown[] = []
  for (const { name, make, count } of engines()) {
    const refuse = async (wanted: Schema): Promise<unknown> => {
      const refusal = await lookOnly(make())
        .open(wanted, environment)
        .catch((error: unknown) => error)
      if (!(refusal instanceof LeftAlone)) throw refusal
      return [name, refusal.reason, refusal.found, count()]
    }
    left.push(await refuse(schema))
    await store(make())
    left.push(await refuse(newer))
    // Whoever knows the older tables only can still open them.
    await store(make())
  }
  const all = schema.tables.length
  expect(left).toEqual([
    ['memory', 'empty', 0, 0],
    ['memory', 'older-schema', schema.version, all],
    ['sqlite', 'empty', 0, 0],
    ['sqlite', 'older-schema', schema.version, all],
  ])
})

test('books that are open can be read and not written', async () => {
  const storage = lookOnly(memory({ data: await storedBooks() }))
  await storage.open(schema, environment)
  const [table] = schema.tables
  expect(await storage.find(table!, { index: 'key', equals: [], limit: 1 })).toEqual([])
  await expect(storage.commit({ writes: [] })).rejects.toThrow('only looks')
  await expect(storage.claim('queue', { limit: 1, leaseFor: 1 })).rejects.toThrow('only looks')
  await expect(storage.lease('leader', { holder: 'a', for: 1 })).rejects.toThrow('only looks')
  await storage.close()
})

test('books that somebody else opened through the same storage stay open', async () => {
  const storage = memory({ data: await storedBooks() })
  await storage.open(schema, environment)
  const looking = lookOnly(storage)
  await expect(looking.open(schema, environment)).rejects.toMatchObject({ code: 'storage.in-use' })
  await looking.close()
  expect(await storage.lastEvent()).toBe(0n)
})

test('the node that stands in refuses everything', async () => {
  const node = stillNode({ publicKey: '02', network: 'regtest' })
  const { getInfo, close, contractVersion, name, ...others } = node
  expect(await getInfo()).toMatchObject({ publicKey: '02', network: 'regtest' })
  await expect(stillNode().getInfo()).rejects.toMatchObject({ code: 'node.unavailable' })
  await close()
  const answered: string[] = []
  for (const [verb, call] of Object.entries(others)) {
    const outcome = await Promise.resolve()
      .then(() => (call as () => unknown)())
      .catch((error: { code: string }) => error.code)
    if (outcome !== 'node.unavailable') answered.push(verb)
  }
  expect(answered).toEqual([])
  expect(Object.keys(others).length).toBeGreaterThan(10)
  expect([contractVersion, name]).toEqual([1, 'still'])
})
