import {
  type Change,
  type LiquidityRun,
  type PaymentNodeOptions,
  peerList,
  type SelfCustodialSwapProvider,
} from '@payment-node/core'
import type { CommitHooks } from '@payment-node/storage-memory'
import { expect, test } from 'vitest'
import { openShop, type Shop, type ShopProcess } from '../shop.ts'
import { silentProvider } from './silent-provider.ts'

const minute = 60_000
const keys = {
  invoices: new Uint8Array(32).map((_, at) => at + 1),
  swaps: new Uint8Array(32).map((_, at) => 255 - at),
}

/** Inbound is low, nothing presses, and nobody offers a swap. */
const low = {
  mode: 'act',
  settlePeriod: '0s',
  drainAtOnce: false,
  lowInbound: 600_000,
  hysteresis: 20_000,
  outboundShare: 300_000,
} as const

function options(more: Partial<PaymentNodeOptions> = {}): Partial<PaymentNodeOptions> {
  return { liquidity: low, keys, ...more }
}

/** A shop with a channel to an idle peer, which had 2,900,000 sat of 3,000,000 and has paid them all back. */
interface IdleShop extends Shop {
  readonly point: string
  readonly idle: string
  start(options?: Partial<PaymentNodeOptions>, hooks?: CommitHooks): Promise<ShopProcess>
}

async function openIdle(isExclusive = true): Promise<IdleShop> {
  const shop = openShop({ options: { liquidity: { ...low, mode: 'observe' }, keys }, isExclusive })
  const { network, clock, run, node, lnd } = shop
  network.setFeerate(2)
  lnd.fund(1_000_000n)
  const idle = network.addNode('idle')
  const point = network.establishChannel({
    from: lnd,
    to: idle,
    capacitySat: 3_000_000n,
    pushSat: 2_900_000n,
  })
  await run(node.start())
  await clock.advance(2 * minute)
  await run(node.channels.adopt(point, 'ours'))
  await clock.advance(2 * minute)
  await run(node.partners.upsert({ id: 'm1' }))
  const invoice = await run(node.invoices.create({ partner: 'm1', amount: '2850000 sat' }))
  await run(idle.pay(invoice.paymentRequest))
  await run(node.invoices.waitUntilSettled(invoice.id))
  await run(node.stop())
  return {
    ...shop,
    point,
    idle: idle.publicKey,
    async start(more = options(), hooks = {}) {
      const process = shop.open(more, hooks)
      await run(process.node.start())
      return process
    },
  }
}

async function runsOf(shop: Shop, { node }: ShopProcess): Promise<readonly LiquidityRun[]> {
  return (await shop.run(node.liquidity.decisions())).items
}

async function closesOf(shop: Shop): Promise<Record<string, unknown>[]> {
  return (await shop.rowsOf(['close_intents'])).close_intents!
}

async function spentSat(shop: Shop): Promise<number> {
  const rows = (await shop.rowsOf(['liquidity_budgets'])).liquidity_budgets!
  return rows.reduce((sum, row) => sum + Number(row.spent_msat as bigint) / 1000, 0)
}

/** What closes cost, as it was booked. */
async function closeCostsSat(shop: Shop, { node }: ShopProcess): Promise<number[]> {
  const { items } = await shop.run(node.ledger.journal({ limit: 100 }))
  return items
    .filter(({ kind }) => kind === 'channel-closed')
    .flatMap(({ lines }) => lines)
    .filter(({ account }) => account === 'world/onchain-fees')
    .map(({ credit, debit }) => Number(credit.msat + debit.msat) / 1000)
}

/** Mines until the close is final and booked. */
async function finish(shop: Shop): Promise<void> {
  for (let blocks = 0; blocks < 10; blocks++) {
    shop.network.mine(1)
    await shop.clock.advance(40_000)
  }
}

test('nobody offers anything: an idle channel is closed, once, and the run says what it does not bring', async () => {
  const shop = await openIdle()
  const process = await shop.start()
  await shop.clock.advance(2 * minute)
  const [acted] = (await runsOf(shop, process)).filter(({ verdict }) => verdict === 'act')
  expect(acted).toMatchObject({ reason: 'inbound-low', urgency: 'low' })
  expect(acted?.says).toContain('no more can be received')
  const [action, ...others] = acted!.actions
  expect(others).toEqual([])
  expect(action).toMatchObject({
    lever: 'close',
    subject: shop.point,
    outcome: { did: 'close', channelPoint: shop.point },
  })
  expect(String(action?.receivable)).toBe('0 sat')
  // 200 vbytes at 2 sat/vB, three times that at worst.
  expect([String(action?.cost), String(action?.worst)]).toEqual(['400 sat', '1200 sat'])
  expect(await closesOf(shop)).toMatchObject([
    { channel_point: shop.point, decision: acted!.id, is_force: false, is_replaced: true },
  ])
  expect(await spentSat(shop)).toBe(1200)
  await finish(shop)
  await shop.clock.advance(20 * minute)
  const { items } = await shop.run(process.node.channels.closings())
  expect(items).toMatchObject([{ state: 'closed', decision: acted!.id, isReplaced: true }])
  // What it really cost stays with the budget, the rest is given back, once.
  const [fee, ...more] = await closeCostsSat(shop, process)
  expect(fee).toBeGreaterThan(0)
  expect(more).toEqual([])
  expect(await spentSat(shop)).toBe(fee)
  // The share has risen, what can be received has not, and nobody is to blame.
  const [now] = await runsOf(shop, process)
  expect(now!.inboundShare).toBeGreaterThan(acted!.inboundShare)
  expect(now!.receivable.msat).toBeLessThanOrEqual(acted!.receivable.msat)
  expect((await shop.rowsOf(['peer_marks'])).peer_marks).toEqual([])
})

test('what keeps a channel open, whatever it costs', async () => {
  const provider: SelfCustodialSwapProvider = silentProvider('one', 1000n)
  const rows: readonly {
    readonly name: string
    readonly options: (shop: IdleShop) => Partial<PaymentNodeOptions>
    readonly prepare?: (shop: IdleShop, process: ShopProcess) => Promise<void>
    readonly refusal?: string
  }[] = [
    {
      name: 'a swap brings inbound, though it is dearer',
      options: () => ({ swaps: [provider] }),
      refusal: 'brings-no-inbound',
    },
    {
      name: 'being able to receive is urgent: a better share helps nobody',
      options: () => ({ liquidity: { ...low, urgentInbound: 590_000 } }),
      refusal: 'brings-no-inbound',
    },
    {
      name: 'the operator has promised to keep it',
      options: () => ({}),
      prepare: (shop, process) =>
        adopt(shop, process, 'ours', { noCloseBefore: shop.clock.now() + 24 * 60 * minute }),
      refusal: 'obligation',
    },
    {
      name: 'it is only observed',
      options: () => ({}),
      prepare: (shop, process) => adopt(shop, process, 'observe'),
    },
    {
      name: 'it is not to be touched',
      options: () => ({}),
      prepare: (shop, process) => adopt(shop, process, 'never'),
    },
    {
      name: 'it was adopted, and there is a floor',
      options: () => ({ liquidity: { ...low, outboundFloor: '1 sat' } }),
    },
    {
      name: 'the keeper counts on it',
      options: ({ idle }) => ({
        channelSources: [peerList([{ publicKey: idle, address: '127.0.0.1:9735', rank: 1 }])],
        channels: { minimumActive: 1 },
      }),
    },
    {
      name: 'dearer per byte than channels may cost',
      options: () => ({ channels: { maximumFeerate: 1 } }),
    },
    {
      name: 'it is only recommended',
      options: () => ({ liquidity: { ...low, mode: 'recommend' } }),
    },
    {
      name: 'the budget has less left than it costs at worst',
      options: () => ({ swapping: { perDay: '1199 sat' } }),
      refusal: 'budget-exhausted',
    },
  ]
  const closed: string[] = []
  const refusals: [string, string | undefined][] = []
  for (const row of rows) {
    const shop = await openIdle()
    const settled = { ...options(), swapping: { answerWithin: '5m' } as const }
    const quiet = await shop.start({ ...settled, liquidity: { ...low, mode: 'observe' } })
    await row.prepare?.(shop, quiet)
    await shop.run(quiet.node.stop())
    const process = await shop.start({ ...settled, ...row.options(shop) })
    await shop.clock.advance(5 * minute)
    if ((await closesOf(shop)).length > 0) closed.push(row.name)
    const rejected = (await runsOf(shop, process)).flatMap((run) => run.rejected)
    refusals.push([row.name, rejected.find(({ lever }) => lever === 'close')?.refusal])
    await shop.run(process.node.stop())
  }
  expect(closed).toEqual([])
  expect(refusals).toEqual(rows.map(({ name, refusal }) => [name, refusal]))
}, 60_000)

async function adopt(
  shop: IdleShop,
  { node }: ShopProcess,
  ownership: 'ours' | 'observe' | 'never',
  promised?: { readonly noCloseBefore: number },
): Promise<void> {
  await shop.run(node.channels.adopt(shop.point, ownership, promised))
}

/** It was closed by one run, and what it was charged is what it cost. */
async function expectOneClose(shop: IdleShop, process: ShopProcess, label: string): Promise<void> {
  await shop.clock.advance(2 * minute)
  await finish(shop)
  await shop.clock.advance(15 * minute)
  expect(await closesOf(shop), label).toMatchObject([
    { channel_point: shop.point, state: 'closed', worst_cost_msat: null },
  ])
  const acted = (await runsOf(shop, process)).filter(({ mode, verdict }) => {
    return mode === 'act' && verdict === 'act'
  })
  const began = acted.filter(({ actions }) => actions[0]?.outcome?.did === 'close')
  expect(began.length, label).toBeLessThanOrEqual(1)
  const costs = await closeCostsSat(shop, process)
  expect(costs, label).toHaveLength(1)
  expect(await spentSat(shop), label).toBe(costs[0])
}

/** What its commits write that matter here. */
const matters = new Set(['liquidity_runs', 'autopilots', 'close_intents', 'channels', 'jobs'])

function writesThem({ writes }: Change): boolean {
  return writes.some(({ table }) => matters.has(table.name))
}

test('killed before and after each of its commits, it closes the channel once and is charged once', async () => {
  const undisturbed = await openIdle()
  let commits = 0
  const whole = await undisturbed.start(options(), {
    beforeCommit: (change) => {
      if (writesThem(change)) commits++
    },
  })
  await undisturbed.clock.advance(2 * minute)
  await finish(undisturbed)
  const relevant = commits
  await expectOneClose(undisturbed, whole, 'undisturbed')
  expect(relevant).toBeGreaterThan(8)
  for (const when of ['beforeCommit', 'afterCommit'] as const) {
    for (let at = 0; at < relevant; at++) {
      const shop = await openIdle()
      let count = 0
      const first = shop.open(options(), {
        [when]: (change: Change) => {
          if (writesThem(change) && count++ === at) first.kill()
        },
      })
      void first.node.start().catch(() => undefined)
      for (let step = 0; step < 120 && count <= at; step++) {
        await shop.clock.advance(10_000)
        if (step % 4 === 3) shop.network.mine(1)
      }
      expect(count, `${when} ${at}`).toBeGreaterThan(at)
      const second = await shop.start()
      await expectOneClose(shop, second, `${when} ${at}`)
    }
  }
}, 300_000)
