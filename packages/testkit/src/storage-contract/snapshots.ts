import assert from 'node:assert/strict'
import { jobs } from '@payment-node/core'
import { account, balanceOf, item, itemOf } from './rows.ts'
import { items } from './test-tables.ts'
import { accept, event, type Promised } from './under-test.ts'

export function snapshotsContract(promised: Promised): void {
  promised('all reads of a snapshot show one moment while commits go on', async ({ storage }) => {
    await accept(storage, [item('a'), account('ann', 1n)])
    const seen = await storage.snapshot(async (read) => {
      const first = await read.get(items, ['a'])
      // Awaited in here: it would never return if a snapshot held up commits.
      await accept(storage, [
        { op: 'update', table: items, key: ['a'], revision: 1, set: { note: 'new' } },
        account('bob', 2n),
        item('b'),
      ])
      assert.equal((await itemOf(storage, 'a')).note, 'new')
      const again = await read.get(items, ['a'])
      const rows = await read.find(items, { index: 'label', equals: [], limit: 9 })
      return { first, again, ids: rows.map(({ id }) => id) }
    })
    assert.deepEqual(seen.first, seen.again)
    assert.deepEqual([seen.again?.note, seen.again?.revision, seen.ids], [null, 1, ['a']])
    assert.equal(await balanceOf(storage, 'bob'), 2n)
    const after = await storage.snapshot((read) =>
      read.find(items, { index: 'key', equals: [], limit: 9 }),
    )
    assert.deepEqual(
      after.map(({ id }) => id),
      ['a', 'b'],
    )
  })

  promised(
    'a snapshot shows what was committed before it, and snapshots do not disturb each other',
    async ({ storage }) => {
      const count = async (): Promise<number> =>
        storage.snapshot(async (read) => {
          const before = await read.find(items, { index: 'key', equals: [], limit: 99 })
          await accept(storage, [item(`${await nextNumber()}`)])
          const after = await read.find(items, { index: 'key', equals: [], limit: 99 })
          assert.equal(after.length, before.length)
          return before.length
        })
      let number = 0
      const nextNumber = async (): Promise<number> => ++number
      assert.equal(await count(), 0)
      assert.equal(await count(), 1)
      await Promise.all([count(), count(), count()])
      assert.equal(await count(), 5)
    },
  )

  promised('events and claims go on while a snapshot is open', async ({ storage, clock }) => {
    const dueAt = clock.now()
    await storage.snapshot(async (read) => {
      await read.get(items, ['a'])
      const job = { id: 'a', queue: 'q', subject: 's', node: 'n', network: 'regtest' }
      await accept(storage, {
        writes: [{ op: 'insert', table: jobs, row: { ...job, due_at: dueAt, attempts: 0 } }],
        events: [event('item', 'seen')],
      })
      assert.equal((await storage.events(0n, 9)).length, 1)
      assert.equal((await storage.claim('q', { limit: 1, leaseFor: 1 })).length, 1)
      assert.equal((await storage.lease('l', { holder: 'h', for: 1 }))?.epoch, 1)
    })
  })

  promised(
    'a snapshot gives back what its work gives, and throws what it throws',
    async ({ storage }) => {
      assert.equal(await storage.snapshot(async () => 'answer'), 'answer')
      const thrown = new Error('thrown by the work')
      await assert.rejects(
        storage.snapshot(async (read) => {
          await read.get(items, ['a'])
          throw thrown
        }),
        thrown,
      )
      await accept(storage, [item('a')])
      assert.equal((await storage.snapshot((read) => read.get(items, ['a'])))?.id, 'a')
    },
  )
}
