import assert from 'node:assert/strict'
import { account, balanceOf, item, itemOf } from './rows.ts'
import { items, testSchema } from './test-tables.ts'
import { accept, event, type Promised, refuse, rejects } from './under-test.ts'

export function durabilityContract(promised: Promised): void {
  promised(
    'what was answered as committed is there when the storage is opened again',
    async (opened) => {
      const { storage } = opened
      await accept(storage, {
        writes: [item('a', { note: 'kept' }), account('ann', 5n)],
        events: [event('item/a', 'kept')],
      })
      await storage.commit({ writes: [item('a')], events: [event('item/a', 'refused')] })
      const events = await storage.events(0n, 9)
      const row = await itemOf(storage, 'a')
      const [inFlight] = await Promise.all([
        Promise.all(
          Array.from({ length: 20 }, (_, at) => storage.commit({ writes: [item(`${at}`)] })),
        ),
        opened.reopen(),
      ])
      assert.deepEqual(inFlight, Array(20).fill({ committed: true }))
      assert.deepEqual(await itemOf(opened.storage, 'a'), row)
      assert.equal(await balanceOf(opened.storage, 'ann'), 5n)
      assert.deepEqual(await opened.storage.events(0n, 9), events)
      assert.equal(await opened.storage.lastEvent(), events.at(-1)?.cursor)
      const rows = await opened.storage.find(items, { index: 'rank', equals: ['top'], limit: 99 })
      assert.equal(rows.length, 21)
    },
  )

  promised('a change that is repeated after a restart is recognised', async (opened) => {
    const change = { writes: [item('a'), account('ann', 5n)], events: [event('item/a', 'once')] }
    await accept(opened.storage, change)
    await opened.reopen()
    await refuse(opened.storage, change, { write: 0, reason: 'duplicate', uniqueKey: 'key' })
    assert.equal((await opened.storage.events(0n, 9)).length, 1)
  })

  promised('cursors go on rising when the storage is opened again', async (opened) => {
    await accept(opened.storage, { writes: [item('a')], events: [event('item', '1')] })
    const last = await opened.storage.lastEvent()
    await opened.reopen()
    await accept(opened.storage, { writes: [item('b')], events: [event('item', '2')] })
    assert.ok((await opened.storage.lastEvent()) > last)
    assert.deepEqual(
      (await opened.storage.events(last, 9)).map(({ body }) => body),
      ['2'],
    )
  })

  promised('an exclusive engine cannot be open twice; others can', async (opened) => {
    const { storage, clock } = opened
    await accept(storage, [item('a')])
    const other = opened.another()
    if (storage.isExclusive) {
      const error = await rejects(other.open(testSchema, { clock }), 'storage.in-use', 'the other')
      assert.ok((error.details as { where: string }).where.length > 0)
      await accept(storage, [item('b')])
      await storage.close()
      await other.open(testSchema, { clock })
    } else {
      await other.open(testSchema, { clock })
    }
    assert.equal((await itemOf(other, 'a')).id, 'a')
    await other.close()
  })
}
