import type { LiquidityOptions, SwapProvider } from '@payment-node/core'
import { providerWithoutSocket } from '@payment-node/testkit/boltz-server'
import { expect, test } from 'vitest'
import { openSwaps, type SwapStand } from '../swaps/swap-stand.ts'
import { silentProvider } from './silent-provider.ts'

/** The stand is at a third: it is low, and presses as soon as nothing is leaving. */
const liquidity: LiquidityOptions = {
  ...({ mode: 'act', settlePeriod: '0s', every: '1m', minimum: '50000 sat' } as const),
  ...{ drainAtOnce: false, lowInbound: 700_000, urgentInbound: 690_000, hysteresis: 5000 },
  ...{ outboundShare: 250_000, ceilingPpm: 20_000 },
}

/** Its first provider holds every payment, and locks nothing up. */
async function openHolder(others: readonly SwapProvider[] = []): Promise<SwapStand> {
  const stand = openSwaps({ faults: ['lockup-never'] })
  stand.network.setFeerate(2)
  // What is held counts as in flight until it is back: the caps have room beside it.
  const swapping = { inFlightShareOfOutbound: 900_000 }
  stand.openNext({ liquidity, swapping, swaps: [providerWithoutSocket(stand.server), ...others] })
  await stand.run(stand.node.start())
  await stand.settle(10_000)
  for (const { channelPoint } of await stand.run(stand.node.channels.list()))
    await stand.run(stand.node.channels.adopt(channelPoint, 'ours'))
  await stand.settle(180_000)
  return stand
}

const lastOf = async (stand: SwapStand) => (await stand.run(stand.node.liquidity.status())).last
const swapsOf = async (stand: SwapStand) =>
  (await stand.run(stand.node.swaps.list({ limit: 100 }))).items
const healthOf = async (stand: SwapStand) => (await stand.run(stand.node.swaps.providers()))[0]!

test('a payment that is held and for which nothing is locked up is no inbound to come after six blocks, and another provider is asked', async () => {
  const stand = await openHolder([silentProvider('other', 9000n)])
  const [first] = await swapsOf(stand)
  expect(first).toMatchObject({ provider: 'boltz', state: 'held' })
  await stand.mine(5)
  expect(await lastOf(stand)).toMatchObject({ verdict: 'enough', reason: 'under-way' })
  expect(await swapsOf(stand)).toHaveLength(1)
  expect(await healthOf(stand)).toMatchObject({ failed: 0 })
  await stand.mine(1)
  await stand.settle(120_000)
  const overdue = await stand.events('swap.lockup-overdue')
  expect(overdue.map(({ data }) => data)).toMatchObject([{ swap: { id: first!.id } }])
  expect(await healthOf(stand)).toMatchObject({ failed: 1, failuresInRow: 1 })
  const all = await swapsOf(stand)
  expect(all.filter(({ id }) => id !== first!.id).map(({ provider }) => provider)).toContain(
    'other',
  )
  // It holds one: it gets no second one, whatever its quarantine is.
  await stand.mine(12)
  await stand.settle(24 * 60_000)
  expect((await swapsOf(stand)).filter(({ provider }) => provider === 'boltz')).toHaveLength(1)
  const offers = await stand.run(stand.node.swaps.quote({ amount: '200000 sat' }))
  expect(offers.find(({ provider }) => provider === 'boltz')?.reason).toBe('lockup-overdue')
  expect(await stand.events('swap.lockup-overdue')).toHaveLength(1)
})

test('nobody else to ask: what blocks names the provider, and when the payment is back it has failed once', async () => {
  const stand = await openHolder()
  await stand.mine(6)
  await stand.settle(120_000)
  const last = await lastOf(stand)
  expect(last).toMatchObject({
    verdict: 'blocked',
    reason: 'no-offer',
    urgency: 'urgent',
    noOffers: [{ provider: 'boltz', reason: 'lockup-overdue' }],
  })
  expect(last!.expectedShare).toBe(last!.inboundShare)
  const blocked = await stand.events('liquidity.blocked')
  expect((blocked.at(-1)!.data as { says: string }).says).toContain('boltz: lockup-overdue')
  const [swap] = await swapsOf(stand)
  expect(await stand.untilEnded(swap!.id, 160)).toMatchObject({ state: 'returned' })
  // Counted once, and left out from now on: else it would be asked again this minute.
  expect(await healthOf(stand)).toMatchObject({ failed: 1, failuresInRow: 1, state: 'quarantined' })
}, 30_000)
