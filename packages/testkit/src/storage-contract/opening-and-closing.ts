import assert from 'node:assert/strict'
import { jobs } from '@payment-node/core'
import { account, balanceOf, item, itemOf } from './rows.ts'
import { items, testSchema } from './test-tables.ts'
import { accept, event, type Promised, refuse, rejects } from './under-test.ts'

export function wakesContract(promised: Promised): void {
  promised(
    'a listener is woken after a commit and then finds what was committed',
    async ({ storage }) => {
      const found = new Promise<string[]>((resolve, reject) => {
        const unsubscribe = storage.onWake(() => {
          storage.events(0n, 9).then((page) => {
            if (page.length === 0) return
            unsubscribe()
            resolve(page.map(({ body }) => body))
          }, reject)
        })
      })
      await accept(storage, { writes: [item('a')], events: [event('item', 'found')] })
      assert.deepEqual(await found, ['found'])
    },
  )

  promised(
    'an unsubscribed listener stays asleep, and unsubscribing twice does no harm',
    async ({ storage }) => {
      let calls = 0
      const unsubscribe = storage.onWake(() => {
        calls++
      })
      unsubscribe()
      unsubscribe()
      const woken = new Promise<void>((resolve) => {
        storage.onWake(resolve)
      })
      await accept(storage, [item('a')])
      await woken
      assert.equal(calls, 0)
    },
  )

  promised(
    'a listener that throws harms neither the commit nor the other listeners',
    async ({ storage }) => {
      storage.onWake(() => {
        throw new Error('thrown by a listener')
      })
      const woken = new Promise<void>((resolve) => {
        storage.onWake(resolve)
      })
      await accept(storage, [item('a')])
      await woken
      await accept(storage, [item('b')])
    },
  )
}

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

export function closingContract(promised: Promised): void {
  promised('close waits for the commits in flight', async ({ storage }) => {
    const commits = Array.from({ length: 20 }, (_, at) =>
      storage.commit({ writes: [item(`${at}`)] }),
    )
    const settled: unknown[] = []
    for (const committing of commits)
      committing.then((result) => settled.push(result), settled.push)
    await storage.close()
    assert.equal(settled.length, 20)
    for (const committing of commits) assert.deepEqual(await committing, { committed: true })
  })

  promised(
    'close does not wait for a snapshot, whose next read is then rejected',
    async ({ storage }) => {
      let closed: (() => void) | undefined
      const isClosed = new Promise<void>((resolve) => {
        closed = resolve
      })
      const reading = storage.snapshot(async (read) => {
        await read.get(items, ['a'])
        await isClosed
        await read.get(items, ['a'])
      })
      const rejected = rejects(reading, 'storage.unavailable', 'the read')
      await storage.close()
      closed?.()
      await rejected
    },
  )

  promised('close can be repeated, also at the same time', async ({ storage }) => {
    await Promise.all([storage.close(), storage.close()])
    await storage.close()
  })

  promised(
    'before open and after close every call is rejected, and nothing was written',
    async ({ storage }) => {
      await storage.close()
      storage.onWake(() => undefined)()
      const calls: Record<string, Promise<unknown>> = {
        get: storage.get(items, ['a']),
        find: storage.find(items, { index: 'key', equals: [], limit: 1 }),
        snapshot: storage.snapshot(async () => 1),
        commit: storage.commit({ writes: [item('a')] }),
        claim: storage.claim('q', { limit: 1, leaseFor: 1 }),
        lease: storage.lease('l', { holder: 'h', for: 1 }),
        events: storage.events(0n, 1),
        lastEvent: storage.lastEvent(),
      }
      for (const [name, call] of Object.entries(calls)) {
        const error = await rejects(call, 'storage.unavailable', name)
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
      const inFlight = Array.from({ length: 20 }, (_, at) =>
        storage.commit({ writes: [item(`${at}`)] }),
      )
      await opened.reopen()
      assert.deepEqual(await itemOf(opened.storage, 'a'), row)
      assert.equal(await balanceOf(opened.storage, 'ann'), 5n)
      assert.deepEqual(await opened.storage.events(0n, 9), events)
      assert.equal(await opened.storage.lastEvent(), events.at(-1)?.cursor)
      assert.equal((await Promise.all(inFlight)).length, 20)
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
