import { least } from './bigints.ts'

/** What is kept of a payment: parts per million of it, and a fixed amount; null: nothing. */
export interface Share {
  readonly ppm: number | null
  readonly fixedMsat: bigint | null
}

/** How a receipt is divided; the three parts together are what was paid. */
export interface DividedReceipt {
  /** The partner's fee, which the operator keeps. */
  readonly feeMsat: bigint
  /** The invoice's own commission, which the operator keeps as well. */
  readonly commissionMsat: bigint
  /** What the partner gets. */
  readonly netMsat: bigint
}

/**
 * Divides what was paid. Each share is rounded down to the msat, in the partner's favour, and there is
 * never more to keep than what was paid: the fee is taken first, the commission from what is left.
 */
export function divideReceipt(paidMsat: bigint, fee: Share, commission: Share): DividedReceipt {
  const feeMsat = least(shareOf(paidMsat, fee), paidMsat)
  const commissionMsat = least(shareOf(paidMsat, commission), paidMsat - feeMsat)
  return { feeMsat, commissionMsat, netMsat: paidMsat - feeMsat - commissionMsat }
}

function shareOf(paidMsat: bigint, { ppm, fixedMsat }: Share): bigint {
  return (paidMsat * BigInt(ppm ?? 0)) / 1_000_000n + (fixedMsat ?? 0n)
}
