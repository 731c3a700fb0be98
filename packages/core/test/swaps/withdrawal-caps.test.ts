import type { Amount } from '@payment-node/core'
import type { BoltzFault } from '@payment-node/testkit/boltz-server'
import { expect, test } from 'vitest'
import type { Shop } from '../shop.ts'
import { openDaemonStand } from './delegated/daemon-stand.ts'
import { openSwaps, type SwapStand } from './swap-stand.ts'

/** An address of nobody in the network, as LND and the caps see it: outside. */
const outside = (stand: Shop): Promise<string> =>
  stand.run(stand.payer.lightning.onchain!.newAddress('taproot'))

/** What counts for the operator's days, in msat. */
const counted = async (stand: Shop): Promise<bigint[]> =>
  (await stand.rowsOf(['partner_days']))
    .partner_days!.filter(({ partner }) => partner === '@operator')
    .map(({ amount_msat: amount }) => amount as bigint)

async function open(caps: object, faults: readonly BoltzFault[] = []): Promise<SwapStand> {
  const stand = openSwaps({ options: { caps }, faults })
  await stand.run(stand.node.start())
  return stand
}

let asked = 0

const ask = (stand: SwapStand, amountSat: number, destination?: string) =>
  stand.run(
    stand.node.swaps.request(
      { amount: `${amountSat} sat`, ...(destination !== undefined && { destination }) },
      { idempotencyKey: `k${++asked}` },
    ),
  )

const aboveCap = (cap: string, limitSat: number, requestedSat: number): object => ({
  code: 'swap.above-cap',
  details: {
    cap,
    limit: expect.objectContaining({ msat: BigInt(limitSat) * 1000n }) as Amount,
    requested: expect.objectContaining({ msat: BigInt(requestedSat) * 1000n }) as Amount,
  },
})

test('what swaps send to an address outside is bounded by the caps of amounts, per request and day', async () => {
  const caps = { perPayout: '600000 sat', operatorPerDay: '1000000 sat' }
  const stand = await open(caps)
  const address = await outside(stand)
  await expect(ask(stand, 600_001, address)).rejects.toMatchObject(
    aboveCap('per-payout', 600_000, 600_001),
  )
  expect((await stand.rowsOf(['swaps'])).swaps).toEqual([])
  const [first] = await ask(stand, 600_000, address)
  expect(await counted(stand)).toEqual([600_000_000n])
  await expect(ask(stand, 400_001, address)).rejects.toMatchObject(
    aboveCap('operator-per-day', 1_000_000, 400_001),
  )
  // To our own wallet nothing leaves.
  const [own] = await ask(stand, 1_500_000)
  // At the same time: only one of them finds its place.
  const request = (key: string) =>
    stand.node.swaps.request(
      { amount: '250000 sat', destination: address },
      { idempotencyKey: key },
    )
  const both = await stand.run(Promise.allSettled([request('a'), request('b')]))
  expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
  for (const one of [first, own]) {
    expect((await stand.untilEnded(one!.id)).state).toBe('claimed')
  }
  await stand.mine(8)
  expect(await counted(stand), 'what was paid out stays counted').toEqual([850_000_000n])
  await expect(ask(stand, 250_000, address)).rejects.toMatchObject({
    details: { cap: 'operator-per-day' },
  })
  stand.current.kill()
  await stand.clock.advance(86_400_000)
  stand.openNext({ caps })
  await stand.run(stand.node.start())
  await ask(stand, 250_000, address)
  expect((await counted(stand)).sort()).toEqual([250_000_000n, 850_000_000n])
})

test('all swaps of one request count together', async () => {
  const stand = await open({})
  stand.current.kill()
  stand.openNext({ swapping: { perSwap: '200000 sat' }, caps: { perPayout: '500000 sat' } })
  await stand.run(stand.node.start())
  const address = await outside(stand)
  await expect(ask(stand, 500_001, address)).rejects.toMatchObject(
    aboveCap('per-payout', 500_000, 500_001),
  )
  expect(await ask(stand, 500_000, address)).toHaveLength(3)
  expect(await counted(stand)).toEqual([500_000_000n])
})

test('a cap of the day below that of a request refuses the first one, too', async () => {
  const stand = await open({ operatorPerDay: '300000 sat' })
  await expect(ask(stand, 300_001, await outside(stand))).rejects.toMatchObject(
    aboveCap('operator-per-day', 300_000, 300_001),
  )
  expect(await counted(stand)).toEqual([])
})

test('what ended without having left counts no more', async () => {
  const ends = [
    ['invoice-larger', 'failed-unpaid'],
    ['lockup-never', 'returned'],
  ] as const
  for (const [fault, state] of ends) {
    const stand = await open({}, [fault])
    const [swap] = await ask(stand, 400_000, await outside(stand))
    expect(await counted(stand)).toEqual([400_000_000n])
    if (fault === 'lockup-never') {
      for (let round = 0; round < 20 && (await stand.swap(swap!.id)).state !== 'held'; round++)
        await stand.settle()
      stand.payee.cancelHold(swap!.paymentHash)
    }
    expect((await stand.untilEnded(swap!.id)).state, fault).toBe(state)
    expect(await counted(stand), fault).toEqual([0n])
  }
})

test("a daemon's swaps count alike: completed they stay, failed and never started they do not", async () => {
  for (const way of ['completed', 'failed', 'refused'] as const) {
    const stand = await openDaemonStand()
    const { daemon } = stand
    if (way === 'refused') daemon.faults.add('refuses')
    const destination = await outside(stand)
    const { id } = await stand.ask(way, { destination })
    expect(await counted(stand), way).toEqual([1_000_000_000n])
    await stand.settle()
    const [swap] = daemon.swaps
    if (way === 'completed') stand.complete(swap!)
    if (way === 'failed') {
      daemon.giveBack(swap!, ['main', 'prepay'])
      daemon.fail(swap!, 'timeout')
    }
    await stand.settle()
    const state = way === 'completed' ? 'completed' : 'failed'
    expect((await stand.swap(id)).state, way).toBe(state)
    expect(await counted(stand), way).toEqual([way === 'completed' ? 1_000_000_000n : 0n])
  }
})
