import { payableFeerate } from './fee-policy.ts'
import { childBytes } from './transaction-size.ts'

/** An unconfirmed transaction with everything unconfirmed that it builds upon. */
export interface StuckPackage {
  readonly virtualBytes: number
  readonly feeSat: bigint
  /** What the child can spend. */
  readonly changeSat: bigint
}

/** What a child shall pay, or why there is none. */
export type BumpPlan =
  | { readonly ok: true; readonly feeSat: bigint; readonly satPerVbyte: number }
  | {
      readonly ok: false
      readonly reason: 'feerate-not-above' | 'feerate-above-hard-ceiling' | 'change-too-small'
    }

/** Less is dust, or as good as that. In satoshi. */
const leastLeftSat = 1000n

/**
 * A child (CPFP) that brings both to the feerate of now: a miner takes them together. The hard ceiling holds
 * for the two, not for the child alone, which pays for its parent. Feerates in sat/vB.
 */
export function planBump(stuck: StuckPackage, feerate: number, hardCeiling: number): BumpPlan {
  const target = payableFeerate(feerate)
  if (!(target <= hardCeiling)) return { ok: false, reason: 'feerate-above-hard-ceiling' }
  if (BigInt(target) * BigInt(stuck.virtualBytes) <= stuck.feeSat) {
    return { ok: false, reason: 'feerate-not-above' }
  }
  // A hundredth more, so that rounding does not leave it below: never more than the hard ceiling.
  const aim = Math.min(target * 1.01, hardCeiling)
  const feeSat = BigInt(Math.ceil(aim * (stuck.virtualBytes + childBytes))) - stuck.feeSat
  if (stuck.changeSat - feeSat < leastLeftSat) return { ok: false, reason: 'change-too-small' }
  return { ok: true, feeSat, satPerVbyte: roundedUp(Number(feeSat) / childBytes) }
}

/** LND counts in sat per 1000 weight units, rounded down. */
function roundedUp(satPerVbyte: number): number {
  return Math.ceil(satPerVbyte * 250) / 250
}
