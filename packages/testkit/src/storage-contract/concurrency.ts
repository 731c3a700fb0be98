import assert from 'node:assert/strict'
import { type Change, requireUnchanged, type Storage, update } from '@payment-node/core'
import { account, balanceOf, item, itemOf, spend } from './rows.ts'
import { items } from './test-tables.ts'
import { accept, type Promised, refuse } from './under-test.ts'

const callers = Array.from({ length: 64 }, (_, at) => at)

/** Sends all changes at once; gives the positions of those that were committed. */
async function race(storage: Storage, changes: readonly Change[]): Promise<number[]> {
  const results = await Promise.all(changes.map((change) => storage.commit(change)))
  return results.flatMap((result, at) => (result.committed ? [at] : []))
}

export function concurrencyContract(promised: Promised): void {
  promised(
    'of 64 concurrent withdrawals exactly as many pass as the balance covers',
    async ({ storage }) => {
      await accept(storage, [account('ann', 100n)])
      const passed = await race(
        storage,
        callers.map((at) => ({ writes: spend(`${at}`, 'ann', -9n, { min: 0n }) })),
      )
      assert.equal(passed.length, 11)
      assert.equal(await balanceOf(storage, 'ann'), 1n)
      const rows = await storage.find(items, { index: 'key', equals: [], limit: 99 })
      assert.deepEqual(
        rows.map(({ id }) => Number(id)).sort((one, other) => one - other),
        passed,
      )
    },
  )

  promised('concurrent adds are all counted', async ({ storage }) => {
    await accept(storage, [account('ann', 0n), account('bob', 0n)])
    await race(
      storage,
      callers.map((at) => ({
        writes: [...spend(`${at}`, 'ann', 1n), spend('x', 'bob', -1n)[1]!],
      })),
    )
    assert.deepEqual(
      [await balanceOf(storage, 'ann'), await balanceOf(storage, 'bob')],
      [64n, -64n],
    )
  })

  promised(
    'of concurrent inserts of one unique value exactly one is committed',
    async ({ storage }) => {
      const passed = await race(
        storage,
        callers.map((at) => ({ writes: [item(`${at}`, { label: 'wanted', rank: at })] })),
      )
      assert.equal(passed.length, 1)
      assert.equal(
        (await storage.find(items, { index: 'label', equals: ['wanted'], limit: 9 })).length,
        1,
      )
    },
  )

  promised(
    'of concurrent updates of one revision exactly one is committed',
    async ({ storage }) => {
      await accept(storage, [item('a')])
      const row = await itemOf(storage, 'a')
      const passed = await race(
        storage,
        callers.map((at) => ({ writes: [update(items, row, { rank: 100 + at })] })),
      )
      assert.equal(passed.length, 1)
      const after = await itemOf(storage, 'a')
      assert.deepEqual([after.rank, after.revision], [100 + passed[0]!, 2])
    },
  )

  promised(
    'no update is lost when many read, decide and write again until they succeed',
    async ({ storage }) => {
      await accept(storage, [item('a', { rank: 0 })])
      await Promise.all(
        callers.slice(0, 16).map(async () => {
          for (let attempt = 0; attempt < 99; attempt++) {
            const row = await itemOf(storage, 'a')
            const writes = [update(items, row, { rank: row.rank + 1 })]
            if ((await storage.commit({ writes })).committed) return
          }
        }),
      )
      const row = await itemOf(storage, 'a')
      assert.deepEqual([row.rank, row.revision], [16, 17])
    },
  )

  promised(
    'two changes that each require the row which the other writes cannot both pass',
    async ({ storage }) => {
      await accept(storage, [item('a'), item('b')])
      const [a, b] = [await itemOf(storage, 'a'), await itemOf(storage, 'b')]
      const passed = await race(storage, [
        { writes: [requireUnchanged(items, a), update(items, b, { rank: 2 })] },
        { writes: [requireUnchanged(items, b), update(items, a, { rank: 2 })] },
      ])
      assert.equal(passed.length, 1)
    },
  )

  promised(
    'a refused change does no harm to those that are committed at the same time',
    async ({ storage }) => {
      await accept(storage, [item('there')])
      const passed = await race(
        storage,
        callers.map((at) => ({
          writes: at % 2 ? [item(`${at}`)] : [item(`${at}`), item('there', { label: `${at}` })],
        })),
      )
      assert.deepEqual(
        passed,
        callers.filter((at) => at % 2),
      )
      assert.equal((await storage.find(items, { index: 'key', equals: [], limit: 99 })).length, 33)
    },
  )

  promised(
    'a change is seen as a whole or not at all by a concurrent read',
    async ({ storage }) => {
      await accept(storage, [item('a', { rank: 0 }), item('b', { rank: 0 })])
      let isDone = false
      const write = async (): Promise<void> => {
        for (let rank = 1; rank <= 50; rank++) {
          const [a, b] = [await itemOf(storage, 'a'), await itemOf(storage, 'b')]
          await accept(storage, [update(items, a, { rank }), update(items, b, { rank })])
        }
        isDone = true
      }
      const read = async (): Promise<void> => {
        let reads = 0
        while (!isDone) {
          const rows = await storage.find(items, { index: 'key', equals: [], limit: 2 })
          assert.equal(rows[0]?.rank, rows[1]?.rank)
          reads++
          assert.ok(reads < 100_000, 'reading holds up the commits')
        }
        assert.ok(reads > 1)
      }
      await Promise.all([write(), read()])
    },
  )

  promised(
    'once a change is answered, every later read and change agrees with the answer',
    async ({ storage }) => {
      await accept(storage, [item('a', { rank: 0 })])
      for (let rank = 1; rank <= 20; rank++) {
        const row = await itemOf(storage, 'a')
        await accept(storage, [update(items, row, { rank })])
        assert.equal((await itemOf(storage, 'a')).rank, rank)
        await refuse(storage, [update(items, row, { rank: -1 })], { write: 0, reason: 'stale' })
        assert.equal((await itemOf(storage, 'a')).rank, rank)
      }
    },
  )
}
