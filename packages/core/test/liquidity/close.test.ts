import {
  type Change,
  cheapestLever,
  type LiquidityPolicy,
  type LiquidityRun,
  PaymentNodeError,
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
  /** An invoice of the idle peer: what pays it moves to its side. */
  billOfIdle(amountMsat: bigint): string
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
    billOfIdle: (amountMsat) => idle.createInvoice({ amountMsat }).paymentRequest,
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

/** A policy of a host that closes one channel at once, whatever it is. */
function closing(point: string, worstMsat = 1_200_000n): LiquidityPolicy {
  return (snapshot, settings) => {
    const plan = cheapestLever(snapshot, settings)
    const amountMsat = 1_000_000_000n
    return {
      ...plan,
      verdict: 'act',
      reason: 'inbound-low',
      rejected: [],
      actions: [
        {
          lever: 'close',
          subject: point,
          payout: null,
          offer: null,
          amountMsat,
          gainMsat: amountMsat,
          receivableMsat: 0n,
          costMsat: 0n,
          worstMsat,
          pricePpm: 0,
          leadTime: 0,
          notBefore: null,
        },
      ],
    }
  }
}

test('what a policy of the host wants closed is looked at again, below it', async () => {
  const rows: readonly {
    readonly name: string
    readonly reason: string
    readonly prepare?: (shop: IdleShop, process: ShopProcess) => Promise<unknown>
    readonly policy?: (shop: IdleShop, points: readonly string[]) => LiquidityPolicy
    readonly options?: Partial<PaymentNodeOptions>
  }[] = [
    {
      name: 'not ours',
      reason: 'channel-needed',
      prepare: (shop, process) => adopt(shop, process, 'observe'),
    },
    {
      name: 'half of it is inbound',
      reason: 'channel-needed',
      policy: ({ point }, points) => closing(points.find((one) => one !== point)!),
    },
    {
      name: 'promised',
      reason: 'obligation',
      prepare: (shop, process) =>
        adopt(shop, process, 'ours', { noCloseBefore: shop.clock.now() + 24 * 60 * minute }),
    },
    {
      name: 'dearer than it was decided for',
      reason: 'price-rose',
      policy: ({ point }) => closing(point, 1_199_999n),
    },
    {
      name: 'no budget is left',
      reason: 'budget-exhausted',
      options: { swapping: { perDay: '1199 sat' } },
    },
    {
      name: 'the chain asks more than the hard ceiling',
      reason: 'feerate-above-ceiling',
      prepare: async ({ network }) => network.setFeerate(90),
      options: { fees: { ceiling: 5, hardCeiling: 50 }, channels: { maximumFeerate: 100 } },
    },
    {
      name: 'halted',
      reason: 'safety.halted',
      prepare: ({ run }, { node }) => run(node.safety.halt('a test')),
    },
  ]
  const found: unknown[] = []
  for (const { name, prepare, policy, options: more } of rows) {
    const shop = await openIdle()
    const quiet = await shop.start({ ...options(), liquidity: { ...low, mode: 'observe' } })
    await prepare?.(shop, quiet)
    const points = (await shop.run(quiet.node.channels.list())).map((one) => one.channelPoint)
    await shop.run(quiet.node.stop())
    const chosen = policy?.(shop, points) ?? closing(shop.point)
    const given = options({ ...more, liquidity: { ...low, policy: chosen } })
    const process = await shop.start(given)
    await shop.clock.advance(2 * minute)
    const acted = (await runsOf(shop, process)).find(({ mode }) => mode === 'act')
    const outcome = acted?.actions[0]?.outcome
    found.push([name, outcome?.did === 'nothing' ? outcome.reason : outcome?.did])
    expect(await closesOf(shop), name).toEqual([])
    expect(await spentSat(shop), name).toBe(0)
    await shop.run(process.node.stop())
  }
  expect(found).toEqual(rows.map(({ name, reason }) => [name, reason]))
}, 60_000)

test('a pause that comes in between refuses the close', async () => {
  const shop = await openIdle()
  let paused: Promise<unknown> | undefined
  const process = shop.open(options(), {
    async beforeCommit({ writes }) {
      if (paused || !writes.some(({ table }) => table.name === 'close_intents')) return
      paused = process.node.liquidity.pause('lunch')
      await paused
    },
  })
  await shop.run(process.node.start())
  await shop.clock.advance(3 * minute)
  expect(paused).toBeDefined()
  expect(await closesOf(shop)).toEqual([])
  expect(await spentSat(shop)).toBe(0)
})

test('one close at a time, also when a policy of the host wants two', async () => {
  const shop = await openIdle()
  const other = shop.network.establishChannel({
    from: shop.lnd,
    to: shop.network.addNode('idle too'),
    capacitySat: 3_000_000n,
  })
  const quiet = await shop.start({ ...options(), liquidity: { ...low, mode: 'observe' } })
  await shop.clock.advance(5000)
  await shop.run(quiet.node.channels.adopt(other, 'ours'))
  await shop.run(quiet.node.stop())
  const policy: LiquidityPolicy = (snapshot, settings) => {
    const [first, second] = [shop.point, other].map((point) => closing(point)(snapshot, settings))
    return { ...first!, actions: [...first!.actions, ...second!.actions] }
  }
  const process = await shop.start(options({ liquidity: { ...low, policy } }))
  await shop.clock.advance(30_000)
  const run = (await runsOf(shop, process)).find(({ mode }) => mode === 'act')
  expect(run!.actions.map(({ outcome }) => outcome)).toMatchObject([
    { did: 'close', channelPoint: shop.point },
    { did: 'nothing', reason: 'channel-needed' },
  ])
  expect(await closesOf(shop)).toHaveLength(1)
})

test('while LND does not close it the channel counts as gone, and nothing else is done for its gap', async () => {
  const shop = await openIdle()
  shop.lnd.faults.add(({ call, moment }) =>
    call === 'closeChannel' && moment === 'before-effect'
      ? { error: new Error('not today') }
      : undefined,
  )
  const process = await shop.start()
  await shop.clock.advance(15 * minute)
  const runs = await runsOf(shop, process)
  const acted = runs.filter(({ mode, verdict }) => mode === 'act' && verdict === 'act')
  expect(acted).toHaveLength(1)
  const gain = (acted[0]!.actions[0]!.amount.msat * 7n) / 10n
  const [now] = runs
  // But for the little that could be received over it.
  expect(acted[0]!.missing.msat - now!.missing.msat - gain).toBeLessThan(20_000_000n)
  expect(acted[0]!.missing.msat - now!.missing.msat).toBeGreaterThan(gain - 20_000_000n)
  expect(now!.outOf).toEqual([])
  expect(await closesOf(shop)).toMatchObject([{ state: 'intended' }])
})

const peerIsOffline = new PaymentNodeError('node.refused', 'the peer is not connected', {
  call: 'closeChannel',
  reason: 'peer-offline',
})

/** LND refuses closes while the peer is away, which is asked at each call. */
function refuseCloses({ lnd }: IdleShop, isAway: () => boolean): void {
  lnd.faults.add(({ call, moment }) =>
    call === 'closeChannel' && moment === 'before-effect' && isAway()
      ? { error: peerIsOffline }
      : undefined,
  )
}

/** For so many calls. */
function awayFor(calls: number): () => boolean {
  let left = calls
  return () => left-- > 0
}

test('a close that LND refuses for now is looked at anew: a halt, a pause and dear fees hold it up, a promise and money that moved in end it', async () => {
  const rows: readonly {
    readonly name: string
    readonly change: (shop: IdleShop, process: ShopProcess) => unknown
    readonly found: readonly [state: string, reason: string | null]
  }[] = [
    {
      name: 'halted',
      change: ({ run }, { node }) => run(node.safety.halt('a test')),
      found: ['intended', 'halted'],
    },
    {
      name: 'paused',
      change: ({ run }, { node }) => run(node.liquidity.pause('lunch')),
      found: ['intended', 'paused'],
    },
    {
      name: 'dearer',
      change: ({ network }) => network.setFeerate(4),
      found: ['intended', 'feerate-rose'],
    },
    {
      name: 'promised',
      change: (shop, process) =>
        adopt(shop, process, 'ours', { noCloseBefore: shop.clock.now() + 24 * 60 * minute }),
      found: ['refused', 'channel-needed'],
    },
    {
      name: 'not ours any more',
      change: (shop, process) => adopt(shop, process, 'observe'),
      found: ['refused', 'channel-needed'],
    },
    {
      name: 'money has moved in',
      change: (shop, { node }) =>
        shop.request({ destination: shop.billOfIdle(500_000_000n) }, 'back', node),
      found: ['refused', 'channel-needed'],
    },
    {
      name: 'paused, and the operator asks for it',
      async change({ run, point }, { node }) {
        await run(node.liquidity.pause('lunch'))
        await run(node.channels.close(point, { reason: 'gone', feerate: 5, replace: true }))
      },
      found: ['closing', null],
    },
    // It is closed as soon as LND can.
    { name: 'nothing', change: () => undefined, found: ['closing', null] },
  ]
  for (const { name, change, found } of rows) {
    const shop = await openIdle()
    let isAway = true
    refuseCloses(shop, () => isAway)
    const process = await shop.start()
    await shop.clock.advance(2 * minute)
    expect(await closesOf(shop), name).toMatchObject([
      { state: 'intended', reason: 'peer-offline' },
    ])
    await change(shop, process)
    await shop.clock.advance(2 * minute)
    isAway = false
    await shop.clock.advance(2 * minute)
    const [close] = await closesOf(shop)
    expect([close!.state, close!.reason], name).toEqual(found)
    expect(await spentSat(shop), name).toBe(found[0] === 'refused' ? 0 : 1200)
    await shop.run(process.node.stop())
  }
}, 60_000)

/** LND has refused a close, and is asked for it once more: with what, and who asks. */
async function untilSecondCall(
  shop: IdleShop,
  hooks: CommitHooks = {},
  onCall: (first: ShopProcess) => { outcome: 'unknown' } | undefined = () => undefined,
): Promise<unknown> {
  const asked: unknown[] = []
  shop.lnd.faults.add(({ call, moment, parameters }) => {
    if (call !== 'closeChannel' || moment !== 'before-effect') return undefined
    asked.push(parameters[0])
    if (asked.length === 1) return { error: peerIsOffline }
    return asked.length === 2 ? onCall(first) : undefined
  })
  const first = shop.open(options(), hooks)
  await shop.run(first.node.start())
  for (let step = 0; step < 60 && asked.length < 2; step++) await shop.clock.advance(5000)
  return asked[1]
}

test('a close that LND had refused and may have now is not looked at anew, nor ended', async () => {
  const rows: readonly [name: string, change: (shop: IdleShop) => unknown][] = [
    [
      'promised',
      async (shop) => {
        const api = shop.open(options({ role: 'api' }))
        await shop.run(api.node.start())
        await adopt(shop, api, 'ours', { noCloseBefore: shop.clock.now() + 24 * 60 * minute })
        await shop.run(api.node.stop())
      },
    ],
    ['dearer', ({ network }) => network.setFeerate(4)],
  ]
  for (const [name, change] of rows) {
    const shop = await openIdle()
    // LND lists it as open while both ends still agree on the fee.
    const die = ({ kill }: ShopProcess): { outcome: 'unknown' } => {
      kill()
      return { outcome: 'unknown' }
    }
    expect(await untilSecondCall(shop, {}, die), name).toBeDefined()
    await change(shop)
    const second = await shop.start()
    await shop.clock.advance(minute)
    expect(await closesOf(shop), name).toMatchObject([{ state: 'closing', reason: null }])
    expect(await spentSat(shop), name).toBe(1200)
    await shop.run(second.node.stop())
  }
})

test('what the operator asks for between the look and the call of a close is what LND is asked for', async () => {
  const shop = await openIdle(false)
  const host = shop.open(options({ role: 'api' }))
  await shop.run(host.node.start())
  let asked: Promise<unknown> | undefined
  const beforeCommit = async ({ writes }: Change): Promise<void> => {
    const isCall = writes.some((one) => {
      return one.table.name === 'close_intents' && one.op === 'update' && one.set.reason === null
    })
    if (asked || !isCall) return
    asked = host.node.channels.close(shop.point, { reason: 'gone', feerate: 7 })
    await asked
  }
  expect(await untilSecondCall(shop, { beforeCommit })).toMatchObject({ satPerVbyte: 7 })
  await shop.clock.advance(minute)
  expect(await closesOf(shop)).toMatchObject([
    { state: 'closing', decision: null, sat_per_vbyte: 7, is_replaced: false },
  ])
})

/** What its commits write that matter here. */
const matters = new Set(['liquidity_runs', 'autopilots', 'close_intents', 'channels', 'jobs'])

function writesThem({ writes }: Change): boolean {
  return writes.some(({ table }) => matters.has(table.name))
}

test('killed before and after each of its commits, also where LND refuses it first, it closes the channel once and is charged once', async () => {
  for (const refusals of [0, 1]) {
    const undisturbed = await openIdle()
    refuseCloses(undisturbed, awayFor(refusals))
    let commits = 0
    const whole = await undisturbed.start(options(), {
      beforeCommit: (change) => {
        if (writesThem(change)) commits++
      },
    })
    await undisturbed.clock.advance(2 * minute)
    await finish(undisturbed)
    const relevant = commits
    await expectOneClose(undisturbed, whole, `${refusals} undisturbed`)
    expect(relevant).toBeGreaterThan(8)
    for (const when of ['beforeCommit', 'afterCommit'] as const) {
      for (let at = 0; at < relevant; at++) {
        const label = `${refusals} ${when} ${at}`
        const shop = await openIdle()
        refuseCloses(shop, awayFor(refusals))
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
        expect(count, label).toBeGreaterThan(at)
        const second = await shop.start()
        await expectOneClose(shop, second, label)
      }
    }
  }
}, 300_000)
