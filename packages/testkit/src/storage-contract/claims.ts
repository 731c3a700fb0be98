import assert from 'node:assert/strict'
import {
  insert,
  jobs,
  type Key,
  remove,
  type Storage,
  update,
  type Write,
} from '@payment-node/core'
import { item } from './rows.ts'
import { accept, type Opened, type Promised, refuse } from './under-test.ts'

const minute = 60_000

function job(id: string, dueAt: number, queue = 'pay@node'): Write {
  const row = { id, queue, subject: `payout/${id}`, due_at: dueAt, attempts: 0 }
  return insert(jobs, { ...row, node: 'node', network: 'regtest' })
}

async function claimed(storage: Storage, limit = 9, queue = 'pay@node'): Promise<string[]> {
  return (await storage.claim(queue, { limit, leaseFor: minute })).map(({ id }) => id)
}

export function claimsContract(promised: Promised): void {
  promised(
    'a claim gives the due jobs of its queue only, most overdue first',
    async ({ storage, clock }) => {
      const now = clock.now()
      await accept(storage, [
        job('late', now - 1),
        job('later', now - 3),
        job('tie b', now - 2),
        job('tie a', now - 2),
        job('not yet', now + 10 * minute),
        job('elsewhere', now - 9, 'send@node'),
      ])
      assert.deepEqual(await claimed(storage), ['later', 'tie a', 'tie b', 'late'])
      assert.deepEqual(await claimed(storage), [])
      assert.deepEqual(await claimed(storage, 9, 'send@node'), ['elsewhere'])
      assert.deepEqual(await claimed(storage, 9, 'nothing@node'), [])
    },
  )

  promised('a job is due from its own millisecond on', async ({ storage, clock }) => {
    await accept(storage, [job('a', clock.now() + minute)])
    assert.deepEqual(await claimed(storage), [])
    await clock.pass(minute)
    assert.deepEqual(await claimed(storage), ['a'])
  })

  promised(
    'a claim takes at most its limit, and the next one goes on behind it',
    async ({ storage, clock }) => {
      const now = clock.now()
      await accept(
        storage,
        [1, 2, 3, 4, 5].map((at) => job(`${at}`, now - 10 + at)),
      )
      assert.deepEqual(await claimed(storage, 0), [])
      assert.deepEqual(await claimed(storage, 2), ['1', '2'])
      assert.deepEqual(await claimed(storage, 2), ['3', '4'])
      assert.deepEqual(await claimed(storage, 2), ['5'])
    },
  )

  promised(
    'a claimed job comes with all its fields, its new revision and one attempt more',
    async ({ storage, clock }) => {
      const before = clock.now()
      await accept(storage, [job('a', before - 5)])
      const [given] = await storage.claim('pay@node', { limit: 1, leaseFor: minute })
      const kept = (await storage.get(jobs, ['a']))!
      assert.deepEqual(
        { ...given },
        {
          id: 'a',
          queue: 'pay@node',
          subject: 'payout/a',
          dueAt: kept.due_at,
          attempts: 1,
          revision: 2,
        },
      )
      assert.ok(kept.due_at >= before + minute && kept.due_at <= clock.now() + minute)
      assert.deepEqual([kept.attempts, kept.revision, kept.node], [1, 2, 'node'])
    },
  )

  promised(
    'a claimed job is free again when its lease is over, and counts its attempts',
    async ({ storage, clock }) => {
      await accept(storage, [job('a', clock.now())])
      await claimed(storage)
      await clock.pass(minute - 1)
      assert.deepEqual(await claimed(storage), [])
      await clock.pass(1)
      const [again] = await storage.claim('pay@node', { limit: 1, leaseFor: minute })
      assert.deepEqual([again?.attempts, again?.revision], [2, 3])
    },
  )

  promised(
    'a job is finished by delete or moved by update with the claim’s revision',
    async ({ storage, clock }) => {
      await accept(storage, [job('a', clock.now()), job('b', clock.now())])
      const [a, b] = await storage.claim('pay@node', { limit: 2, leaseFor: minute })
      await accept(storage, [...finish(a!), item('result of a')])
      await accept(storage, [
        {
          op: 'update',
          table: jobs,
          key: [b!.id],
          revision: b!.revision,
          set: { due_at: clock.now() },
        },
      ])
      assert.equal(await storage.get(jobs, ['a']), undefined)
      assert.deepEqual(await claimed(storage), ['b'])
    },
  )

  promised(
    'whoever outlived its claim is refused as stale, and its result is not written',
    async ({ storage, clock }) => {
      await accept(storage, [job('a', clock.now())])
      const [slow] = await storage.claim('pay@node', { limit: 1, leaseFor: minute })
      await clock.pass(minute)
      const [quick] = await storage.claim('pay@node', { limit: 1, leaseFor: minute })
      const stale = { write: 0, reason: 'stale' } as const
      await refuse(storage, [...finish(slow!), item('result')], stale)
      await accept(storage, [...finish(quick!), item('result')])
      await refuse(storage, [...finish(slow!), item('other result')], stale)
    },
  )

  promised(
    'a job that somebody changed after the claim’s read is refused as stale',
    async ({ storage, clock }) => {
      await accept(storage, [job('a', clock.now())])
      const row = (await storage.get(jobs, ['a']))!
      await claimed(storage)
      await refuse(storage, [update(jobs, row, { due_at: 1 })], { write: 0, reason: 'stale' })
      await refuse(storage, [remove(jobs, row)], { write: 0, reason: 'stale' })
    },
  )

  promised('concurrent claims never give the same job twice', async ({ storage, clock }) => {
    const now = clock.now()
    await accept(
      storage,
      Array.from({ length: 100 }, (_, at) => job(`${at}`, now - (at % 7))),
    )
    const given: string[] = []
    const work = async (): Promise<void> => {
      for (;;) {
        const ids = await claimed(storage, 3)
        if (ids.length === 0) return
        given.push(...ids)
        assert.ok(given.length <= 200, 'jobs are given again and again')
      }
    }
    await Promise.all(Array.from({ length: 8 }, work))
    assert.equal(given.length, 100)
    assert.equal(new Set(given).size, 100)
  })

  promised('a queue takes one job per subject', async ({ storage, clock }) => {
    await accept(storage, [job('a', clock.now())])
    const again = { ...(await storage.get(jobs, ['a']))!, id: 'b' }
    const { revision: _, ...row } = again
    await refuse(storage, [insert(jobs, row)], {
      write: 0,
      reason: 'duplicate',
      uniqueKey: 'queue_subject',
    })
  })
}

function finish(done: { readonly id: string; readonly revision: number }): Write[] {
  return [{ op: 'delete', table: jobs, key: [done.id] satisfies Key, revision: done.revision }]
}

export function keptClaimsContract(promised: Promised): void {
  promised('a claim outlives the storage’s being closed', async (opened: Opened) => {
    await accept(opened.storage, [job('a', opened.clock.now())])
    const [given] = await opened.storage.claim('pay@node', { limit: 1, leaseFor: minute })
    await opened.reopen()
    assert.deepEqual(await claimed(opened.storage), [])
    await accept(opened.storage, finish(given!))
  })
}
