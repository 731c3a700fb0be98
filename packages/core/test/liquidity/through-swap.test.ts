import type { Change, LiquidityRun, PaymentNodeOptions } from '@payment-node/core'
import { expect, test } from 'vitest'
import { openWithPayout, type PayoutStand } from '../swaps/payout-stand.ts'
import { openSwaps, type SwapStand } from '../swaps/swap-stand.ts'

const minute = 60_000

/** About 45 % can be received, and this asks for 48 %, at once: about 600,000 sat are missing. */
const urgent = {
  mode: 'act',
  settlePeriod: '0s',
  drainAtOnce: false,
  lowInbound: 470_000,
  urgentInbound: 470_000,
  hysteresis: 5000,
  outboundShare: 520_000,
  ceilingPpm: 40_000,
} as const

/** The chain asks 10 sat/vB, and payouts wait for 9. */
const dearChain = { fees: { ceiling: 9, hardCeiling: 50 } } as const

const acting: Partial<PaymentNodeOptions> = { liquidity: urgent, ...dearChain }
const watching: Partial<PaymentNodeOptions> = {
  liquidity: { ...urgent, mode: 'observe' },
  ...dearChain,
}

async function adoptAll({ run, node }: SwapStand): Promise<void> {
  for (const { channelPoint } of await run(node.channels.list()))
    await run(node.channels.adopt(channelPoint, 'ours'))
}

/** The payout waits, the channels are ours, and no process is on the books. */
async function openPrepared(): Promise<PayoutStand> {
  const stand = await openWithPayout({ options: watching })
  stand.network.setFeerate(10)
  await adoptAll(stand)
  await stand.settle()
  await stand.run(stand.node.stop())
  return stand
}

async function actedIn(stand: SwapStand): Promise<readonly LiquidityRun[]> {
  const { items } = await stand.run(stand.node.liquidity.decisions({ limit: 100 }))
  return items.filter(({ mode, verdict }) => mode === 'act' && verdict === 'act')
}

/** Mines until nothing is under way. */
async function finish(stand: SwapStand): Promise<void> {
  for (let blocks = 0; blocks < 40; blocks++) {
    const { items } = await stand.run(stand.node.swaps.list({ limit: 100 }))
    if (items.length > 0 && items.every(({ endedAt }) => endedAt !== null)) return
    await stand.mine()
  }
}

test('a payout that waits for a low feerate is paid by the claim of a swap, once, and the run says so', async () => {
  const stand = await openPrepared()
  stand.openNext(acting)
  await stand.run(stand.node.start())
  await stand.clock.advance(2 * minute)
  const [first] = (await actedIn(stand)).toReversed()
  const through = first!.actions.filter(({ lever }) => lever === 'pay-partner-through-swap')
  expect(through).toMatchObject([
    {
      subject: 'm1',
      payout: stand.payout.id,
      outcome: { did: 'swap', payout: stand.payout.id, swaps: [expect.any(String)] },
    },
  ])
  expect(through[0]!.amount.msat).toBeGreaterThan(stand.payout.amount.msat)
  const { outcome } = through[0]! as unknown as { readonly outcome: { swaps: string[] } }
  expect(await stand.swap(outcome.swaps[0]!)).toMatchObject({
    source: 'autopilot',
    decision: first!.id,
    payout: stand.payout.id,
    destinationKind: 'payout',
  })
  await finish(stand)
  await stand.clock.advance(15 * minute)
  expect(await stand.paying()).toMatchObject({ state: 'succeeded', swap: outcome.swaps[0] })
  expect(stand.network.outputsTo(stand.address).map(({ amountSat }) => amountSat)).toEqual([
    400_000n,
  ])
  const { items } = await stand.run(stand.node.swaps.list({ limit: 100 }))
  expect(items.filter(({ payout }) => payout !== null)).toHaveLength(1)
}, 60_000)

test('which payouts keep to the queue', async () => {
  const rows: readonly (readonly [string, object, Partial<PaymentNodeOptions>?])[] = [
    ['quick', { quick: true }],
    ['due before a provider must give the payment back', { deadline: '3d' }],
    [
      'inbound is not missing',
      {},
      { ...acting, liquidity: { ...urgent, lowInbound: 100_000, urgentInbound: 50_000 } },
    ],
    [
      'the price waits for low fees',
      {},
      { ...acting, liquidity: { ...urgent, urgentInbound: 100_000 } },
    ],
    ['it only recommends', {}, { ...acting, liquidity: { ...urgent, mode: 'recommend' } }],
  ]
  const bound: string[] = []
  for (const [name, terms, options = acting] of rows) {
    const stand = openSwaps({ options: watching })
    stand.network.setFeerate(10)
    await stand.run(stand.node.start())
    await stand.sell(1_000_000, stand.node)
    await adoptAll(stand)
    const destination = await stand.run(stand.payer.lightning.onchain!.newAddress('taproot'))
    await stand.run(
      stand.node.payouts.request(
        { partner: 'm1', destination, amount: '400000 sat', ...terms },
        { idempotencyKey: 'payout' },
      ),
    )
    await stand.run(stand.node.stop())
    stand.openNext(options)
    await stand.run(stand.node.start())
    await stand.clock.advance(3 * minute)
    const { items } = await stand.run(stand.node.swaps.list({ limit: 100 }))
    if (items.some(({ payout }) => payout !== null)) bound.push(name)
  }
  expect(bound).toEqual([])
}, 60_000)

test('an automatic payout on chain is asked for and bound; its partner is paid once', async () => {
  const stand = openSwaps({ options: watching })
  stand.network.setFeerate(10)
  await stand.run(stand.node.start())
  await stand.sell(450_000, stand.node)
  await adoptAll(stand)
  const onchain = await stand.run(stand.payer.lightning.onchain!.newAddress('taproot'))
  await stand.run(stand.node.partners.upsert({ id: 'm1', payout: { onchain, automatic: true } }))
  await stand.run(stand.node.stop())
  // What was sold is less: the rest of the inbound is missing by the setting.
  const more = { lowInbound: 490_000, urgentInbound: 490_000, outboundShare: 490_000 }
  stand.openNext({ ...acting, liquidity: { ...urgent, ...more } })
  await stand.run(stand.node.start())
  await stand.clock.advance(2 * minute)
  const [first] = (await actedIn(stand)).toReversed()
  const through = first!.actions.find(({ lever }) => lever === 'pay-partner-through-swap')
  expect(through).toMatchObject({ subject: 'm1', payout: null, outcome: { did: 'swap' } })
  const payouts = await stand.run(stand.node.payouts.list({ partner: 'm1' }))
  expect(payouts.items).toMatchObject([
    { purpose: 'automatic', state: 'queued', reason: 'in-swap' },
  ])
  await finish(stand)
  await stand.clock.advance(15 * minute)
  const after = await stand.run(stand.node.payouts.list({ partner: 'm1' }))
  expect(after.items).toMatchObject([{ purpose: 'automatic', state: 'succeeded' }])
  expect(stand.network.outputsTo(onchain)).toHaveLength(1)
}, 60_000)

/** What its commits write that matters here. */
const matters = new Set(['liquidity_runs', 'autopilots', 'swaps', 'payouts', 'liquidity_budgets'])

function writesThem({ writes }: Change): boolean {
  return writes.some(({ table }) => matters.has(table.name))
}

test('killed before and after each commit until the payout is bound, it is paid by one swap', async () => {
  const undisturbed = await openPrepared()
  let commits = 0
  undisturbed.openNext(acting, {
    beforeCommit: (change) => {
      if (writesThem(change)) commits++
    },
  })
  await undisturbed.run(undisturbed.node.start())
  await undisturbed.clock.advance(15_000)
  expect(commits).toBeGreaterThan(3)
  for (const when of ['beforeCommit', 'afterCommit'] as const) {
    for (let at = 0; at < Math.min(commits, 12); at++) {
      const stand = await openPrepared()
      let count = 0
      const first = stand.openNext(acting, {
        [when]: (change: Change) => {
          if (writesThem(change) && count++ === at) first.kill()
        },
      })
      void first.node.start().catch(() => undefined)
      await stand.clock.runUntil(() => count > at)
      await stand.clock.advance(1)
      stand.openNext(acting, {})
      await stand.run(stand.node.start())
      await stand.clock.advance(2 * minute)
      // What was cut off is asked for anew when its provider is out of quarantine.
      for (let blocks = 0; blocks < 90 && (await stand.paying()).state === 'queued'; blocks++)
        await stand.mine()
      await finish(stand)
      await stand.clock.advance(2 * minute)
      const label = `${when} ${at}`
      expect((await stand.paying()).state, label).toBe('succeeded')
      const outputs = stand.network.outputsTo(stand.address)
      expect(
        outputs.map(({ amountSat }) => amountSat),
        label,
      ).toEqual([400_000n])
      const { items } = await stand.run(stand.node.swaps.list({ limit: 100 }))
      const payers = items.filter(({ payout, state }) => payout !== null && state === 'claimed')
      expect(payers, label).toHaveLength(1)
    }
  }
}, 300_000)
