import {
  PaymentNodeError,
  type SelfCustodialSwapProvider,
  type SwapQuote,
} from '@payment-node/core'
import { expect, test } from 'vitest'
import { openSwaps, type SwapStand } from './swap-stand.ts'

/** A provider that quotes, and makes nothing. */
function quoting(
  name: string,
  more: Partial<SelfCustodialSwapProvider> & { readonly serviceSat?: bigint } = {},
): SelfCustodialSwapProvider {
  const { serviceSat = 100n, ...members } = more
  const none = (): never => {
    throw new PaymentNodeError('swap.refused', 'not today', {
      provider: name,
      reason: 'suspended',
      outcome: 'none',
    })
  }
  return {
    contractVersion: 1,
    custody: 'self',
    name,
    url: `https://${name}.example/v2`,
    limits: async () => ({ minimumSat: 10_000n, maximumSat: 25_000_000n }),
    quote: async (amountSat): Promise<SwapQuote> => ({
      amountSat,
      serviceSat,
      lockupSat: 10n,
      claimSat: 10n,
      prepayAtRiskSat: 0n,
      expiresAt: Number.MAX_SAFE_INTEGER,
    }),
    create: async () => none(),
    status: async () => none(),
    watch: () => none(),
    requestClaimSignature: async () => none(),
    ...members,
  }
}

const hangs = (): Promise<never> => new Promise(() => undefined)

async function started(...providers: readonly SelfCustodialSwapProvider[]): Promise<SwapStand> {
  const stand = openSwaps()
  if (providers.length > 0) stand.openNext({ swaps: providers })
  await stand.run(stand.node.start())
  return stand
}

/** All rows of the tables of swaps, as text. */
async function stored(stand: SwapStand): Promise<string> {
  const names = ['swaps', 'swap_keys', 'swap_totals', 'liquidity_budgets', 'swap_providers']
  return JSON.stringify(await stand.rowsOf(names), (_, value) =>
    typeof value === 'bigint' ? value.toString() : (value as unknown),
  )
}

test('all providers are asked at once; one that hangs delays nobody longer than its time', async () => {
  const stand = await started(
    quoting('dear', { serviceSat: 9000n }),
    quoting('silent', { quote: hangs }),
    quoting('silent-too', { limits: hangs }),
    quoting('cheap', { serviceSat: 2000n }),
    quoting('far-too-dear', { serviceSat: 90_000n }),
    quoting('small', { limits: async () => ({ minimumSat: 1n, maximumSat: 100n }) }),
    quoting('large', { limits: async () => ({ minimumSat: 10n ** 7n, maximumSat: 10n ** 8n }) }),
    quoting('nonsense', { quote: async () => 'cheap' as never }),
    quoting('throws', { quote: () => Promise.reject(new TypeError('bug')) }),
  )
  const at = stand.clock.now()
  const offers = await stand.run(stand.node.swaps.quote({ amount: '1000000 sat' }))
  expect(stand.clock.now() - at).toBeLessThanOrEqual(10_100)
  expect(offers.map(({ provider, reason }) => [provider, reason])).toEqual([
    ['cheap', null],
    ['dear', null],
    ['silent', 'unreachable'],
    ['silent-too', 'unreachable'],
    ['far-too-dear', 'too-dear'],
    ['small', 'too-many-swaps'],
    ['large', 'below-minimum'],
    ['nonsense', 'malformed'],
    ['throws', 'unreachable'],
  ])
  const { price } = offers[0]!
  // Service and lockup; 111 vB at 1.012 sat/vB; a fifth of half a percent of routing.
  expect([price!.service.msat, price!.claim.msat, price!.routing.msat]).toEqual([
    2_010_000n,
    113_000n,
    1_000_000n,
  ])
  expect(price!.routingLimit.msat).toBe(5_000_000n)
  expect(price!.total.msat).toBe(3_123_000n)
  expect(price!.ppm).toBe(3123)
  expect(price!.worst.msat).toBe(2_010_000n + 5_000_000n + 4_560_000n)
})

test('the cheapest is taken, and the others are kept with their reasons', async () => {
  const stand = await started(quoting('dear', { serviceSat: 9000n }), quoting('cheap'))
  const { id, provider } = await stand.ask(1_000_000)
  expect(provider).toBe('cheap')
  await stand.settle()
  const told = await stand.run(stand.node.swaps.explain(id))
  expect(told.rejected.map((one) => [one.provider, one.reason])).toEqual([['dear', 'dearer']])
  expect(told.swap.reason).toBe('suspended')
  expect(told.says).toContain('Nothing was paid')
})

test('an amount above the limit is split; all of it is stored at once, under one key', async () => {
  const stand = openSwaps({ server: { maximumSat: 400_000 } })
  await stand.run(stand.node.start())
  const before = await stand.assets()
  const ask = () =>
    stand.run(stand.node.swaps.request({ amount: '1000000 sat' }, { idempotencyKey: 'drain' }))
  const swaps = await ask()
  expect(swaps.map(({ amount }) => amount.msat)).toEqual([333_334_000n, 333_333_000n, 333_333_000n])
  expect(new Set(swaps.map(({ request }) => request))).toEqual(new Set([swaps[0]!.id]))
  expect(new Set(swaps.map(({ paymentHash }) => paymentHash)).size).toBe(3)
  expect((await ask()).map(({ id }) => id)).toEqual(swaps.map(({ id }) => id))
  for (const { id } of swaps) expect((await stand.untilEnded(id)).state).toBe('claimed')
  await stand.mine(8)
  const costs = await Promise.all(swaps.map(({ id }) => stand.swap(id)))
  const sum = costs.reduce(
    (all, { costs: { service, routing, claim } }) =>
      all + service!.msat + routing!.msat + claim!.msat,
    0n,
  )
  expect(before - (await stand.assets())).toBe(sum)
  // Each has a claim key of its own: the counter never goes back.
  const { swaps: rows, swap_keys: keys } = await stand.rowsOf(['swaps', 'swap_keys'])
  expect(rows!.map(({ claim_index: index }) => index).sort()).toEqual([0, 1, 2])
  expect(keys!.map(({ next_index: next }) => next)).toEqual([3])
})

test('caps and budget are taken in the change that stores the swap, and given back at its end', async () => {
  const stand = openSwaps({
    options: {
      swapping: {
        inFlight: '3000000 sat',
        inFlightPerProvider: '2000000 sat',
        perSwap: '1500000 sat',
        perDay: '36000 sat',
      },
    },
  })
  await stand.run(stand.node.start())
  const ask = (amountSat: number, key: string) =>
    stand.run(stand.node.swaps.request({ amount: `${amountSat} sat` }, { idempotencyKey: key }))
  await expect(ask(2_500_000, 'too-much')).rejects.toMatchObject({
    code: 'swap.above-cap',
    details: { cap: 'provider-in-flight' },
  })
  const [first] = await ask(1_200_000, 'first')
  const before = await stored(stand)
  await expect(ask(900_000, 'second')).rejects.toMatchObject({
    code: 'swap.above-cap',
    details: { cap: 'provider-in-flight' },
  })
  expect(await stored(stand)).toBe(before)
  // At the same time: only one of them finds its place.
  const both = await stand.run(
    Promise.allSettled([
      stand.node.swaps.request({ amount: '600000 sat' }, { idempotencyKey: 'a' }),
      stand.node.swaps.request({ amount: '600000 sat' }, { idempotencyKey: 'b' }),
    ]),
  )
  expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
  expect((await stand.untilEnded(first!.id)).state).toBe('claimed')
  await stand.mine(8)
  // The place is free again; what was spent is spent.
  await ask(600_000, 'third')
  await expect(ask(1_400_000, 'fourth')).rejects.toMatchObject({ code: 'swap.over-budget' })
})

test('no more than a share of the outbound is under way', async () => {
  const stand = openSwaps({ options: { swapping: { inFlightShareOfOutbound: 100_000 } } })
  await stand.run(stand.node.start())
  const ask = (amountSat: number) => stand.ask(amountSat)
  await expect(ask(1_100_000)).rejects.toMatchObject({
    code: 'swap.above-cap',
    details: { cap: 'outbound' },
  })
  await ask(900_000)
  await expect(ask(200_000)).rejects.toMatchObject({ details: { cap: 'outbound' } })
})

test('the same key gives the same swap for ever, and another request is a conflict', async () => {
  const stand = await started()
  const [one] = await stand.run(
    stand.node.swaps.request({ amount: '100000 sat' }, { idempotencyKey: 'k' }),
  )
  const both = await stand.run(
    Promise.all(
      [1, 2].map(() => stand.node.swaps.request({ amount: '100000 sat' }, { idempotencyKey: 'k' })),
    ),
  )
  expect(both.map((swaps) => swaps.map(({ id }) => id))).toEqual([[one!.id], [one!.id]])
  for (const other of [
    { amount: '100001 sat' },
    { amount: '100000 sat', urgency: 'low' },
    { amount: '100000 sat', limits: { routing: '5 sat' } },
    { amount: '100000 sat', providers: ['boltz'] },
    { amount: '100000 sat', outgoingChannels: ['1'] },
  ] as const)
    await expect(
      stand.run(stand.node.swaps.request(other, { idempotencyKey: 'k' })),
    ).rejects.toMatchObject({ code: 'idempotency.conflict' })
})

test('limits of the request: what is dearer is no offer, and the payment keeps to them', async () => {
  const stand = await started()
  const ask = (limits: object, key: string) =>
    stand.run(stand.node.swaps.request({ amount: '1000000 sat', limits }, { idempotencyKey: key }))
  await expect(ask({ service: '5000 sat' }, 'a')).rejects.toMatchObject({
    code: 'swap.no-offer',
    details: { rejected: [{ provider: 'boltz', reason: 'service-above-limit' }] },
  })
  await expect(ask({ ppm: 5000 }, 'b')).rejects.toMatchObject({
    details: { rejected: [{ provider: 'boltz', reason: 'too-dear' }] },
  })
  await expect(ask({ claim: '50 sat' }, 'c')).rejects.toMatchObject({
    details: { rejected: [{ provider: 'boltz', reason: 'claim-above-limit' }] },
  })
  const [swap] = await ask({ routing: '0 sat' }, 'd')
  expect(swap!.limits.routing!.msat).toBe(0n)
  // A direct channel asks nothing.
  expect((await stand.untilEnded(swap!.id)).state).toBe('claimed')
})

test('only the channels that were named pay', async () => {
  for (const capacityMsat of [3_000_000_000n, 10_000_000_000n]) await payFrom(capacityMsat)
})

/** A swap out of the channel of that size, when there are two that could pay it. */
async function payFrom(capacityMsat: bigint): Promise<void> {
  const stand = openSwaps()
  const { network, lnd, payee } = stand
  network.establishChannel({ from: lnd, to: payee, capacitySat: 3_000_000n })
  await stand.run(stand.node.start())
  const before = await stand.run(stand.node.channels.list())
  const chosen = before.find(
    ({ capacity, local }) => capacity.msat === capacityMsat && local!.msat > 2_500_000_000n,
  )!
  const { channelId } = (await stand.run(lnd.lightning.listChannels())).find(
    ({ channelPoint }) => channelPoint === chosen.channelPoint,
  )!
  const [asked] = await stand.run(
    stand.node.swaps.request(
      { amount: '1000000 sat', outgoingChannels: [channelId] },
      { idempotencyKey: 'k' },
    ),
  )
  expect((await stand.untilEnded(asked!.id)).state).toBe('claimed')
  const after = await stand.run(stand.node.channels.list())
  const moved = after
    .map((channel) => {
      const was = before.find(({ channelPoint }) => channelPoint === channel.channelPoint)!
      return was.local!.msat - channel.local!.msat
    })
    .filter((amount) => amount !== 0n)
  expect(moved).toEqual([1_000_000_000n])
  const paying = after.find(({ channelPoint }) => channelPoint === chosen.channelPoint)!
  expect(chosen.local!.msat - paying.local!.msat).toBe(1_000_000_000n)
}

test('health: refusals quarantine ever longer, lies disable with an event, the operator brings it back', async () => {
  const stand = await started(quoting('boltz'))
  const health = async () => (await stand.run(stand.node.swaps.providers()))[0]!
  for (const [round, minutes] of [10, 20, 40].entries()) {
    await stand.ask(100_000, `try-${round}`)
    await stand.settle()
    const { state, until, refused, failuresInRow } = await health()
    expect([state, refused, failuresInRow]).toEqual(['quarantined', round + 1, round + 1])
    expect(Math.round((until! - stand.clock.now()) / 60_000)).toBe(minutes)
    await expect(stand.ask(100_000, 'now')).rejects.toMatchObject({
      code: 'swap.no-offer',
      details: { rejected: [{ provider: 'boltz', reason: 'quarantined' }] },
    })
    stand.clock.jumpWallClock(minutes * 60_000)
  }
  const honest = openSwaps({ faults: ['address-server-key'] })
  await honest.run(honest.node.start())
  await honest.ask(100_000)
  await honest.settle()
  const [event] = await honest.events('swap.provider-disabled')
  expect(event!.data).toMatchObject({ provider: 'boltz', reason: 'address-differs' })
  honest.clock.jumpWallClock(48 * 3_600_000)
  await expect(honest.ask(100_000)).rejects.toMatchObject({
    details: { rejected: [{ provider: 'boltz', reason: 'disabled' }] },
  })
  honest.server.faults.clear()
  const enabled = await honest.run(honest.node.swaps.enableProvider('boltz'))
  expect([enabled.state, enabled.reason]).toEqual(['healthy', null])
  const { id } = await honest.ask(100_000)
  expect((await honest.untilEnded(id)).state).toBe('claimed')
  const [after] = await honest.run(honest.node.swaps.providers())
  expect([after!.created, after!.completed, after!.failed]).toEqual([1, 1, 1])
  expect(after!.averageTime).toBeGreaterThan(0)
})

test('one provider that is down delays neither the start nor the swaps of others', async () => {
  const stand = openSwaps()
  const current = stand.openNext()
  await stand.run(current.node.start())
  const { id } = await stand.ask(500_000)
  await stand.settle(200)
  await stand.run(current.node.stop())
  // Its provider is no longer among the options: the swap goes on by the script.
  stand.openNext({ swaps: [quoting('other', { quote: hangs, limits: hangs })] })
  const at = stand.clock.now()
  await stand.run(stand.node.start())
  expect(stand.clock.now() - at).toBeLessThan(5000)
  const swap = await stand.untilEnded(id)
  expect(swap.state).toBe('claimed')
})

test('a swap stays with the url that it was created on', async () => {
  const stand = openSwaps()
  await stand.run(stand.node.start())
  const { id } = await stand.ask(500_000)
  await stand.settle()
  await stand.run(stand.node.stop())
  let wasAsked = false
  const moved = quoting('boltz', {
    requestClaimSignature: async () => {
      wasAsked = true
      throw new Error('another operator')
    },
  })
  stand.openNext({ swaps: [moved] })
  await stand.run(stand.node.start())
  expect((await stand.untilEnded(id)).state).toBe('claimed')
  expect(wasAsked).toBe(false)
})

/** From now on no claim comes through. */
function refusePublishing({ lnd }: SwapStand): void {
  lnd.faults.add(({ call, moment }) =>
    call === 'publishTransaction' && moment === 'before-effect'
      ? {
          error: new PaymentNodeError('node.refused', 'no', {
            call: 'publishTransaction',
            reason: 'rejected',
          }),
        }
      : undefined,
  )
}

test('a provider that takes its lockup back while no claim comes through: lost, told and booked', async () => {
  const stand = openSwaps({ faults: ['claim-keeps-preimage'], server: { timeoutBlocks: 80 } })
  await stand.run(stand.node.start())
  const before = await stand.assets()
  refusePublishing(stand)
  const { id } = await stand.ask(1_000_000)
  const swap = await stand.untilEnded(id, 120)
  expect([swap.state, swap.reason]).toEqual(['lost', 'lockup-taken'])
  const alarms = await stand.events('swap.deadline-near')
  expect(alarms.map(({ data }) => (data as { blocksLeft: number }).blocksLeft)).toEqual([
    72, 36, 12,
  ])
  const [lost] = await stand.events('swap.lost')
  expect((lost!.data as { swap: { id: string } }).swap.id).toBe(id)
  const { world, sum } = await stand.run(stand.node.ledger.balances())
  expect([world.swapLosses.msat, sum.msat]).toEqual([1_000_000_000n, 0n])
  expect(before - (await stand.assets())).toBe(1_000_000_000n)
  expect((await stand.run(stand.node.ledger.prove())).verdict).toBe('proved')
  const [provider] = await stand.run(stand.node.swaps.providers())
  expect([provider!.state, provider!.reason]).toEqual(['disabled', 'lockup-taken'])
})

test('a provider that takes its lockup back and gives the payment back: nothing is gone, and it is blamed for nothing', async () => {
  const stand = openSwaps({ faults: ['claim-refused'], server: { timeoutBlocks: 80 } })
  await stand.run(stand.node.start())
  const before = await stand.assets()
  refusePublishing(stand)
  const { id } = await stand.ask(1_000_000)
  const swap = await stand.untilEnded(id, 120)
  expect([swap.state, swap.reason]).toEqual(['returned', 'lockup-taken-back'])
  expect(await stand.told('swap.revealed')).toHaveLength(1)
  expect(await stand.told('swap.lost')).toEqual([])
  expect(before - (await stand.assets())).toBe(0n)
  const { swap_totals: totals } = await stand.rowsOf(['swap_totals'])
  expect(totals!.every(({ amount_msat }) => amount_msat === 0n)).toBe(true)
  const { world, sum } = await stand.run(stand.node.ledger.balances())
  expect([world.swapLosses.msat, sum.msat]).toEqual([0n, 0n])
  expect((await stand.run(stand.node.ledger.prove())).verdict).toBe('proved')
  const [provider] = await stand.run(stand.node.swaps.providers())
  expect([provider!.state, provider!.failed]).toEqual(['healthy', 0])
})

test('many swaps are asked for a few at a time', async () => {
  let open = 0
  let most = 0
  const stand = openSwaps({
    options: { swapping: { perSwap: '20000 sat', maximumPpm: 1_000_000 } },
  })
  const slow = quoting('slow', {
    async create() {
      most = Math.max(most, ++open)
      await stand.clock.sleep(1000)
      open--
      throw new PaymentNodeError('swap.refused', 'ask again', {
        provider: 'slow',
        reason: 'quote-stale',
        outcome: 'none',
      })
    },
  })
  stand.openNext({ swaps: [slow] })
  await stand.run(stand.node.start())
  const swaps = await stand.run(
    stand.node.swaps.request({ amount: '400000 sat' }, { idempotencyKey: 'many' }),
  )
  expect(swaps).toHaveLength(20)
  await stand.settle()
  const states = await Promise.all(swaps.map(async ({ id }) => (await stand.swap(id)).state))
  expect(new Set(states)).toEqual(new Set(['failed-unpaid']))
  expect(most).toBe(4)
})
