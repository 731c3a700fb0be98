import type { ChannelClaim, ClosedChannel } from '../ports/lightning-node.ts'
import type { WalletTransaction } from '../ports/node-onchain.ts'

/** A channel that has ended, as the books saw it last and as LND lists it. */
export interface EndedChannel {
  readonly closed: ClosedChannel
  /** Last balances in the books. */
  readonly localMsat: bigint
  readonly remoteMsat: bigint
  /** Payments under way when these balances were seen; null: not known. */
  readonly underWayMsat: bigint | null
  readonly isInitiator: boolean
}

/** More than a commitment transaction costs (LND: at most 10 sat/vB with anchors): what is above are payments under way. */
const mostForCommitment = 10_000_000n

/** The opener pays two anchors of 330 sat beside the fee (BOLT3). A channel without any shows as a surplus. */
const anchorsMsat = 660_000n

/**
 * What ending a channel cost us, without the sweeps, in msat: what our side had minus what LND says is
 * ours. The opener pays the closing transaction. What he holds back for the commitment transaction and its
 * anchors (capacity less both balances) is his until a close by force spends it; what a payment moves between
 * the balances does not change it, so that the books need not have seen the last one. Negative where an
 * anchor came to us that the peer had paid for.
 */
export function closingCost(
  ended: EndedChannel,
  closingTransaction: WalletTransaction | undefined,
): bigint {
  const { closed, isInitiator } = ended
  const { capacityMsat, settledMsat, closeType, claims = [] } = closed
  if (closeType === 'funding-canceled' || closeType === 'abandoned') return 0n
  // Older books did not note payments under way: some may have come to us afterwards.
  const ours = claims
    .filter(({ kind, outpoint }) => kind === 'payment' && isOutputOf(closed, outpoint))
    .reduce((sum, { amountMsat }) => sum + amountMsat, 0n)
  const held = heldByOpener(ended) ?? isPlausible(betweenBalances(ended) - ours)
  const missing = closingTransaction && capacityMsat - closingTransaction.outputsSat * 1000n
  if (closeType === 'cooperative') return isInitiator ? (missing ?? held ?? 0n) : 0n
  const seen = missing === undefined ? 0n : missing + anchorsMsat
  const commitment = isInitiator ? (held ?? seen) : 0n
  // An output that costs more to claim than it is worth is left.
  const left = claims.length > 0 ? isPlausible(settledMsat - sumOf(claims, 'balance')) : undefined
  return commitment + (left ?? 0n) - sumOf(claims, 'anchor')
}

function isOutputOf({ closingTransaction }: ClosedChannel, outpoint: string): boolean {
  return closingTransaction !== undefined && outpoint.startsWith(`${closingTransaction}:`)
}

/** What our side had in a channel that the peer closed with a revoked state. */
export function shareBeforeBreach(ended: EndedChannel): bigint {
  const held = ended.isInitiator ? (heldByOpener(ended) ?? 0n) : 0n
  return ended.closed.settledMsat + held
}

/** For the commitment's fee and its anchors; payments under way are neither, whoever gets them in the end. */
function heldByOpener(ended: EndedChannel): bigint | undefined {
  const held = betweenBalances(ended)
  const known = ended.underWayMsat === null ? undefined : isPlausible(held - ended.underWayMsat)
  return known ?? isPlausible(held)
}

function betweenBalances({ closed, localMsat, remoteMsat }: EndedChannel): bigint {
  return closed.capacityMsat - localMsat - remoteMsat
}

/** What came to the wallet from the outputs of a closing transaction. */
export function receivedFrom(
  closingTransaction: string,
  transactions: readonly WalletTransaction[],
): bigint {
  return spendersOf(closingTransaction, transactions).reduce(
    (sum, { amountSat }) => sum + amountSat * 1000n,
    0n,
  )
}

/** The wallet's transactions that spend outputs of another one. */
export function spendersOf(
  transaction: string,
  transactions: readonly WalletTransaction[],
): WalletTransaction[] {
  return transactions.filter(({ spends }) =>
    spends.some((outpoint) => outpoint.startsWith(`${transaction}:`)),
  )
}

/**
 * The fee of a transaction that claimed outputs of closed channels, in msat: what went in, less what goes
 * on to a second step, less what the wallet gained (which counts its own inputs). LND tells no fee of those.
 * `claims` are those of ALL closed channels: one transaction may claim for several.
 */
export function sweepFee(
  { transactionId, amountSat }: Pick<WalletTransaction, 'transactionId' | 'amountSat'>,
  claims: readonly ChannelClaim[],
): bigint {
  let feeMsat = -amountSat * 1000n
  for (const claim of claims) {
    if (claim.transaction === transactionId) feeMsat += claim.amountMsat
    if (claim.outpoint.startsWith(`${transactionId}:`)) feeMsat -= claim.amountMsat
  }
  return feeMsat
}

/**
 * Claims as they confirmed. LND names the first step of a payment's claim as it was before a coin of the wallet was
 * added for its fee: what really spends the outpoint is the wallet's confirmed transaction.
 */
export function confirmedClaims(
  closed: readonly ClosedChannel[],
  transactions: readonly WalletTransaction[],
): readonly ClosedChannel[] {
  const spenders = new Map<string, string>()
  for (const { spends, transactionId, blockHeight } of transactions) {
    if (blockHeight === undefined) continue
    for (const outpoint of spends) spenders.set(outpoint, transactionId)
  }
  const renamed = new Map<string, string>()
  for (const { outpoint, transaction } of closed.flatMap(({ claims = [] }) => claims)) {
    const spender = spenders.get(outpoint)
    if (spender !== undefined && spender !== transaction) renamed.set(transaction, spender)
  }
  if (renamed.size === 0) return closed
  const rename = (claim: ChannelClaim): ChannelClaim => {
    const [funding = '', index] = claim.outpoint.split(':')
    return {
      ...claim,
      transaction:
        spenders.get(claim.outpoint) ?? renamed.get(claim.transaction) ?? claim.transaction,
      outpoint: `${renamed.get(funding) ?? funding}:${index}`,
    }
  }
  return closed.map((one) => ({ ...one, ...(one.claims && { claims: one.claims.map(rename) }) }))
}

function isPlausible(amountMsat: bigint): bigint | undefined {
  return amountMsat >= 0n && amountMsat <= mostForCommitment ? amountMsat : undefined
}

function sumOf(claims: readonly ChannelClaim[], kind: ChannelClaim['kind']): bigint {
  return claims
    .filter((claim) => claim.kind === kind)
    .reduce((sum, { amountMsat }) => sum + amountMsat, 0n)
}
