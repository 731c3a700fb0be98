import assert from 'node:assert/strict'
import { item } from './rows.ts'
import { items, testSchema } from './test-tables.ts'
import { accept, type Promised, rejects } from './under-test.ts'

export function closingContract(promised: Promised): void {
  promised('close waits for the commits in flight', async ({ storage }) => {
    const commits = Array.from({ length: 20 }, (_, at) =>
      storage.commit({ writes: [item(`${at}`)] }),
    )
    const settled: unknown[] = []
    for (const committing of commits) {
      committing.then(
        (result) => settled.push(result),
        (error: unknown) => settled.push(error),
      )
    }
    await storage.close()
    assert.deepEqual(settled, Array(20).fill({ committed: true }))
  })

  promised('close can be repeated, also at the same time', async ({ storage }) => {
    await Promise.all([storage.close(), storage.close()])
    await storage.close()
  })

  promised(
    'before open and after close every call is rejected, and nothing was written',
    async ({ storage }) => {
      await storage.close()
      storage.onWake(() => undefined)()
      const calls: Record<string, () => Promise<unknown>> = {
        get: () => storage.get(items, ['a']),
        find: () => storage.find(items, { index: 'key', equals: [], limit: 1 }),
        snapshot: () => storage.snapshot(async () => 1),
        commit: () => storage.commit({ writes: [item('a')] }),
        claim: () => storage.claim('q', { limit: 1, leaseFor: 1 }),
        lease: () => storage.lease('l', { holder: 'h', for: 1 }),
        events: () => storage.events(0n, 1),
        lastEvent: () => storage.lastEvent(),
      }
      for (const [name, call] of Object.entries(calls)) {
        const error = await rejects(call(), 'storage.unavailable', name)
        assert.deepEqual(error.details, { outcome: 'none' }, name)
      }
    },
  )

  promised(
    'an exclusive storage that is open refuses to be opened a second time',
    async ({ storage, clock }) => {
      if (!storage.isExclusive) return
      await rejects(storage.open(testSchema, { clock }), 'storage.in-use', 'the second open')
      await accept(storage, [item('a')])
    },
  )
}
