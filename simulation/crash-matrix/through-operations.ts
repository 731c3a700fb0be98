import type { PaymentNodeOptions } from '@payment-node/core'
import { addressOf, type World } from '@payment-node/testkit'
import type { BoltzFault, BoltzSettings } from '@payment-node/testkit/boltz-server'
import { merchant, withBalance } from './merchant.ts'
import { eventually, must, type Operation, rows } from './operation.ts'
import { assets, bury, hasEnded, judgeBooks, mineUntil, swapRow } from './swap-facts.ts'
import { lateServer, type SwapServer } from './swap-server.ts'

const amountSat = 60_000n
/** The queue waits long for company: nothing but a swap or the operator lets a payout go. */
const options: Partial<PaymentNodeOptions> = {
  transactions: { collectFor: '6h', confirmations: 1 },
}

/** A payout that is paid straight from a swap's claim, or falls back to the queue. */
interface Way {
  readonly name: string
  readonly says: string
  readonly faults?: readonly BoltzFault[]
  readonly settings?: Partial<BoltzSettings>
  /** Of the swap, sat. */
  readonly swapSat: bigint
  /** How the swap ends, and who pays the payout; by a death before the provider has answered the queue does. */
  readonly end: 'claimed' | 'returned'
  readonly paidBy: 'claim' | 'queue'
  /** How far it is when deaths begin. Left out: the swap is not asked for yet. */
  begin?(world: World): Promise<void>
  /** Until the swap has ended. */
  follow(world: World, server: SwapServer): Promise<void>
}

const ways: readonly Way[] = [
  {
    name: 'payout from a claim',
    says: "A queued payout is bound to a swap, and the swap's claim pays it.",
    swapSat: 300_000n,
    end: 'claimed',
    paidBy: 'claim',
    follow: (world) => mineUntil(world, () => hasEnded(world)),
  },
  {
    name: 'payout from a claim, returned',
    says: 'The provider locks nothing up: the payout is queued again, and a transaction pays it.',
    faults: ['lockup-never'],
    settings: { timeoutBlocks: 80 },
    swapSat: 300_000n,
    end: 'returned',
    paidBy: 'queue',
    begin: (world) => eventually(world, () => swapRow(world).state === 'held'),
    follow: (world) => mineUntil(world, () => hasEnded(world), 20),
  },
  {
    name: 'payout from a claim, too dear',
    says: "Fees rise until a replacement would take of the partner's money: it pays the wallet alone, and a transaction pays the payout.",
    swapSat: 75_000n,
    end: 'claimed',
    paidBy: 'queue',
    async begin(world) {
      await mineUntil(world, () => swapRow(world).lockup_height != null)
      await eventually(world, () => swapRow(world).state === 'claim-published')
    },
    async follow(world) {
      world.feerate = 200
      await mineUntil(world, () => rows(world, 'swap_claims', { pays_payout: false }).length > 0)
      await mineUntil(world, () => hasEnded(world))
      world.feerate = 1
    },
  },
]

function operationOf({
  name,
  says,
  faults,
  settings,
  swapSat,
  end,
  paidBy,
  begin,
  follow,
}: Way): Operation {
  const late = lateServer(faults, settings)
  let [before, after] = [0n, 0n]
  let destination = ''
  const payoutOf = (world: World): Readonly<Record<string, unknown>> => rows(world, 'payouts')[0]!
  const request = (world: World) =>
    must(world, 'swap', (node) => {
      const payout = payoutOf(world).id as string
      const input = { amount: `${swapSat} sat`, payout } as const
      return node.swaps.request(input, { idempotencyKey: 'swap-1' })
    })
  const isPaid = (world: World): boolean => payoutOf(world).state === 'succeeded'
  return {
    name,
    says,
    node: { ...options, ...late.options },
    furnish(world) {
      late.open(world)
      for (let coin = 0; coin < 3; coin++) world.shop.fund(200_000n)
    },
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
      before = await assets(world)
      if (!begin) return
      await request(world)
      await begin(world)
    },
    async run(world) {
      if (!begin) await request(world)
      await follow(world, late)
    },
    async settle(world) {
      // How the queue pays is an operation of its own.
      if (!isPaid(world)) {
        await must(world, 'release', (node) => node.payouts.release(payoutOf(world).id as string))
        await mineUntil(world, () => isPaid(world))
      }
      await bury(world)
      after = await assets(world)
    },
    check(world) {
      if (rows(world, 'swaps').length !== 1) return `${rows(world, 'swaps').length} swaps`
      const { state, reason, terms } = swapRow(world)
      const isCutOff =
        begin === undefined &&
        state === 'failed-unpaid' &&
        reason === 'provider-unknown' &&
        terms === null
      if (state !== end && !isCutOff) return `the swap is ${state} (${reason}), not ${end}`
      const outputs = world.network.outputsTo(destination)
      if (outputs.length !== 1) return `the partner is paid ${outputs.length} times`
      if (outputs[0]!.amountSat !== amountSat)
        return `the partner gets ${outputs[0]!.amountSat} sat`
      const isByClaim = rows(world, 'swap_claims').some(
        ({ transaction_id: id }) => id === outputs[0]!.transactionId,
      )
      if (isByClaim !== (paidBy === 'claim' && !isCutOff))
        return `it was paid by ${isByClaim ? 'a claim' : 'the queue'}`
      // What a transaction of the queue costs is in the same account, and not the swap's.
      if (!isByClaim) return undefined
      return judgeBooks(world, before - after - amountSat * 1000n)
    },
  }
}

/** What happens to payouts that a claim pays. */
export const throughOperations: readonly Operation[] = ways.map(operationOf)
