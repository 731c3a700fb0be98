import type { LiquidityOptions, PaymentNodeOptions } from '@payment-node/core'
import { addressOf, openAccount, type World } from '@payment-node/testkit'
import { autopilotCloses } from './autopilot-closes.ts'
import { actedOn, adopt, letAct } from './autopilot-facts.ts'
import { isPaid, merchant, withBalance } from './merchant.ts'
import { eventually, must, type Operation, one, rows } from './operation.ts'
import { assets, bury, judgeBooks, mineUntil } from './swap-facts.ts'
import { lateServer, type SwapServer } from './swap-server.ts'

/** Inbound is two thirds, which is too little; a swap or a payout out of one channel mends it. */
const liquidity: LiquidityOptions = {
  mode: 'act',
  settlePeriod: 0,
  every: '10s',
  acceptablePpm: 15_000,
  drainAtOnce: false,
  lowInbound: 680_000,
  hysteresis: 10_000,
  outboundShare: 300_000,
}

/** So little is missing that the partner's payout is all of it. */
const nearlyEnough: LiquidityOptions = {
  ...liquidity,
  lowInbound: 670_000,
  hysteresis: 1000,
  outboundShare: 328_700,
  minimum: '90000 sat',
  // A payout of a few thousand is dearer than what anybody would swap.
  acceptablePpm: 100_000,
  ceilingPpm: 200_000,
}

function startsSwap(late: SwapServer, options: Partial<PaymentNodeOptions>): Operation {
  let [before, after] = [0n, 0n]
  const claimed = (world: World) => rows(world, 'swaps', { state: 'claimed' })
  return {
    name: 'autopilot starts a swap',
    says: 'Inbound is low: it is decided, written down, and swapped, once for the gap; what was cut off is asked for again after a pause.',
    node: { ...options, ...late.options, liquidity, transactions: { confirmations: 1 } },
    furnish: (world) => late.open(world),
    async prepare(world) {
      await adopt(world, world.channels.hub)
      before = await assets(world)
    },
    async run(world) {
      await letAct(world)
      await mineUntil(world, () => rows(world, 'swaps').some((swap) => swap.revealed_at !== null))
    },
    async settle(world) {
      // How it is claimed is an operation of its own.
      await mineUntil(world, () => claimed(world).length > 0)
      await bury(world)
      after = await assets(world)
    },
    check(world) {
      const swaps = rows(world, 'swaps')
      const [done] = claimed(world)
      if (claimed(world).length !== 1) return `${claimed(world).length} swaps were claimed`
      for (const { state, reason } of swaps) {
        const isCutOff = state === 'failed-unpaid' && reason === 'provider-unknown'
        if (state !== 'claimed' && !isCutOff) return `one is ${state} (${reason})`
      }
      const decisions = new Set(swaps.map(({ decision }) => decision))
      if (decisions.size !== swaps.length)
        return `${swaps.length} swaps follow from ${decisions.size} runs`
      if (!actedOn(world).includes(done!.decision)) return 'no run says why it was made'
      return judgeBooks(world, before - after)
    },
  }
}

function paysThroughSwap(late: SwapServer): Operation {
  const amountSat = 70_000n
  let destination = ''
  return {
    name: 'autopilot pays through a swap',
    says: "Inbound is low: a partner's payout that waits in the queue is paid by the claim of a swap, once.",
    node: {
      ...late.options,
      liquidity: nearlyEnough,
      swapping: { maximumPpm: 200_000 },
      transactions: { collectFor: '6h', confirmations: 1 },
    },
    furnish: (world) => late.open(world),
    async prepare(world) {
      await withBalance(world)
      destination = addressOf(world, 'payee')
      world.records.addresses.set(destination, amountSat)
      await must(world, 'payout', (node) =>
        node.payouts.request(
          { partner: merchant, destination, amount: `${amountSat} sat` },
          { idempotencyKey: 'payout-1' },
        ),
      )
      await adopt(world, world.channels.hub)
    },
    async run(world) {
      await letAct(world)
      await eventually(world, () => rows(world, 'swaps').some(({ seen_at: at }) => at !== null))
    },
    // What becomes of it then is an operation of its own.
    settle: (world) => mineUntil(world, () => isPaid(world)),
    check(world) {
      const outputs = world.network.outputsTo(destination)
      if (outputs.length !== 1) return `the partner is paid ${outputs.length} times`
      const claimed = rows(world, 'swaps', { state: 'claimed' })
      if (claimed.length !== 1) return `${claimed.length} swaps were claimed`
      if (!actedOn(world).includes(claimed[0]!.decision)) return 'no run says why it was made'
      return one('payouts', 'succeeded', { swap: claimed[0]!.id })(world)
    },
  }
}

const paysPartner: Operation = {
  name: 'autopilot pays a partner',
  says: 'Inbound is low: a partner is paid what it has, which is the cheapest, once.',
  node: { liquidity },
  async prepare(world) {
    await withBalance(world)
    const offchain = openAccount(world, merchant, world.peers.payee)
    await must(world, 'destination', (node) =>
      node.partners.upsert({ id: merchant, payout: { offchain, automatic: true } }),
    )
    await adopt(world, world.channels.hub)
  },
  async run(world) {
    await letAct(world)
    await eventually(world, () => rows(world, 'payouts').length > 0 && isPaid(world))
  },
  check(world) {
    if (actedOn(world).length === 0) return 'no run says why it was paid'
    return one('payouts', 'succeeded', { purpose: 'automatic' })(world)
  },
}

const pauses: Operation = {
  name: 'liquidity.pause and resume',
  says: 'The operator pauses the autopilot, and lets it go on.',
  node: { liquidity: { mode: 'observe' } },
  async run(world) {
    await must(world, 'pause', (node) => node.liquidity.pause('drill'))
    await letAct(world)
  },
  check(world) {
    const [row] = rows(world, 'autopilots')
    return row?.is_paused === false ? undefined : 'it is still paused'
  },
}

/** What the autopilot does by itself. */
export const autopilotOperations: readonly Operation[] = [
  startsSwap(lateServer(), {}),
  paysPartner,
  paysThroughSwap(lateServer()),
  autopilotCloses,
  pauses,
]
