import { schema, systemClock } from '@payment-node/core'
import { type MemoryData, memory, memoryData } from '@payment-node/storage-memory'
import { expect, test } from 'vitest'
import { LeftAlone, lookOnly } from '../src/books/look-only-storage.ts'
import { stillNode } from '../src/books/still-node.ts'

const environment = { clock: systemClock }

async function storedBooks(): Promise<MemoryData> {
  const data = memoryData()
  const storage = memory({ data })
  await storage.open(schema, environment)
  await storage.close()
  return data
}

test('an empty storage is left alone, and so is one with older tables', async () => {
  const empty = memoryData()
  await expect(lookOnly(memory({ data: empty })).open(schema, environment)).rejects.toMatchObject({
    name: 'LeftAlone',
    reason: 'empty',
  })
  const data = await storedBooks()
  const newer = { ...schema, version: schema.version + 1 }
  const refusal = lookOnly(memory({ data })).open(newer, environment)
  await expect(refusal).rejects.toBeInstanceOf(LeftAlone)
  await expect(refusal).rejects.toMatchObject({
    reason: 'older-schema',
    found: schema.version,
    known: schema.version + 1,
  })
  // Neither was migrated: the second still opens for whoever knows the first version only.
  const tables = (books: MemoryData) =>
    (books as unknown as { tables: Map<string, unknown> }).tables
  expect(tables(empty).size).toBe(0)
  await memory({ data }).open(schema, environment)
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
