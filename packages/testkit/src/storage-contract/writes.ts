import assert from 'node:assert/strict'
import { insert, remove, requireUnchanged, update } from '@payment-node/core'
import { account, balanceOf, item, itemOf, spend } from './rows.ts'
import { accounts, items } from './test-tables.ts'
import { accept, event, type Promised, refuse } from './under-test.ts'

export function writesContract(promised: Promised): void {
  promised('a row that was inserted is read back with revision 1', async ({ storage }) => {
    await accept(storage, [item('a', { rank: 7, note: 'here' })])
    assert.deepEqual(
      { ...(await storage.get(items, ['a'])) },
      {
        id: 'a',
        shelf: 'top',
        label: 'a',
        rank: 7,
        note: 'here',
        revision: 1,
      },
    )
    assert.equal(await storage.get(items, ['b']), undefined)
  })

  promised(
    'an update sets the named columns only and raises the revision by 1',
    async ({ storage }) => {
      await accept(storage, [item('a', { rank: 7 }), item('b')])
      await accept(storage, [update(items, await itemOf(storage, 'a'), { note: 'new' })])
      const once = await itemOf(storage, 'a')
      assert.deepEqual([once.note, once.rank, once.revision], ['new', 7, 2])
      await accept(storage, [update(items, once, {})])
      assert.equal((await itemOf(storage, 'a')).revision, 3)
      assert.equal((await itemOf(storage, 'b')).revision, 1)
    },
  )

  promised(
    'a deleted row is gone, and its key can be inserted again with revision 1',
    async ({ storage }) => {
      await accept(storage, [item('a')])
      await accept(storage, [update(items, await itemOf(storage, 'a'), { note: 'x' })])
      await accept(storage, [remove(items, await itemOf(storage, 'a'))])
      assert.equal(await storage.get(items, ['a']), undefined)
      assert.deepEqual(await storage.find(items, { index: 'label', equals: ['a'], limit: 9 }), [])
      await accept(storage, [item('a')])
      assert.equal((await itemOf(storage, 'a')).revision, 1)
    },
  )

  promised(
    'an add changes the value by a bigint and leaves the revision alone',
    async ({ storage }) => {
      await accept(storage, [account('ann', 10n)])
      await accept(storage, spend('a', 'ann', -3n))
      await accept(storage, spend('b', 'ann', 5n))
      await accept(storage, [
        item('c'),
        { op: 'add', table: accounts, key: ['ann', 1], column: 'uses', by: 2n },
      ])
      const row = await storage.get(accounts, ['ann', 1])
      assert.deepEqual([row?.balance, row?.uses, row?.revision], [12n, 2, 1])
    },
  )

  promised(
    'a required row is neither changed nor locked against the next change',
    async ({ storage }) => {
      await accept(storage, [item('switch')])
      const row = await itemOf(storage, 'switch')
      await accept(storage, [item('a'), requireUnchanged(items, row)])
      await accept(storage, [item('b'), requireUnchanged(items, row)])
      assert.equal((await itemOf(storage, 'switch')).revision, 1)
    },
  )

  promised('all writes and events of a change are applied together', async ({ storage }) => {
    await accept(storage, [item('old'), item('kept'), account('ann', 10n)])
    await accept(storage, {
      writes: [
        ...spend('new', 'ann', -4n),
        remove(items, await itemOf(storage, 'old')),
        update(items, await itemOf(storage, 'kept'), { note: 'changed' }),
      ],
      events: [event('item/new', 'one'), event('item/new', 'two')],
    })
    assert.equal(await storage.get(items, ['old']), undefined)
    assert.equal((await itemOf(storage, 'kept')).note, 'changed')
    assert.equal((await itemOf(storage, 'new')).revision, 1)
    assert.equal(await balanceOf(storage, 'ann'), 6n)
    assert.deepEqual(
      (await storage.events(0n, 9)).map(({ body }) => body),
      ['one', 'two'],
    )
  })

  promised(
    'nothing of a refused change is written, whichever write was refused',
    async ({ storage }) => {
      await accept(storage, [item('old'), item('kept'), account('ann', 10n)])
      const writes = [
        item('new'),
        update(items, await itemOf(storage, 'kept'), { note: 'changed' }),
        remove(items, await itemOf(storage, 'old')),
        {
          op: 'add',
          table: accounts,
          key: ['ann', 1],
          column: 'balance',
          by: -4n,
          min: 0n,
        } as const,
        account('bob', 1n),
      ]
      const spoilers = [
        [
          item('x', { shelf: 'top', label: 'new' }),
          { reason: 'duplicate', uniqueKey: 'shelf_label' },
        ],
        [{ op: 'update', table: items, key: ['y'], revision: 1, set: {} }, { reason: 'stale' }],
        [{ op: 'delete', table: items, key: ['y'], revision: 1 }, { reason: 'stale' }],
        [{ op: 'require', table: items, key: ['y'], revision: 1 }, { reason: 'stale' }],
        [
          { op: 'add', table: accounts, key: ['y', 1], column: 'uses', by: 1n },
          { reason: 'bound' },
        ],
      ] as const
      for (const [spoiler, expected] of spoilers) {
        const change = { writes: [...writes, spoiler], events: [event('item/new', 'one')] }
        await refuse(storage, change, { write: writes.length, ...expected })
        assert.equal(await storage.get(items, ['new']), undefined, spoiler.op)
        assert.deepEqual({ ...(await itemOf(storage, 'kept')) }.note, null, spoiler.op)
        assert.equal((await itemOf(storage, 'old')).revision, 1, spoiler.op)
        assert.equal(await balanceOf(storage, 'ann'), 10n, spoiler.op)
        assert.equal(await storage.get(accounts, ['bob', 1]), undefined, spoiler.op)
        assert.deepEqual(await storage.events(0n, 9), [], spoiler.op)
      }
      await accept(storage, writes)
    },
  )

  promised(
    'a unique value may move within a change, in whatever order its writes are given',
    async ({ storage }) => {
      await accept(storage, [item('a', { label: 'moving' }), item('b', { label: 'other' })])
      await accept(storage, [
        item('c', { label: 'moving' }),
        remove(items, await itemOf(storage, 'a')),
      ])
      await accept(storage, [
        item('d', { label: 'moving' }),
        update(items, await itemOf(storage, 'c'), { label: 'away' }),
      ])
      const rows = await storage.find(items, { index: 'key', equals: [], limit: 9 })
      assert.deepEqual(
        rows.map(({ id, label }) => `${id} ${label}`),
        ['b other', 'c away', 'd moving'],
      )
    },
  )

  promised(
    'what the caller changes after the call does not reach the books',
    async ({ storage }) => {
      const row = { id: 'a', shelf: 'top', label: 'a', rank: 1, note: 'given' }
      const writes = [insert(items, row)]
      const events = [event('item/a', 'given')]
      const committing = storage.commit({ writes, events })
      row.note = 'changed'
      writes.push(item('b'))
      events.pop()
      assert.deepEqual(await committing, { committed: true })
      assert.equal((await itemOf(storage, 'a')).note, 'given')
      assert.equal(await storage.get(items, ['b']), undefined)
      assert.equal((await storage.events(0n, 9)).length, 1)
    },
  )
}
