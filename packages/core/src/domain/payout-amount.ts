import { least } from './bigints.ts'

/** How much the fee of a payout may be at worst: a fixed sum, or a share of the amount with a minimum. In msat. */
export type WorstFee =
  | { readonly fixedMsat: bigint }
  | { readonly ppm: bigint; readonly minimumMsat: bigint }

const million = 1_000_000n

/** The worst fee of this amount, in msat. */
export function worstFeeOf(amountMsat: bigint, fee: WorstFee): bigint {
  if ('fixedMsat' in fee) return fee.fixedMsat
  const share = (amountMsat * fee.ppm) / million
  return share > fee.minimumMsat ? share : fee.minimumMsat
}

/**
 * The largest amount that a budget covers together with its worst fee, rounded down to whole `unitMsat`;
 * 0n when nothing is left beside the fee. Whoever does not pay the fee himself passes `fixedMsat: 0n`.
 */
export function amountOfAll(budgetMsat: bigint, fee: WorstFee, unitMsat: bigint): bigint {
  const largest =
    'fixedMsat' in fee
      ? budgetMsat - fee.fixedMsat
      : least((budgetMsat * million) / (million + fee.ppm), budgetMsat - fee.minimumMsat)
  return largest > 0n ? largest - (largest % unitMsat) : 0n
}
