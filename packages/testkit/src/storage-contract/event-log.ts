import assert from 'node:assert/strict'
import { type Storage, type StoredEvent, update } from '@payment-node/core'
import { item, itemOf } from './rows.ts'
import { items } from './test-tables.ts'
import { accept, event, type Promised, refuse } from './under-test.ts'

const bodies = [
  '{}',
  ' { "a" : 1.0 ,\n\t"a": 1e2, "b": -0 }\r\n',
  '{"text":"ü😀\\u0000\\ud800 \u2028 </script> \\\\ \\" \' %s $1"}',
  '12345678901234567890.10',
  '',
  JSON.stringify({ long: 'x😀'.repeat(50_000) }),
]

async function bodiesOf(storage: Storage): Promise<string[]> {
  return (await storage.events(0n, 999)).map(({ body }) => body)
}

export function eventLogContract(promised: Promised): void {
  promised('an event is read back with every field and the very same body', async ({ storage }) => {
    const written = bodies.map((body, at) => ({
      ...event(`item/${at}`, body, `id ${at} 😀`),
      type: `type.${at}`,
      version: at + 1,
      node: `02${at}`,
      occurredAt: 1_800_000_000_000 + at,
    }))
    await accept(storage, { writes: [item('a')], events: written })
    const read = await storage.events(0n, 99)
    assert.deepEqual(
      read.map(({ cursor: _, ...fields }) => fields),
      written,
    )
    assert.deepEqual(await storage.events(0n, 99), read, 'a cursor is the same on each read')
  })

  promised(
    'events come in the order of their change and of their commits, with rising cursors',
    async ({ storage }) => {
      for (const id of ['a', 'b', 'c']) {
        await accept(storage, {
          writes: [item(id)],
          events: [event('item', `${id}1`), event('item', `${id}2`)],
        })
      }
      assert.deepEqual(await bodiesOf(storage), ['a1', 'a2', 'b1', 'b2', 'c1', 'c2'])
      const cursors = (await storage.events(0n, 99)).map(({ cursor }) => cursor)
      assert.ok(
        cursors.every((cursor, at) => cursor > (cursors[at - 1] ?? 0n)),
        cursors.join(),
      )
    },
  )

  promised('pages of events after a cursor miss none and repeat none', async ({ storage }) => {
    const events = Array.from({ length: 25 }, (_, at) => event('item', `${at}`))
    await accept(storage, { writes: [item('a')], events })
    for (const limit of [1, 7, 25, 99]) {
      const read: StoredEvent[] = []
      for (;;) {
        const page = await storage.events(read.at(-1)?.cursor ?? 0n, limit)
        assert.ok(page.length <= limit)
        if (page.length === 0) break
        read.push(...page)
        assert.ok(read.length <= 99, 'the pages do not end')
      }
      assert.deepEqual(
        read.map(({ body }) => Number(body)),
        events.map((_, at) => at),
      )
    }
    assert.deepEqual(await storage.events(0n, 0), [])
    assert.deepEqual(await storage.events(2n ** 62n, 9), [])
  })

  promised('lastEvent is 0 at first and then the newest cursor', async ({ storage }) => {
    assert.equal(await storage.lastEvent(), 0n)
    await accept(storage, [item('without events')])
    assert.equal(await storage.lastEvent(), 0n)
    await accept(storage, { writes: [item('a')], events: [event('item', '1'), event('item', '2')] })
    const last = await storage.lastEvent()
    assert.equal((await storage.events(0n, 9)).at(-1)?.cursor, last)
    assert.deepEqual(await storage.events(last, 9), [])
    await accept(storage, { writes: [item('b')], events: [event('item', '3')] })
    assert.deepEqual(
      (await storage.events(last, 9)).map(({ body }) => body),
      ['3'],
    )
  })

  promised('events of a refused change never appear', async ({ storage }) => {
    await accept(storage, { writes: [item('a')], events: [event('item', 'first')] })
    const refused = { writes: [item('a')], events: [event('item', 'refused')] }
    await refuse(storage, refused, { write: 0, reason: 'duplicate', uniqueKey: 'key' })
    await Promise.all([
      storage.commit(refused),
      accept(storage, { writes: [item('b')], events: [event('item', 'second')] }),
      storage.commit(refused),
    ])
    assert.deepEqual(await bodiesOf(storage), ['first', 'second'])
  })

  promised(
    'events of one subject keep the order of its revisions under concurrency',
    async ({ storage }) => {
      await accept(storage, [item('a')])
      await Promise.all(
        Array.from({ length: 12 }, async () => {
          for (let attempt = 0; attempt < 99; attempt++) {
            const row = await itemOf(storage, 'a')
            const change = {
              writes: [update(items, row, {})],
              events: [event('item/a', `${row.revision + 1}`)],
            }
            if ((await storage.commit(change)).committed) return
          }
        }),
      )
      assert.deepEqual(
        await bodiesOf(storage),
        Array.from({ length: 12 }, (_, at) => `${at + 2}`),
      )
    },
  )

  promised('whoever follows the cursor while others commit misses nothing', async ({ storage }) => {
    const followed: string[] = []
    let cursor = 0n
    let isDone = false
    const follow = async (): Promise<void> => {
      for (let pages = 0; pages < 100_000; pages++) {
        const wasDone = isDone
        const page = await storage.events(cursor, 3)
        followed.push(...page.map(({ body }) => body))
        assert.ok(followed.length <= 99, 'the pages do not end')
        cursor = page.at(-1)?.cursor ?? cursor
        if (wasDone && page.length === 0) return
      }
    }
    const write = async (): Promise<void> => {
      await Promise.all(
        Array.from({ length: 64 }, (_, at) =>
          storage.commit({
            writes: [item(`${at - (at % 4 === 3 ? 1 : 0)}`)],
            events: [event('item', `${at}`)],
          }),
        ),
      )
      isDone = true
    }
    await Promise.all([follow(), write()])
    assert.deepEqual(followed, await bodiesOf(storage))
    assert.equal(followed.length, 48)
  })
}
