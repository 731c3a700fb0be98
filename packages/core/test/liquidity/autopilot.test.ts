import {
  type AnyEvent,
  type LiquidityOptions,
  type LiquidityPolicy,
  type LiquidityRun,
  type PaymentNodeOptions,
  sat,
} from '@payment-node/core'
import { expect, test } from 'vitest'
import { openShopAndServer } from '../payouts/payee-server.ts'
import { openShop, type Shop } from '../shop.ts'
import { silentProvider } from './silent-provider.ts'

const minute = 60_000
const always = { settlePeriod: '0s', every: '1m', minimum: '50000 sat' } as const
/** The shop stands at 50 %: with this it is low, and nothing presses. */
const isLow = { lowInbound: 600_000, hysteresis: 20_000, outboundShare: 300_000 } as const
/** And with this it presses. */
const isUrgent = { ...isLow, urgentInbound: 590_000 } as const

const swapKey = Uint8Array.from({ length: 32 }, (_, index) => 255 - index)

function openPilot(liquidity: LiquidityOptions, options: Partial<PaymentNodeOptions> = {}): Shop {
  const shop = openShop({ options: { liquidity: { ...always, ...liquidity }, ...options } })
  shop.network.setFeerate(2)
  return shop
}

async function told(shop: Shop, node = shop.node): Promise<readonly AnyEvent[]> {
  const events = await shop.run(node.events.after('0', { limit: 1000 }))
  return events.filter(({ type }) => type.startsWith('liquidity.'))
}

async function runsOf(shop: Shop, node = shop.node): Promise<readonly LiquidityRun[]> {
  return (await shop.run(node.liquidity.decisions())).items
}

/** The channel to the payee, which the shop has opened, becomes its own. */
async function adoptAll(shop: Shop): Promise<void> {
  await shop.clock.advance(2000)
  for (const { channelPoint } of await shop.run(shop.node.channels.list()))
    await shop.run(shop.node.channels.adopt(channelPoint, 'ours'))
}

test('with enough inbound it does nothing, says so, and counts equal runs in one row', async () => {
  const shop = openPilot({ mode: 'act', drainAtOnce: false })
  await shop.run(shop.node.start())
  await shop.clock.advance(35 * minute)
  const runs = await runsOf(shop)
  const enough = runs[0]!
  expect(enough).toMatchObject({
    verdict: 'enough',
    reason: 'enough',
    urgency: 'none',
    actions: [],
  })
  expect(enough.inboundShare).toBeGreaterThan(450_000)
  // Read also where nothing is asked for.
  expect(enough.budgetLeft).toEqual(sat(200_000))
  // The first look, and one in ten minutes.
  expect(enough.times).toBe(4)
  expect(await shop.run(shop.node.liquidity.explain(enough.id))).toEqual(enough)
  expect(await told(shop)).toEqual([])
  await expect(shop.run(shop.node.liquidity.explain('nothing'))).rejects.toMatchObject({
    code: 'liquidity.run-not-found',
  })
})

test('inbound is low: a partner is paid what it has, once, and the run says by which payout', async () => {
  const { shop, server } = await openShopAndServer({
    options: { liquidity: { ...always, ...isLow, mode: 'act', drainAtOnce: false } },
  })
  const { node, run } = shop
  const payout = { offchain: server.address, automatic: true }
  await run(node.partners.upsert({ id: 'm1', payout }))
  await adoptAll(shop)
  await shop.clock.advance(5 * minute)
  const { items } = await run(node.payouts.list({ partner: 'm1' }))
  expect(items).toMatchObject([{ purpose: 'automatic', state: 'succeeded' }])
  const acted = (await runsOf(shop)).filter(({ verdict }) => verdict === 'act')
  expect(acted).toMatchObject([
    {
      reason: 'inbound-low',
      actions: [{ lever: 'pay-partner', subject: 'm1', outcome: { did: 'payout' } }],
    },
  ])
  expect(acted[0]?.actions[0]?.outcome).toEqual({ did: 'payout', payout: items[0]!.id })
})

test('money in its hold time is never paid out', async () => {
  const { shop, server } = await openShopAndServer({
    options: { liquidity: { ...always, ...isUrgent, mode: 'act', drainAtOnce: false } },
  })
  const { node, run } = shop
  const held = {
    id: 'm2',
    availableAfter: '7d',
    payout: { offchain: server.address, automatic: true },
  }
  await run(node.partners.upsert(held as never))
  const invoice = await run(node.invoices.create({ partner: 'm2', amount: '500000 sat' }))
  await run(shop.payer.pay(invoice.paymentRequest))
  await run(node.invoices.waitUntilSettled(invoice.id))
  await adoptAll(shop)
  await shop.clock.advance(10 * minute)
  expect((await run(node.payouts.list({ partner: 'm2' }))).items).toEqual([])
})

test('inbound is low: a swap at the cheapest provider, and never a second one for the same gap', async () => {
  const [dear, cheap] = [silentProvider('dear', 6000n), silentProvider('cheap', 1000n)]
  const shop = openPilot(
    { ...isLow, mode: 'act', drainAtOnce: false },
    {
      swaps: [dear, cheap],
      swapping: { answerWithin: '5m' },
      keys: { invoices: new Uint8Array(32).map((_, at) => at + 1), swaps: swapKey },
    },
  )
  await shop.run(shop.node.start())
  await adoptAll(shop)
  await shop.clock.advance(4 * minute)
  const { items } = await shop.run(shop.node.swaps.list())
  expect(items.length).toBeGreaterThan(0)
  const [first] = (await runsOf(shop)).filter(({ verdict }) => verdict === 'act')
  expect(items.map(({ provider, source, decision }) => [provider, source, decision])).toEqual(
    items.map(() => ['cheap', 'autopilot', first!.id]),
  )
  const asked = items.reduce((sum, { amount }) => sum + amount.msat, 0n)
  expect(asked).toBeLessThanOrEqual(first!.missing.msat)
  expect(first?.rejected.map(({ provider, refusal }) => [provider, refusal])).toContainEqual([
    'dear',
    'not-needed',
  ])
})

test('under 10 % and blocked: the event names what blocks, once; again when it is another thing', async () => {
  const provider = silentProvider('one', 1000n)
  const keys = { invoices: new Uint8Array(32).map((_, at) => at + 1), swaps: swapKey }
  const shop = openPilot(
    { ...isUrgent, mode: 'act', drainAtOnce: false },
    { swaps: [provider], keys, swapping: { perDay: '100 sat' } },
  )
  await shop.run(shop.node.start())
  await adoptAll(shop)
  await shop.clock.advance(10 * minute)
  const blocked = (await told(shop)).filter(({ type }) => type === 'liquidity.blocked')
  expect(blocked.map(({ data }) => (data as { reason: string }).reason).slice(-1)).toEqual([
    'budget-exhausted',
  ])
  await shop.run(shop.node.liquidity.pause('lunch'))
  await shop.clock.advance(3 * minute)
  const after = (await told(shop)).map(({ type, data }) => [
    type,
    (data as { reason: string }).reason,
  ])
  expect(after.slice(-2)).toEqual([
    ['liquidity.paused', 'lunch'],
    ['liquidity.blocked', 'paused'],
  ])
  expect((await shop.run(shop.node.liquidity.status())).pausedReason).toBe('lunch')
  await shop.run(shop.node.liquidity.resume('back'))
  await expect(shop.run(shop.node.liquidity.resume('back'))).rejects.toMatchObject({
    code: 'liquidity.not-paused',
  })
  expect((await shop.run(shop.node.swaps.list())).items).toEqual([])
})

test('observe moves and tells nothing, recommend tells, both write down what they would do', async () => {
  for (const mode of ['observe', 'recommend'] as const) {
    const keys = { invoices: new Uint8Array(32).map((_, at) => at + 1), swaps: swapKey }
    const options = { swaps: [silentProvider('one', 1000n)], keys }
    const shop = openPilot({ ...isLow, mode, drainAtOnce: false }, options)
    await shop.run(shop.node.start())
    await adoptAll(shop)
    await shop.clock.advance(10 * minute)
    expect((await shop.run(shop.node.swaps.list())).items, mode).toEqual([])
    const [last] = await runsOf(shop)
    expect(last, mode).toMatchObject({ verdict: 'act', mode, actions: [{ outcome: null }] })
    // Before the channels were ours there was nothing to move: that is told in every mode.
    const types = (await told(shop)).map(({ type }) => type).slice(1)
    expect(types, mode).toEqual(mode === 'observe' ? [] : ['liquidity.recommended'])
    // What it says without being asked to act is the same.
    const recommended = await shop.run(shop.node.liquidity.recommend())
    expect(recommended.actions.map(({ lever }) => lever)).toEqual(['swap'])
  }
})

test('a new channel of ours is drained, down to the outbound share, and is then no longer new', async () => {
  const keys = { invoices: new Uint8Array(32).map((_, at) => at + 1), swaps: swapKey }
  const shop = openPilot(
    { mode: 'act' },
    {
      swaps: [silentProvider('one', 1000n)],
      keys,
      swapping: { inFlightShareOfOutbound: 400_000, answerWithin: '5m' },
    },
  )
  await shop.run(shop.node.start())
  await adoptAll(shop)
  await shop.clock.advance(3 * minute)
  const [first] = (await runsOf(shop)).filter(({ verdict }) => verdict === 'act')
  expect(first).toMatchObject({ reason: 'new-channel', urgency: 'drain' })
  // Chunk after chunk: only so much of the outbound is in swaps at once.
  const swapped = (await shop.run(shop.node.swaps.list())).items.reduce(
    (sum, { amount }) => sum + amount.msat,
    0n,
  )
  const outbound = (await shop.run(shop.lnd.lightning.listChannels())).reduce(
    (sum, { localMsat }) => sum + localMsat,
    0n,
  )
  expect(swapped).toBeLessThanOrEqual((outbound * 400_000n) / 1_000_000n)
  expect(swapped).toBeGreaterThan(sat(1_000_000).msat)
})

test('a policy of the host decides, and what it breaks of the caps is refused by them', async () => {
  const keys = { invoices: new Uint8Array(32).map((_, at) => at + 1), swaps: swapKey }
  const provider = silentProvider('one', 1000n)
  const greedy: LiquidityPolicy = (snapshot, settings) => {
    const amountMsat = sat(20_000_000).msat
    const offer = snapshot.swaps[0] ?? null
    return {
      verdict: 'act',
      reason: 'inbound-low',
      says: 'everything, at once',
      need: {
        inboundShare: 0,
        expectedShare: 0,
        sendableMsat: amountMsat,
        receivableMsat: 0n,
        urgency: 'low',
        missingMsat: amountMsat,
        movableMsat: amountMsat,
        outOf: [],
      },
      actions: [
        {
          lever: 'swap',
          subject: '',
          payout: null,
          offer: offer ?? {
            provider: 'one',
            minimumMsat: 0n,
            maximumMsat: amountMsat,
            fixedMsat: 0n,
            ppm: 0,
            worstFixedMsat: 0n,
            worstPpm: 0,
            leadTime: 0,
            paysPayout: null,
          },
          amountMsat,
          gainMsat: amountMsat,
          receivableMsat: amountMsat,
          costMsat: 0n,
          worstMsat: 0n,
          pricePpm: settings.acceptablePpm,
          leadTime: 0,
          notBefore: null,
        },
      ],
      rejected: [],
      outOf: [],
    }
  }
  const shop = openPilot({ mode: 'act', policy: greedy }, { swaps: [provider], keys })
  await shop.run(shop.node.start())
  await shop.clock.advance(3 * minute)
  expect((await shop.run(shop.node.swaps.list())).items).toEqual([])
  const [run] = await runsOf(shop)
  expect(run?.actions[0]?.outcome).toMatchObject({ did: 'nothing', reason: 'swap.above-cap' })
})
