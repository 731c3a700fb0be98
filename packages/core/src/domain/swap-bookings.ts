import type { LedgerTransaction, Leg } from './ledger.ts'

/** The id of what a swap cost: once per swap. */
export function swapFactId(swap: string): string {
  return `swap/${swap}`
}

/** What a swap has moved, in msat. */
export interface SwapMoves {
  /** What the provider took over Lightning; 0n when the payment came back. */
  readonly paidMsat: bigint
  readonly routingMsat: bigint
  /** What the claimed output held; 0n when somebody else took it. */
  readonly lockupMsat: bigint
  readonly claimFeeMsat: bigint
  /** A prepayment that did not come back; 0n for providers without one. */
  readonly prepayMsat?: bigint
  /** The claim pays an address of the operator's, outside of the node. */
  readonly leavesNode?: boolean
}

/**
 * A swap that has come to its end: all costs are the operator's. What a claim pays to a partner is booked by the
 * payout; what it pays to the wallet stays the operator's.
 */
export function bookSwap(swap: string, moves: SwapMoves): LedgerTransaction {
  const { paidMsat, routingMsat, lockupMsat, claimFeeMsat, prepayMsat = 0n } = moves
  const isLost = lockupMsat === 0n && paidMsat > 0n
  const serviceMsat = paidMsat - lockupMsat
  const outMsat = moves.leavesNode ? lockupMsat - claimFeeMsat : 0n
  const legs: readonly Leg[] = [
    {
      account: 'operator',
      amountMsat: -(serviceMsat + routingMsat + claimFeeMsat + prepayMsat + outMsat),
    },
    { account: isLost ? 'world/swap-losses' : 'world/swap-fees', amountMsat: serviceMsat },
    { account: 'world/routing-fees', amountMsat: routingMsat },
    { account: 'world/onchain-fees', amountMsat: claimFeeMsat },
    { account: 'world/swap-prepay', amountMsat: prepayMsat },
    { account: 'world/deposits', amountMsat: outMsat },
  ]
  return {
    id: swapFactId(swap),
    kind: isLost ? 'swap-lost' : 'swap-claimed',
    subject: `swap/${swap}`,
    legs: legs.filter(({ amountMsat }) => amountMsat !== 0n),
  }
}
