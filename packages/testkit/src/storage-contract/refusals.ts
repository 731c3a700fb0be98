import assert from 'node:assert/strict'
import { remove, requireUnchanged, update } from '@payment-node/core'
import { account, balanceOf, item, itemOf, spend } from './rows.ts'
import { accounts, items } from './test-tables.ts'
import { accept, type Promised, refuse } from './under-test.ts'

export function refusalsContract(promised: Promised): void {
  promised(
    'an insert of a key that is there is refused as duplicate of key',
    async ({ storage }) => {
      await accept(storage, [item('a'), account('ann', 1n)])
      await refuse(storage, [item('b'), item('a', { label: 'other' })], {
        write: 1,
        reason: 'duplicate',
        uniqueKey: 'key',
      })
      await refuse(storage, [account('ann', 2n)], {
        write: 0,
        reason: 'duplicate',
        uniqueKey: 'key',
      })
      await accept(storage, [account('ann', 2n, 2)])
    },
  )

  promised(
    'a duplicate names the unique key, the row’s own key first, then in declared order',
    async ({ storage }) => {
      await accept(storage, [item('a', { label: 'x', rank: 5 })])
      const duplicate = { write: 0, reason: 'duplicate' } as const
      await refuse(storage, [item('b', { label: 'x', rank: 6 })], {
        ...duplicate,
        uniqueKey: 'shelf_label',
      })
      await refuse(storage, [item('b', { shelf: 'low', label: 'x', rank: 5 })], {
        ...duplicate,
        uniqueKey: 'label_rank',
      })
      await refuse(storage, [item('b', { label: 'x', rank: 5 })], {
        ...duplicate,
        uniqueKey: 'shelf_label',
      })
      await refuse(storage, [item('a', { label: 'x', rank: 5 })], {
        ...duplicate,
        uniqueKey: 'key',
      })
      await accept(storage, [item('b', { shelf: 'low', label: 'x', rank: 6 })])
    },
  )

  promised(
    'two inserts of one change refuse each other when they share a unique value',
    async ({ storage }) => {
      await refuse(storage, [item('a', { label: 'x' }), item('b', { label: 'x', rank: 2 })], {
        write: 1,
        reason: 'duplicate',
        uniqueKey: 'shelf_label',
      })
      assert.equal(await storage.get(items, ['a']), undefined)
    },
  )

  promised(
    'an update onto the unique value of another row is refused as duplicate',
    async ({ storage }) => {
      await accept(storage, [item('a'), item('b')])
      const row = await itemOf(storage, 'b')
      await refuse(storage, [update(items, row, { label: 'a', rank: 2 })], {
        write: 0,
        reason: 'duplicate',
        uniqueKey: 'shelf_label',
      })
      await accept(storage, [update(items, row, { label: 'b', rank: 2 })])
      await accept(storage, [item('c', { shelf: 'low', label: 'b' })])
      // Its own value of shelf_label is not in its way; label_rank is b's.
      await refuse(storage, [update(items, await itemOf(storage, 'c'), { label: 'b', rank: 2 })], {
        write: 0,
        reason: 'duplicate',
        uniqueKey: 'label_rank',
      })
    },
  )

  promised(
    'update, delete and require refuse a row whose revision has moved or that is gone',
    async ({ storage }) => {
      await accept(storage, [item('a'), item('b')])
      const first = await itemOf(storage, 'a')
      const gone = await itemOf(storage, 'b')
      await accept(storage, [update(items, first, { note: 'moved' }), remove(items, gone)])
      for (const row of [first, gone, { ...first, revision: 3 }]) {
        const stale = { write: 1, reason: 'stale' } as const
        await refuse(storage, [item('x'), update(items, row, { note: 'lost' })], stale)
        await refuse(storage, [item('x'), remove(items, row)], stale)
        await refuse(storage, [item('x'), requireUnchanged(items, row)], stale)
      }
      assert.equal((await itemOf(storage, 'a')).note, 'moved')
    },
  )

  promised(
    'an add is refused when the sum would leave its bounds, which belong to them',
    async ({ storage }) => {
      await accept(storage, [account('ann', 10n)])
      const bound = { write: 1, reason: 'bound' } as const
      await refuse(storage, spend('x', 'ann', -11n, { min: 0n }), bound)
      await refuse(storage, spend('x', 'ann', 1n, { max: 10n }), bound)
      await refuse(storage, spend('x', 'ann', 0n, { min: 11n }), bound)
      await refuse(storage, spend('x', 'ann', 0n, { min: 11n, max: 9n }), bound)
      await accept(storage, spend('a', 'ann', -10n, { min: 0n, max: 0n }))
      assert.equal(await balanceOf(storage, 'ann'), 0n)
      await accept(storage, spend('b', 'ann', -1n))
      assert.equal(await balanceOf(storage, 'ann'), -1n)
    },
  )

  promised('an add to a missing row or to null is refused as bound', async ({ storage }) => {
    await accept(storage, [account('ann', 10n)])
    await refuse(storage, spend('x', 'bob', 1n), { write: 1, reason: 'bound' })
    const add = { op: 'add', table: accounts, key: ['ann', 1], column: 'credit', by: 1n } as const
    await refuse(storage, [item('x'), add], { write: 1, reason: 'bound' })
  })

  promised('an add never leaves the range of its column’s type', async ({ storage }) => {
    await accept(storage, [account('top', 2n ** 63n - 2n), account('bottom', 1n - 2n ** 63n)])
    const bound = { write: 1, reason: 'bound' } as const
    await refuse(storage, spend('x', 'top', 2n, { max: 2n ** 70n }), bound)
    await refuse(storage, spend('x', 'bottom', -2n, { min: -(2n ** 70n) }), bound)
    await refuse(storage, spend('x', 'bottom', -(2n ** 63n)), bound)
    await accept(storage, spend('a', 'top', 1n))
    await accept(storage, spend('b', 'bottom', -1n))
    assert.equal(await balanceOf(storage, 'top'), 2n ** 63n - 1n)
    assert.equal(await balanceOf(storage, 'bottom'), -(2n ** 63n))
    await accept(storage, spend('c', 'bottom', 2n ** 63n - 1n))
    assert.equal(await balanceOf(storage, 'bottom'), -1n)
    const uses = (by: bigint) =>
      ({ op: 'add', table: accounts, key: ['top', 1], column: 'uses', by }) as const
    await accept(storage, [item('d'), uses(2n ** 53n - 1n)])
    await refuse(storage, [item('x'), uses(1n)], bound)
    assert.equal((await storage.get(accounts, ['top', 1]))?.uses, Number.MAX_SAFE_INTEGER)
  })

  promised(
    'the same change a second time is refused as duplicate or stale, whatever else has run out',
    async ({ storage }) => {
      await accept(storage, [item('switch'), item('a'), account('ann', 5n)])
      const read = await itemOf(storage, 'switch')
      const row = await itemOf(storage, 'a')
      const add = spend('x', 'ann', -5n, { min: 0n })[1]!
      const changes = [
        [[requireUnchanged(items, read), add, item('new')], 'duplicate'],
        [[requireUnchanged(items, read), add, update(items, row, { note: 'x' })], 'stale'],
        [[requireUnchanged(items, read), add, remove(items, { ...row, revision: 2 })], 'stale'],
      ] as const
      for (const [writes, reason] of changes) {
        const account = (await storage.get(accounts, ['ann', 1]))!
        await accept(storage, [update(accounts, account, { balance: 5n })])
        await accept(storage, writes)
        const again = await storage.commit({ writes })
        assert.ok(!again.committed && again.write === 2 && again.reason === reason, reason)
      }
      await accept(storage, [update(items, read, { note: 'moved' })])
      for (const [writes, reason] of changes) {
        const again = await storage.commit({ writes })
        assert.ok(!again.committed && again.write === 2 && again.reason === reason, reason)
      }
    },
  )
}
