import type { LedgerTransaction, Leg } from '../../domain/ledger.ts'
import { swapFactId } from '../../domain/swap-bookings.ts'

/** The id of a prepayment: LND pays a hash once, so that it belongs to one swap. */
export function prepayFactId(paymentHash: string): string {
  return `prepay/${paymentHash}`
}

/** What a daemon's swap has moved, in msat. */
export interface DelegatedMoves {
  /** The swap's main payment. */
  readonly paidMsat: bigint
  /** What was swapped; 0n when its coins never came. */
  readonly swappedMsat: bigint
  /** Miner fee of the sweep. */
  readonly minerMsat: bigint
}

/**
 * What a daemon paid is in the books when it ends: as another program's payment to payees, from LND's history, and its
 * sweep as a deposit, from the wallet's. This says what for, and moves nothing of the operator's: what came back as
 * coins was a deposit (or, to an address outside, is a withdrawal), the rest is what the swap cost. Undefined when
 * there is nothing to say.
 */
export function bookDelegatedSwap(
  swap: string,
  { paidMsat, swappedMsat, minerMsat }: DelegatedMoves,
): LedgerTransaction | undefined {
  const isLost = swappedMsat === 0n
  const legs: readonly Leg[] = [
    { account: 'world/payees', amountMsat: -paidMsat },
    {
      account: isLost ? 'world/swap-losses' : 'world/swap-fees',
      amountMsat: paidMsat - swappedMsat,
    },
    { account: 'world/onchain-fees', amountMsat: minerMsat },
    { account: 'world/deposits', amountMsat: swappedMsat - minerMsat },
  ]
  const kept = legs.filter(({ amountMsat }) => amountMsat !== 0n)
  if (kept.length === 0) return undefined
  return {
    id: swapFactId(swap),
    kind: isLost ? 'swap-lost' : 'swap-claimed',
    subject: `swap/${swap}`,
    legs: kept,
  }
}

/** What a prepayment was for, which is in the books as another program's payment: a part of the fee, or lost. */
export function bookPrepay(
  swap: string,
  paymentHash: string,
  amountMsat: bigint,
  isLost: boolean,
): LedgerTransaction {
  return {
    id: prepayFactId(paymentHash),
    kind: 'swap-prepay',
    subject: `swap/${swap}`,
    legs: [
      { account: 'world/payees', amountMsat: -amountMsat },
      { account: isLost ? 'world/swap-prepay' : 'world/swap-fees', amountMsat },
    ],
  }
}
