import { silentLogger } from '@payment-node/core'
import { expect, test } from 'vitest'
import type { Context } from '../../../src/context.ts'
import type { DelegatedSwapProvider } from '../../../src/ports/swap-provider.ts'
import { pursueDelegated } from '../../../src/swaps/delegated/pursue-delegated.ts'
import { swaps } from '../../../src/tables/swaps.ts'
import { update } from '../../../src/tables/table.ts'
import { inFlightTotals } from '../in-flight-totals.ts'
import { type DaemonStand, openDaemonStand } from './daemon-stand.ts'

/** A swap that is requested, of a daemon that cannot be reached yet. */
async function waiting(): Promise<{ stand: DaemonStand; id: string; starts: string[] }> {
  const stand = await openDaemonStand()
  const starts: string[] = []
  stand.daemon.strike = (point) => {
    if (point === 'start before') starts.push(point)
  }
  stand.daemon.faults.add('unreachable')
  const { id } = await stand.ask()
  await stand.settle()
  expect(await stand.swap(id)).toMatchObject({ state: 'requested', reason: 'unreachable' })
  return { stand, id, starts }
}

test('newer books than these have started it: it is found, and not asked for', async () => {
  const { stand, id, starts } = await waiting()
  const { daemon, run } = stand
  const { provider } = daemon
  await run(
    provider.start({
      label: id,
      amountSat: 1_000_000n,
      maximumServiceSat: 0n,
      maximumMinerSat: 0n,
      maximumPrepaySat: 0n,
      maximumRoutingSat: 0n,
      publicationDeadline: 0,
    }),
  )
  starts.length = 0
  daemon.faults.clear()
  await stand.settle()
  expect((await stand.swap(id)).state).toBe('accepted')
  expect(starts).toEqual([])
})

test('a swap that should pay a partner is not started: nobody could tell its coins', async () => {
  const { stand, id, starts } = await waiting()
  const { storage } = stand.current
  const row = await stand.run(storage.get(swaps, [id]))
  const change = { writes: [update(swaps, row!, { destination_kind: 'payout' })] }
  expect(await stand.run(storage.commit(change))).toMatchObject({ committed: true })
  stand.daemon.faults.clear()
  await stand.settle()
  expect(await stand.swap(id)).toMatchObject({ state: 'failed', reason: 'no-direct-payout' })
  expect(starts).toEqual([])
})

test('what waits is not started when another swap has lost its prepayment meanwhile', async () => {
  const stand = await openDaemonStand()
  const { daemon } = stand
  const first = await stand.ask('first')
  await stand.settle()
  daemon.faults.add('unreachable')
  const second = await stand.ask('second')
  await stand.settle()
  expect(await stand.swap(second.id)).toMatchObject({ state: 'requested', reason: 'unreachable' })
  daemon.take(daemon.swaps[0]!, ['prepay'])
  daemon.giveBack(daemon.swaps[0]!, ['main'])
  daemon.fail(daemon.swaps[0]!, 'timeout')
  await stand.settle()
  expect(await stand.swap(first.id)).toMatchObject({ state: 'failed', reason: 'timeout' })
  expect(await stand.swap(second.id)).toMatchObject({
    state: 'failed',
    reason: 'provider-disabled',
  })
  daemon.faults.clear()
  await stand.settle()
  expect(daemon.swaps).toHaveLength(1)
  expect(await inFlightTotals(stand)).toEqual([0n, 0n])
})

test('who leads no longer starts nothing, also when that happens after the intent', async () => {
  for (const looks of [0, 1]) {
    const { stand, id, starts } = await waiting()
    const { storage, lightning } = stand.current
    const row = await stand.run(storage.get(swaps, [id]))
    const live = { state: 'ready', compared: { epoch: 1, doubts: 0 }, doubts: 0 }
    const { clock, daemon } = stand
    const settings = { intentCounter: undefined }
    let looked = 0
    const pursuit = {
      context: {
        storage,
        lightning,
        clock,
        live,
        settings,
        logger: silentLogger,
      } as unknown as Context,
      identity: { publicKey: row!.node, network: 'regtest' as const },
      leadership: {
        epoch: 1,
        fence: undefined as never,
        isFresh: () => looked++ < looks,
      },
      signal: new AbortController().signal,
    }
    const provider: DelegatedSwapProvider = {
      ...daemon.provider,
      check: async () => ({ network: 'regtest', version: '', warnings: [] }),
    }
    await stand.run(pursueDelegated(pursuit, id, provider))
    expect(starts, `fresh for ${looks} looks`).toEqual([])
    const now = await stand.run(storage.get(swaps, [id]))
    expect([now!.asked_at, now!.calls], `fresh for ${looks} looks`).toEqual([null, looks])
  }
})
