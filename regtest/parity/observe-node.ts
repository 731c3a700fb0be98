import type {
  ClosedChannel,
  Forward,
  HighWater,
  NodeChannel,
  NodeInfo,
  NodeInvoice,
  PaymentUpdate,
  PendingChannel,
  RoutingPolicy,
  WalletBalance,
  WalletOutput,
  WalletTransaction,
} from '@payment-node/core'
import type { Actor } from './actor.ts'
import { type Failed, outcomeOf } from './outcome-of.ts'
import type { StreamsShown } from './record-streams.ts'

/** Everything that the port shows of a node at one moment. */
export interface Observation {
  readonly info: NodeInfo | Failed
  readonly channels: readonly NodeChannel[] | Failed
  readonly pending: readonly PendingChannel[] | Failed
  readonly closed: readonly ClosedChannel[] | Failed
  readonly wallet: WalletBalance | Failed
  readonly invoices: readonly NodeInvoice[] | Failed
  readonly lookups: readonly (NodeInvoice | Failed)[]
  readonly payments: readonly PaymentUpdate[] | Failed
  readonly tracks: readonly (PaymentUpdate | Failed)[]
  readonly highWater: HighWater | Failed
  readonly coins: readonly WalletOutput[] | Failed
  /** Since the network was ready. */
  readonly transactions: readonly WalletTransaction[] | Failed
  readonly policies: readonly RoutingPolicy[] | Failed
  readonly forwards: readonly Forward[] | Failed
  readonly streams: StreamsShown
}

/** One page with everything, of a node that has forwarded little. */
export const allForwards = {
  startTime: Date.UTC(2020),
  endTime: Date.UTC(2100),
  offset: 0,
  limit: 1000,
}

/** Calls every member of the port that only reads. */
export async function observeNode(actor: Actor): Promise<Observation> {
  const { node } = actor.world
  const [info, channels, pending, closed, wallet, invoices, payments, highWater] =
    await Promise.all([
      outcomeOf(node.getInfo()),
      outcomeOf(node.listChannels()),
      outcomeOf(node.listPendingChannels()),
      outcomeOf(node.listClosedChannels()),
      outcomeOf(node.walletBalance()),
      outcomeOf(node.listInvoices({ afterAddIndex: 0n, limit: 1000 })),
      outcomeOf(node.listPayments({ afterIndex: 0n, limit: 1000 })),
      outcomeOf(node.highWater()),
    ])
  const [lookups, tracks] = await Promise.all([
    Promise.all(actor.invoices.map((one) => outcomeOf(node.lookupInvoice(one.paymentHash)))),
    Promise.all(actor.foreign.map((one) => outcomeOf(firstUpdate(actor, one.paymentHash)))),
  ])
  const [coins, transactions, policies, forwards] = await Promise.all([
    outcomeOf(node.onchain!.unspent()),
    outcomeOf(node.onchain!.transactions(actor.world.baseHeight + 1)),
    outcomeOf(node.policies!.read()),
    outcomeOf(node.forwards!.list(allForwards)),
  ])
  const streams = actor.streams.show(whereabouts(channels, pending, closed))
  return {
    ...{ info, channels, pending, closed, wallet, invoices, lookups, payments, tracks },
    ...{ highWater, coins, transactions, policies, forwards, streams },
  }
}

/** The state that tracking begins with. */
async function firstUpdate(actor: Actor, paymentHash: string): Promise<PaymentUpdate> {
  const looking = new AbortController()
  try {
    for await (const update of actor.world.node.trackPayment(paymentHash, looking.signal)) {
      return update
    }
    throw new Error('tracking ended without a word')
  } finally {
    looking.abort()
  }
}

/** Which channel is in which list. */
function whereabouts(
  channels: readonly NodeChannel[] | Failed,
  pending: readonly PendingChannel[] | Failed,
  closed: readonly ClosedChannel[] | Failed,
): string | undefined {
  if ('code' in channels || 'code' in pending || 'code' in closed) return undefined
  return [
    ...channels.map((one) => `${one.channelPoint} ${one.isActive ? 'active' : 'inactive'}`),
    ...pending.map((one) => `${one.channelPoint} ${one.state}`),
    ...closed.map((one) => `${one.channelPoint} closed`),
  ]
    .sort()
    .join()
}
