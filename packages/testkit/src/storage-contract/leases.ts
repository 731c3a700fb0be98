import assert from 'node:assert/strict'
import type { Storage } from '@payment-node/core'
import { item } from './rows.ts'
import { items } from './test-tables.ts'
import { accept, event, type Promised, refuse } from './under-test.ts'

const second = 1_000

async function epochOf(
  storage: Storage,
  holder: string,
  name = 'leader',
): Promise<number | undefined> {
  return (await storage.lease(name, { holder, for: second }))?.epoch
}

export function leasesContract(promised: Promised): void {
  promised(
    'a lease starts with epoch 1 and ends by the storage’s clock',
    async ({ storage, clock }) => {
      const before = clock.now()
      const lease = await storage.lease('leader', { holder: 'a', for: second })
      assert.equal(lease?.epoch, 1)
      assert.ok(lease.expiresAt >= before + second && lease.expiresAt <= clock.now() + second)
    },
  )

  promised(
    'while a lease is held nobody else gets it; leases of other names are free',
    async ({ storage, clock }) => {
      await epochOf(storage, 'a')
      assert.equal(await epochOf(storage, 'b'), undefined)
      assert.equal(await epochOf(storage, 'b', 'other'), 1)
      await clock.pass(second / 2)
      assert.equal(await epochOf(storage, 'b'), undefined)
    },
  )

  promised(
    'the holder renews with the same epoch, also after its time ran out untaken',
    async ({ storage, clock }) => {
      const first = await storage.lease('leader', { holder: 'a', for: second })
      await clock.pass(second / 2)
      const renewed = await storage.lease('leader', { holder: 'a', for: second })
      assert.equal(renewed?.epoch, 1)
      assert.ok(renewed.expiresAt > first!.expiresAt)
      await clock.pass(second - 1 - second / 2)
      assert.equal(await epochOf(storage, 'b'), undefined)
      await clock.pass(3 * second)
      assert.equal(await epochOf(storage, 'a'), 1)
    },
  )

  promised(
    'the epoch grows by a takeover, which needs the time to be over',
    async ({ storage, clock }) => {
      await epochOf(storage, 'a')
      await clock.pass(second)
      assert.equal(await epochOf(storage, 'b'), 2)
      assert.equal(await epochOf(storage, 'a'), undefined)
      await clock.pass(second)
      assert.equal(await epochOf(storage, 'a'), 3)
    },
  )

  promised(
    'for: 0 gives a lease up, so that it can be taken at once, with a new epoch',
    async ({ storage }) => {
      await epochOf(storage, 'a')
      assert.equal((await storage.lease('leader', { holder: 'a', for: 0 }))?.epoch, 1)
      assert.equal(await epochOf(storage, 'b'), 2)
      await storage.lease('leader', { holder: 'b', for: 0 })
      assert.equal(await epochOf(storage, 'b'), 3)
    },
  )

  promised(
    'giving up what somebody else holds, or nobody, changes nothing',
    async ({ storage }) => {
      assert.equal(await storage.lease('leader', { holder: 'a', for: 0 }), undefined)
      assert.equal(await epochOf(storage, 'a'), 1)
      assert.equal(await storage.lease('leader', { holder: 'b', for: 0 }), undefined)
      assert.equal(await epochOf(storage, 'b'), undefined)
      assert.equal(await epochOf(storage, 'a'), 1)
    },
  )

  promised('of concurrent takers exactly one gets the lease', async ({ storage }) => {
    const takers = Array.from({ length: 32 }, (_, at) => epochOf(storage, `holder ${at}`))
    assert.deepEqual(
      (await Promise.all(takers)).filter((epoch) => epoch !== undefined),
      [1],
    )
  })

  promised(
    'a fenced change passes with the lease’s epoch and with no other',
    async ({ storage, clock }) => {
      const change = (id: string, epoch: number, lease = 'leader') => ({
        writes: [item(id)],
        events: [event(`item/${id}`, 'x')],
        fence: { lease, epoch },
      })
      const fenced = { write: -1, reason: 'fenced' } as const
      await refuse(storage, change('x', 1), fenced)
      await epochOf(storage, 'a')
      await accept(storage, change('a', 1))
      await refuse(storage, change('x', 0), fenced)
      await refuse(storage, change('x', 2), fenced)
      await refuse(storage, change('x', 1, 'other'), fenced)
      await clock.pass(second)
      await epochOf(storage, 'b')
      await refuse(storage, change('x', 1), fenced)
      await accept(storage, change('b', 2))
      assert.equal(await storage.get(items, ['x']), undefined)
      assert.equal((await storage.events(0n, 9)).length, 2)
    },
  )

  promised('a fence goes by the epoch, never by time', async ({ storage, clock }) => {
    await epochOf(storage, 'a')
    await clock.pass(5 * second)
    await accept(storage, { writes: [item('a')], fence: { lease: 'leader', epoch: 1 } })
  })

  promised(
    'once a takeover has returned, nothing of the old epoch is committed any more',
    async ({ storage, clock }) => {
      await epochOf(storage, 'a')
      await clock.pass(second)
      const fenced = (id: string) =>
        storage.commit({ writes: [item(id)], fence: { lease: 'leader', epoch: 1 } })
      const early = Array.from({ length: 50 }, (_, at) => fenced(`early ${at}`))
      const taking = epochOf(storage, 'b').then(async (epoch) => {
        assert.equal(epoch, 2)
        return (await storage.find(items, { index: 'key', equals: [], limit: 200 })).length
      })
      const late = Array.from({ length: 50 }, (_, at) => fenced(`late ${at}`))
      const [atTakeover] = await Promise.all([taking, ...early, ...late])
      const atEnd = await storage.find(items, { index: 'key', equals: [], limit: 200 })
      assert.equal(atEnd.length, atTakeover)
    },
  )
}

export function keptLeasesContract(promised: Promised): void {
  promised('an epoch never falls, also when the storage is opened again', async (opened) => {
    await epochOf(opened.storage, 'a')
    await opened.clock.pass(second)
    await epochOf(opened.storage, 'b')
    await opened.reopen()
    await opened.clock.pass(second)
    assert.equal(await epochOf(opened.storage, 'c'), 3)
    await refuse(
      opened.storage,
      { writes: [item('x')], fence: { lease: 'leader', epoch: 2 } },
      { write: -1, reason: 'fenced' },
    )
    await accept(opened.storage, { writes: [item('a')], fence: { lease: 'leader', epoch: 3 } })
  })

  promised(
    'an exclusive engine frees all leases when it is opened; others keep them held',
    async (opened) => {
      await epochOf(opened.storage, 'a')
      await opened.reopen()
      const epoch = await epochOf(opened.storage, 'b')
      assert.equal(epoch, opened.storage.isExclusive ? 2 : undefined)
    },
  )
}
