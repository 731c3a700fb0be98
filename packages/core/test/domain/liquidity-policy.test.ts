import fc from 'fast-check'
import { expect, test } from 'vitest'
import { cheapestLever, type LiquidityPlan } from '../../src/domain/liquidity-policy.ts'
import type {
  LiquidityChannel,
  LiquiditySettings,
  LiquiditySnapshot,
  PayablePartner,
  SwapOffer,
} from '../../src/domain/liquidity-snapshot.ts'

const sat = (amount: number): bigint => BigInt(amount) * 1000n
const now = 1_767_225_600_000
const hour = 3_600_000

/** A channel of 1,000,000 sat with so much on our side. */
const channel = (local: number, more: Partial<LiquidityChannel> = {}): LiquidityChannel => ({
  channelPoint: `point-${more.channelId ?? '1'}`,
  channelId: '1',
  peer: '02aa',
  capacityMsat: sat(1_000_000),
  sendableMsat: sat(local),
  receivableMsat: sat(1_000_000 - local),
  ownership: 'ours',
  isActive: true,
  isNew: false,
  noCloseBefore: null,
  closeCostMsat: null,
  ...more,
})
const offer = (provider: string, more: Partial<SwapOffer> = {}): SwapOffer => ({
  provider,
  minimumMsat: sat(50_000),
  maximumMsat: sat(5_000_000),
  fixedMsat: sat(1000),
  ppm: 5000,
  worstFixedMsat: sat(3000),
  worstPpm: 8000,
  leadTime: hour,
  paysPayout: {
    fixedMsat: sat(100),
    worstFixedMsat: sat(1000),
    reservedMsat: sat(5000),
    maximumMsat: sat(5_000_000),
  },
  ...more,
})
const partner = (name: string, amount: number, more: Partial<PayablePartner> = {}) => ({
  partner: name,
  way: 'offchain' as const,
  payout: null,
  savedMsat: 0n,
  savesOperator: false,
  amountMsat: sat(amount),
  costMsat: 0n,
  worstMsat: 0n,
  ...more,
})
const settings: LiquiditySettings = {
  outboundShare: 200_000,
  lowInbound: 300_000,
  urgentInbound: 100_000,
  hysteresis: 50_000,
  drainsAtOnce: true,
  outboundFloorMsat: 0n,
  acceptablePpm: 10_000,
  ceilingPpm: 30_000,
  feerateCeiling: 50,
  minimumMsat: sat(10_000),
  settlePeriod: 60_000,
  urgentWithin: 6 * hour,
}
const calm: LiquiditySnapshot = {
  now,
  readyFor: hour,
  pausedReason: null,
  haltedReason: null,
  channels: [channel(500_000)],
  leavingMsat: 0n,
  swappableMsat: sat(10_000_000),
  expectedPayoutsMsat: 0n,
  partners: [],
  swaps: [offer('one')],
  swapsFrom: 0,
  noOffers: [],
  channelOffers: [],
  feerate: 5,
  isFeerateLow: true,
  budgetLeftMsat: sat(100_000),
  isRecovering: false,
}

function summary({ verdict, reason, actions }: LiquidityPlan): string {
  const done = actions.map(
    ({ lever, subject, offer: swap, amountMsat }) =>
      `${lever} ${[subject, swap?.provider].filter(Boolean).join('@')} ${amountMsat / 1000n}`,
  )
  return [`${verdict} ${reason}`, ...done].join('; ')
}

test('mission rows 4 and 10: what is done at which inbound, by which lever, and what keeps it from being done', () => {
  const rows: readonly [string, Partial<LiquiditySnapshot>, string, Partial<LiquiditySettings>?][] =
    [
      ['half is inbound', {}, 'enough enough'],
      ['under 30 %', { channels: [channel(750_000)] }, 'act inbound-low; swap one 550000'],
      [
        'under 30 %, fees are high: it waits',
        { channels: [channel(750_000)], isFeerateLow: false },
        'wait feerate-not-low',
      ],
      [
        'under 10 %, fees are high: it does not wait',
        { channels: [channel(950_000)], isFeerateLow: false },
        'act inbound-urgent; swap one 750000',
      ],
      [
        'under 10 %, above the hard ceiling',
        { channels: [channel(950_000)], feerate: 51 },
        'blocked feerate-above-ceiling',
      ],
      [
        'under 10 %, nobody knows the feerate',
        { channels: [channel(950_000)], feerate: null },
        'blocked feerate-unknown',
      ],
      [
        'under 10 %, the budget is used up',
        { channels: [channel(950_000)], budgetLeftMsat: sat(3000) },
        'blocked budget-exhausted',
      ],
      [
        'under 10 %, dearer than the ceiling',
        { channels: [channel(950_000)], swaps: [offer('dear', { ppm: 40_000 })] },
        'blocked price-above-ceiling',
      ],
      [
        'under 10 %, may become dearer than the ceiling',
        { channels: [channel(950_000)], swaps: [offer('risky', { worstPpm: 40_000 })] },
        'blocked worst-case-above-ceiling',
      ],
      [
        'under 30 %, too dear for now',
        { channels: [channel(750_000)], swaps: [offer('dear', { ppm: 20_000, worstPpm: 20_000 })] },
        'wait price-not-acceptable',
      ],
      [
        'a new channel is drained at once, though fees are not low',
        { channels: [channel(990_000, { isNew: true }), channel(100_000)], isFeerateLow: false },
        'act new-channel; swap one 790000',
      ],
      [
        'lazily: not while there is enough inbound',
        { channels: [channel(990_000, { isNew: true }), channel(100_000)] },
        'enough enough',
        { drainsAtOnce: false },
      ],
      [
        'a new channel that is half drained by swaps under way',
        {
          channels: [channel(990_000, { isNew: true }), channel(100_000)],
          leavingMsat: sat(785_000),
        },
        'enough gap-too-small',
      ],
      [
        'what is under way is not sent twice',
        { channels: [channel(250_000)], leavingMsat: sat(550_000) },
        'enough enough',
      ],
      [
        'partners first: it costs nothing',
        { channels: [channel(750_000)], partners: [partner('shop', 300_000)] },
        'act inbound-low; pay-partner shop 300000; swap one 250000',
      ],
      [
        'a partner is paid once, off-chain before on-chain',
        {
          channels: [channel(750_000)],
          partners: [partner('shop', 560_000, { way: 'onchain' }), partner('shop', 560_000)],
        },
        'act inbound-low; pay-partner shop 560000',
      ],
      [
        'on chain through a swap, before a swap to ourselves: it saves a transaction',
        {
          channels: [channel(750_000)],
          partners: [partner('shop', 530_000, { way: 'onchain', savedMsat: sat(300) })],
        },
        // What is locked up: the payout, the dearest claim, and what the swap takes.
        'act inbound-low; pay-partner-through-swap shop@one 540323',
      ],
      [
        'not where it would save less than the output of the claim costs',
        {
          channels: [channel(750_000)],
          partners: [partner('shop', 530_000, { way: 'onchain', savedMsat: sat(20) })],
        },
        'act inbound-low; swap one 550000',
      ],
      [
        'two payouts of a partner that wait in the queue',
        {
          channels: [channel(950_000)],
          partners: ['a', 'b'].map((payout) =>
            partner('shop', 300_000, { way: 'onchain', payout, savedMsat: sat(5000) }),
          ),
        },
        'act inbound-urgent; pay-partner-through-swap shop@one 308468; pay-partner-through-swap shop@one 308468',
      ],
      [
        'of two payouts the one that fits in what is missing; the rest is too little for the price',
        {
          channels: [channel(750_000)],
          partners: [
            partner('first', 400_000, { way: 'onchain', savedMsat: sat(5000) }),
            partner('second', 300_000, { way: 'onchain', savedMsat: sat(2000) }),
          ],
        },
        'act inbound-low; pay-partner-through-swap first@one 409275',
      ],
      [
        'a daemon claims by itself, and pays no payout',
        {
          channels: [channel(750_000)],
          partners: [partner('shop', 530_000, { way: 'onchain', savedMsat: sat(300) })],
          swaps: [offer('loop', { paysPayout: null })],
        },
        'act inbound-low; swap loop 550000',
      ],
      [
        'a payout is never split',
        {
          channels: [channel(750_000)],
          partners: [partner('shop', 530_000, { way: 'onchain', savedMsat: sat(300) })],
          swaps: [
            offer('one', {
              paysPayout: {
                fixedMsat: sat(100),
                worstFixedMsat: sat(1000),
                reservedMsat: sat(5000),
                maximumMsat: sat(540_000),
              },
            }),
          ],
        },
        'act inbound-low; swap one 550000',
      ],
      [
        'what the partner saves lifts no ceiling of the operator',
        {
          channels: [channel(750_000)],
          partners: [partner('shop', 530_000, { way: 'onchain', savedMsat: sat(30_000) })],
          swaps: [offer('dear', { ppm: 20_000, worstPpm: 20_000 })],
        },
        'wait price-not-acceptable',
      ],
      [
        'what the operator saves does',
        {
          channels: [channel(750_000)],
          partners: [
            partner('shop', 500_000, {
              way: 'onchain',
              savedMsat: sat(10_000),
              savesOperator: true,
            }),
          ],
          swaps: [offer('dear', { ppm: 20_000, worstPpm: 20_000 })],
        },
        'act inbound-low; pay-partner-through-swap shop@dear 516327',
      ],
      [
        'the cheaper provider, whatever the order',
        { channels: [channel(750_000)], swaps: [offer('one'), offer('two', { ppm: 4000 })] },
        'act inbound-low; swap two 550000',
      ],
      [
        'two providers where one is not enough',
        {
          channels: [channel(750_000)],
          swaps: [offer('one', { maximumMsat: sat(300_000) }), offer('two', { ppm: 6000 })],
        },
        // The fixed part weighs less on the larger swap of the other.
        'act inbound-low; swap two 550000',
      ],
      [
        'chunk after chunk: only so much at once',
        { channels: [channel(950_000)], swappableMsat: sat(237_500) },
        'act inbound-urgent; swap one 237500',
      ],
      [
        'a chunk is under way already',
        { channels: [channel(800_000)], swappableMsat: 0n, leavingMsat: sat(100_000) },
        'wait in-flight-cap',
      ],
      [
        'the floor stays',
        { channels: [channel(750_000)] },
        'act inbound-low; swap one 250000',
        { outboundFloorMsat: sat(500_000) },
      ],
      [
        'what payouts need stays',
        { channels: [channel(750_000)], expectedPayoutsMsat: sat(740_000) },
        'blocked outbound-floor',
      ],
      [
        'channels that are not ours are never touched',
        { channels: [channel(950_000, { ownership: 'observe' })] },
        'blocked outbound-floor',
      ],
      [
        'an all-local channel is closed where nothing else helps',
        {
          channels: [
            channel(1_000_000, { channelId: '1', closeCostMsat: sat(500) }),
            channel(500_000),
          ],
          swaps: [],
        },
        'act inbound-low; close point-1 1000000',
      ],
      [
        'what brings inbound comes first, whatever the price',
        {
          channels: [
            channel(1_000_000, { channelId: '1', closeCostMsat: sat(500) }),
            channel(500_000),
          ],
          swaps: [offer('one', { minimumMsat: sat(50_000), maximumMsat: sat(300_000) })],
        },
        'act inbound-low; swap one 300000',
      ],
      [
        'and when it can be waited for',
        {
          channels: [
            channel(1_000_000, { channelId: '1', closeCostMsat: sat(500) }),
            channel(500_000),
          ],
          swapsFrom: now + 1,
        },
        'wait failed-lately',
      ],
      [
        'but not what is too dear: it may be so for long',
        {
          channels: [
            channel(1_000_000, { channelId: '1', closeCostMsat: sat(500) }),
            channel(500_000),
          ],
          swaps: [offer('dear', { ppm: 20_000, worstPpm: 20_000 })],
        },
        'act inbound-low; close point-1 1000000',
      ],
      [
        'a close waits for low fees as well',
        {
          channels: [
            channel(1_000_000, { channelId: '1', closeCostMsat: sat(500) }),
            channel(500_000),
          ],
          swaps: [],
          isFeerateLow: false,
        },
        'wait feerate-not-low',
      ],
      [
        'one close at a time',
        {
          channels: [
            channel(1_000_000, { channelId: '1', closeCostMsat: sat(500) }),
            channel(1_000_000, { channelId: '2', closeCostMsat: sat(400) }),
            channel(500_000, { channelId: '3' }),
          ],
          swaps: [],
        },
        'act inbound-low; close point-2 1000000',
      ],
      [
        'under 10 % a better share helps nobody: the operator is called instead',
        {
          channels: [
            channel(1_000_000, { channelId: '1', closeCostMsat: sat(500) }),
            channel(900_000),
          ],
          swaps: [],
        },
        'blocked no-offer',
      ],
      [
        'not where it would leave a share of nothing',
        { channels: [channel(1_000_000, { closeCostMsat: sat(500) })], swaps: [] },
        'blocked no-offer',
        { urgentInbound: 0 },
      ],
      [
        'not more than is missing: the rest of the outbound stays',
        {
          channels: [
            channel(1_000_000, { channelId: '1', closeCostMsat: sat(500) }),
            channel(0, { channelId: '2', receivableMsat: sat(400_000) }),
          ],
          swaps: [],
        },
        'blocked no-offer',
      ],
      [
        'a channel that was never used is not closed',
        {
          channels: [
            channel(1_000_000, { channelId: '1', closeCostMsat: sat(500), isNew: true }),
            channel(500_000),
          ],
          swaps: [],
        },
        'blocked no-offer',
        { drainsAtOnce: false },
      ],
      [
        'an obligation keeps it open',
        {
          channels: [
            channel(1_000_000, { closeCostMsat: sat(500), noCloseBefore: now + hour }),
            channel(500_000),
          ],
          swaps: [],
        },
        'blocked obligation',
      ],
      [
        'a channel could be bought: that is left to the operator, who is called',
        {
          channels: [channel(950_000)],
          swaps: [],
          channelOffers: [
            { source: 'slow', amountMsat: sat(800_000), costMsat: sat(1), leadTime: 24 * hour },
            { source: 'fast', amountMsat: sat(800_000), costMsat: sat(2000), leadTime: hour },
          ],
        },
        'blocked left-to-operator',
      ],
      [
        'what is for sale holds up nothing else, however cheap',
        {
          channels: [channel(950_000)],
          channelOffers: [
            { source: 'fast', amountMsat: sat(800_000), costMsat: sat(1), leadTime: hour },
          ],
        },
        'act inbound-urgent; swap one 750000',
      ],
      [
        'just above 30 %: restored only with some margin',
        { channels: [channel(680_000)], isRecovering: true },
        'act inbound-low; swap one 480000',
      ],
      ['just above 30 %, not recovering', { channels: [channel(680_000)] }, 'enough enough'],
      [
        'nobody offers',
        {
          channels: [channel(750_000)],
          swaps: [],
          noOffers: [{ provider: 'one', reason: 'timeout' }],
        },
        'blocked no-offer',
      ],
      [
        'swaps have failed lately',
        { channels: [channel(750_000)], swapsFrom: now + 1 },
        'wait failed-lately',
      ],
      [
        'under 10 % the cheapest that arrives in time, not the cheapest',
        {
          channels: [channel(950_000)],
          swaps: [offer('slow', { ppm: 1000, leadTime: 7 * hour }), offer('fast')],
        },
        'act inbound-urgent; swap fast 750000',
      ],
      [
        'under 10 %, and nothing arrives in time',
        { channels: [channel(950_000)], swaps: [offer('slow', { leadTime: 7 * hour })] },
        'blocked too-late',
      ],
      [
        'while nothing presses the cheapest, however slow',
        {
          channels: [channel(750_000)],
          swaps: [offer('slow', { ppm: 1000, leadTime: 7 * hour }), offer('fast')],
        },
        'act inbound-low; swap slow 550000',
      ],
      [
        'what is under way with a provider leaves less than it takes',
        { channels: [channel(750_000)], swaps: [offer('full', { maximumMsat: sat(40_000) })] },
        'blocked above-provider-maximum',
      ],
      [
        'little can be received now, and enough is leaving',
        {
          channels: [channel(300_000, { receivableMsat: sat(100_000) })],
          leavingMsat: sat(600_000),
        },
        'enough under-way',
      ],
      [
        'a new channel, nearly drained by what is leaving',
        { channels: [channel(990_000, { isNew: true })], leavingMsat: sat(785_000) },
        'enough under-way',
      ],
      ['paused', { channels: [channel(950_000)], pausedReason: 'lunch' }, 'blocked paused'],
      ['halted', { channels: [channel(950_000)], haltedReason: 'theft' }, 'blocked halted'],
      ['LND away', { channels: [channel(950_000)], readyFor: null }, 'wait node-away'],
      ['LND just back', { channels: [channel(950_000)], readyFor: 1 }, 'wait settling'],
      ['no channel', { channels: [channel(950_000, { isActive: false })] }, 'wait no-channels'],
    ]
  const wrong = rows.flatMap(([name, snapshot, expected, set]) => {
    const found = summary(cheapestLever({ ...calm, ...snapshot }, { ...settings, ...set }))
    return found === expected ? [] : [`${name}: ${found}, expected ${expected}`]
  })
  expect(wrong).toEqual([])
})

test('whatever the snapshot: floor, budget, ceilings and the cap of swaps hold, and the same gap is not filled twice', () => {
  const amount = fc.integer({ min: 0, max: 2_000_000 }).map(sat)
  const channels = fc.array(
    fc.record({
      sendableMsat: amount,
      receivableMsat: amount,
      ownership: fc.constantFrom('ours' as const, 'observe' as const, 'never' as const),
      isActive: fc.boolean(),
      isNew: fc.boolean(),
      closeCostMsat: fc.option(fc.integer({ min: 0, max: 5000 }).map(sat), { nil: null }),
    }),
    { maxLength: 6 },
  )
  const swaps = fc.array(
    fc.record({
      minimumMsat: fc.integer({ min: 1, max: 300_000 }).map(sat),
      maximumMsat: amount,
      fixedMsat: fc.integer({ min: 0, max: 9000 }).map(sat),
      ppm: fc.integer({ min: 0, max: 60_000 }),
    }),
    { maxLength: 4 },
  )
  const partners = fc.array(
    fc.record({
      amountMsat: amount,
      way: fc.constantFrom('offchain' as const, 'onchain' as const),
    }),
    { maxLength: 5 },
  )
  const given = fc.record({
    channels,
    swaps,
    partners,
    budget: fc.integer({ min: 0, max: 50_000 }).map(sat),
    floor: amount,
    swapping: fc.integer({ min: 0, max: 300_000 }).map(sat),
    feerate: fc.option(fc.integer({ min: 1, max: 80 }), { nil: null }),
    isFeerateLow: fc.boolean(),
  })
  fc.assert(
    fc.property(given, (world) => {
      const snapshot: LiquiditySnapshot = {
        ...calm,
        channels: world.channels.map((one, at) =>
          channel(0, {
            ...one,
            channelId: String(at),
            channelPoint: `point-${at}`,
            capacityMsat: one.sendableMsat + one.receivableMsat,
          }),
        ),
        swaps: world.swaps.map((one, at) =>
          offer(`provider-${at}`, {
            ...one,
            worstFixedMsat: one.fixedMsat * 2n,
            worstPpm: one.ppm,
          }),
        ),
        partners: world.partners.map((one, at) => ({ ...partner(`partner-${at}`, 0), ...one })),
        budgetLeftMsat: world.budget,
        swappableMsat: world.swapping,
        leavingMsat: world.swapping,
        feerate: world.feerate,
        isFeerateLow: world.isFeerateLow,
      }
      const set = { ...settings, outboundFloorMsat: world.floor }
      const plan = cheapestLever(snapshot, set)
      const { actions, need } = plan
      expect(plan.verdict === 'act').toBe(actions.length > 0)
      const total = (list: readonly bigint[]): bigint => list.reduce((sum, one) => sum + one, 0n)
      const leaves = total(
        actions.map(({ lever, amountMsat }) => (lever === 'buy' ? 0n : amountMsat)),
      )
      const ours = snapshot.channels.filter((one) => one.isActive && one.ownership === 'ours')
      expect(leaves).toBeLessThanOrEqual(total(ours.map((one) => one.sendableMsat)))
      if (actions.length > 0) expect(need.sendableMsat - leaves).toBeGreaterThanOrEqual(world.floor)
      expect(total(actions.map(({ worstMsat }) => worstMsat))).toBeLessThanOrEqual(world.budget)
      const swapped = total(actions.map((one) => (one.offer ? one.amountMsat : 0n)))
      if (swapped > 0n) {
        expect(swapped).toBeLessThanOrEqual(world.swapping)
        expect(world.feerate).toBeLessThanOrEqual(set.feerateCeiling)
      }
      for (const { pricePpm, lever, subject, offer: swap, amountMsat } of actions) {
        expect(pricePpm).toBeLessThanOrEqual(set.ceilingPpm)
        if (need.urgency === 'low') expect(pricePpm).toBeLessThanOrEqual(set.acceptablePpm)
        if (swap) {
          expect(amountMsat).toBeGreaterThanOrEqual(swap.minimumMsat)
          expect(amountMsat).toBeLessThanOrEqual(swap.maximumMsat)
        }
        if (lever === 'close') {
          const closed = snapshot.channels.find((one) => one.channelPoint === subject)
          expect(closed?.ownership).toBe('ours')
          expect(need.urgency).toBe('low')
          // It is alone, and takes no more than is missing.
          expect(actions).toHaveLength(1)
          expect(actions[0]!.gainMsat).toBeLessThanOrEqual(need.missingMsat)
          expect(actions[0]!.receivableMsat).toBe(0n)
        }
      }
      // Everything that it does is under way: the same look again does nothing for this gap.
      if (actions.every(({ lever }) => lever !== 'close' && lever !== 'buy')) {
        const again = cheapestLever(
          {
            ...snapshot,
            channels: withoutMoved(snapshot.channels, leaves),
            partners: [],
            leavingMsat: snapshot.leavingMsat + leaves,
            swappableMsat: snapshot.swappableMsat - swapped,
            budgetLeftMsat: world.budget - total(actions.map(({ worstMsat }) => worstMsat)),
          },
          set,
        )
        expect(total(again.actions.map(({ gainMsat }) => gainMsat)) + leaves).toBeLessThanOrEqual(
          largest(need.missingMsat, leaves) + smallestSwap(snapshot),
        )
      }
    }),
    { numRuns: 500 },
  )
})

/** Our active channels, after so much has left them. */
function withoutMoved(
  channels: readonly LiquidityChannel[],
  leaves: bigint,
): readonly LiquidityChannel[] {
  let left = leaves
  return channels.map((one) => {
    if (!one.isActive || one.ownership !== 'ours') return one
    let moved = one.sendableMsat
    if (left < moved) moved = left
    left -= moved
    return { ...one, sendableMsat: one.sendableMsat - moved }
  })
}

function largest(one: bigint, other: bigint): bigint {
  return one > other ? one : other
}

/** A rest below a provider's minimum is asked for as that minimum. */
function smallestSwap({ swaps }: LiquiditySnapshot): bigint {
  return swaps.reduce((most, { minimumMsat }) => largest(most, minimumMsat), 0n)
}

test('what it says is plain: amounts in thousands, and what keeps it from acting by the setting that does', () => {
  const wanted: readonly [Partial<LiquiditySnapshot>, string][] = [
    [{ channels: [channel(750_000)] }, '25.0 % of the node can receive; 550,000 sat must leave.'],
    [
      { channels: [channel(950_000)], swaps: [offer('risky', { worstPpm: 40_000 })] },
      '5.0 % of the node can receive; nothing can be done for 750,000 sat now: its price is within liquidity.ceilingPpm, and what it may cost at worst is not.',
    ],
    [
      { channels: [channel(950_000)], swaps: [], noOffers: [{ provider: 'one', reason: 'down' }] },
      'Nobody offers to take 750,000 sat. one: down',
    ],
  ]
  for (const [more, says] of wanted) {
    expect(cheapestLever({ ...calm, ...more }, settings).says).toBe(says)
  }
})

test('a payout that is larger than what a provider takes now is not paid through it, and a smaller one is asked for as its minimum', () => {
  const throughOf = (amount: number, swap: SwapOffer): readonly string[] => {
    const { actions, rejected } = cheapestLever(
      {
        ...calm,
        channels: [channel(750_000)],
        partners: [partner('shop', amount, { way: 'onchain', savedMsat: sat(30_000) })],
        swaps: [swap],
      },
      settings,
    )
    return [...actions.map((one) => ({ ...one, refusal: 'taken' })), ...rejected]
      .filter(({ lever }) => lever === 'pay-partner-through-swap')
      .map(({ amountMsat, refusal }) => `${amountMsat / 1000n} ${refusal}`)
  }
  const cheap = { worstFixedMsat: sat(100), fixedMsat: sat(100) }
  expect(throughOf(100_000, offer('one', { ...cheap, minimumMsat: sat(200_000) }))).toEqual([
    '200000 taken',
  ])
  expect(throughOf(400_000, offer('one', { maximumMsat: sat(300_000) }))).toEqual([
    '409275 above-provider-maximum',
  ])
})
