import type { Context, Identity, Leadership } from '../context.ts'
import {
  closingCost,
  confirmedClaims,
  receivedFrom,
  shareBeforeBreach,
  spendersOf,
  sweepFee,
} from '../domain/channel-costs.ts'
import {
  bookBreach,
  bookChainFee,
  bookCloseCost,
  type LedgerTransaction,
} from '../domain/ledger.ts'
import { postTransaction } from '../ledger/post-transaction.ts'
import type { ChannelClaim, ClosedChannel } from '../ports/lightning-node.ts'
import type { OnchainWallet, WalletTransaction } from '../ports/node-onchain.ts'
import { record } from '../record.ts'
import { closeIntents } from '../tables/channel-intents.ts'
import { channels } from '../tables/channels.ts'
import { jobs } from '../tables/jobs.ts'
import { ledgerTransactions } from '../tables/ledger.ts'
import { type RowOf, remove } from '../tables/table.ts'
import { costQueue } from './close-cost-job.ts'
import { endCloseCharge } from './return-close-charge.ts'

/** Blocks after which the chain is taken as final (money rule 6). */
export const finalAfter = 6
/** Blocks after which what is still missing is taken for lost, or for nobody's to tell. */
const waitAtMost = 2016

/** What LND shows about channels that have ended, read once for all of them. */
interface Seen {
  readonly closed: ReadonlyMap<string, ClosedChannel>
  readonly claims: readonly ChannelClaim[]
  /** Closing transactions whose channels are not resolved yet: what spends them cannot be summed up. */
  readonly unresolved: ReadonlySet<string>
  readonly transactions: readonly WalletTransaction[]
}

/**
 * Books what ended channels cost: the closing transaction per channel, and each transaction that claimed
 * outputs of closed channels by its own id, so that one that claimed for several is booked once. A channel whose end
 * is not final yet waits; nothing final is ever booked anew, whatever a reorganization does.
 */
export async function bookCloseCosts(
  context: Context,
  identity: Identity,
  leadership: Leadership,
  wallet: OnchainWallet,
  signal: AbortSignal,
): Promise<void> {
  const waiting = await waitingJobs(context, identity)
  if (waiting.length === 0) return
  const seen = await readSeen(context, wallet, waiting, signal)
  const height = context.live.info?.blockHeight ?? 0
  for (const job of waiting) {
    const row = await context.storage.get(channels, [identity.publicKey, job.subject])
    const closed = seen.closed.get(job.subject)
    // Not in the list: a reorganization has brought it back, and it will end again.
    if (!row || !closed) continue
    const facts = factsOf(row, closed, seen, height)
    if (facts) await book(context, identity, leadership, job, facts)
  }
}

async function waitingJobs(context: Context, identity: Identity): Promise<RowOf<typeof jobs>[]> {
  const query = { index: 'due', equals: [costQueue(identity)], limit: 1000 } as const
  return context.storage.find(jobs, query)
}

async function readSeen(
  context: Context,
  wallet: OnchainWallet,
  waiting: readonly RowOf<typeof jobs>[],
  signal: AbortSignal,
): Promise<Seen> {
  // In this order, a channel that ends meanwhile counts as unresolved.
  const pending = await context.lightning.listPendingChannels(signal)
  const told = await context.lightning.listClosedChannels(signal)
  const subjects = new Set(waiting.map(({ subject }) => subject))
  const heights = told.map((one) =>
    subjects.has(one.channelPoint) ? (one.closeHeight ?? 0) : Infinity,
  )
  const from = Math.min(...heights)
  const transactions = Number.isFinite(from) ? await wallet.transactions(from, signal) : []
  const list = confirmedClaims(told, transactions)
  const closed = new Map(list.map((one) => [one.channelPoint, one] as const))
  return {
    closed,
    claims: list.flatMap(({ claims = [] }) => claims),
    unresolved: new Set(pending.flatMap(({ closingTransaction }) => closingTransaction ?? [])),
    transactions,
  }
}

/** Undefined while something of it is not final. */
function factsOf(
  row: RowOf<typeof channels>,
  closed: ClosedChannel,
  seen: Seen,
  height: number,
): LedgerTransaction[] | undefined {
  const { channel_point: point, is_initiator: isInitiator } = row
  const { closingTransaction = '', closeType, closeHeight = 0, claims = [] } = closed
  const finalHeight = height - finalAfter + 1
  if (closeHeight > finalHeight) return undefined
  const isOverdue = closeHeight + waitAtMost < height
  const ended = {
    closed,
    localMsat: row.local_msat,
    remoteMsat: row.remote_msat,
    underWayMsat: row.under_way_msat,
    isInitiator,
  }
  if (closeType === 'breach') {
    const spenders = spendersOf(closingTransaction, seen.transactions)
    const isFinal =
      spenders.length > 0 &&
      spenders.every(({ blockHeight = Infinity }) => blockHeight <= finalHeight)
    if (!isFinal && !isOverdue) return undefined
    const receivedMsat = receivedFrom(closingTransaction, seen.transactions)
    return [bookBreach(point, receivedMsat - shareBeforeBreach(ended))]
  }
  const byId = new Map(seen.transactions.map((one) => [one.transactionId, one] as const))
  const facts = [bookCloseCost(point, closingCost(ended, byId.get(closingTransaction)))]
  for (const id of new Set(claims.map(({ transaction }) => transaction))) {
    const feeMsat = feeOf(id, byId.get(id), seen, finalHeight)
    if (feeMsat === undefined && !isOverdue) return undefined
    const subject = isAlone(id, closed, seen.closed) ? `channel/${point}` : `transaction/${id}`
    facts.push(bookChainFee('channel-swept', id, subject, feeMsat ?? 0n))
  }
  return facts
}

/** Undefined while it is not deep enough, or while something that it claimed for is not resolved. */
function feeOf(
  id: string,
  transaction: WalletTransaction | undefined,
  { claims, unresolved }: Seen,
  finalHeight: number,
): bigint | undefined {
  if (!transaction) {
    // A first step that no coin of the wallet pays for is none of the wallet's transactions.
    const isFirstStep = claims.some(({ outpoint }) => outpoint.startsWith(`${id}:`))
    return isFirstStep ? sweepFee({ transactionId: id, amountSat: 0n }, claims) : undefined
  }
  const { blockHeight, spends } = transaction
  if (blockHeight !== undefined && blockHeight > finalHeight) return undefined
  if (spends.some((outpoint) => unresolved.has(outpoint.split(':')[0]!))) return undefined
  const feeMsat = sweepFee(transaction, claims)
  // It claimed for a channel, in two steps, that LND does not list for closed yet.
  return feeMsat < 0n ? undefined : feeMsat
}

function isAlone(id: string, own: ClosedChannel, all: ReadonlyMap<string, ClosedChannel>): boolean {
  return ![...all.values()].some(
    (other) =>
      other.channelPoint !== own.channelPoint &&
      other.claims?.some(({ transaction }) => transaction === id),
  )
}

async function book(
  context: Context,
  identity: Identity,
  leadership: Leadership,
  job: RowOf<typeof jobs>,
  facts: readonly LedgerTransaction[],
): Promise<void> {
  const writes = [remove(jobs, job)]
  for (const fact of facts) {
    const isBooked = await context.storage.get(ledgerTransactions, [identity.publicKey, fact.id])
    if (fact.legs.length > 0 && !isBooked) writes.push(...postTransaction(context, identity, fact))
  }
  const intent = await context.storage.get(closeIntents, [identity.publicKey, job.subject])
  writes.push(...endCloseCharge(identity, intent, chainFeesOf(facts)))
  await record(context, { writes, fence: leadership.fence }, async () => {
    return (await context.storage.get(jobs, [job.id])) === undefined
  })
}

function chainFeesOf(facts: readonly LedgerTransaction[]): bigint {
  return facts
    .flatMap(({ legs }) => legs)
    .filter(({ account }) => account === 'world/onchain-fees')
    .reduce((sum, { amountMsat }) => sum + amountMsat, 0n)
}
