import { invalid } from '@payment-node/core'

/** Checks a whole number between two others; throws `input.invalid` that names the field. */
export function readNumber(value: number, field: string, least: number, most: number): number {
  if (Number.isInteger(value) && value >= least && value <= most) return value
  throw invalid(field, 'out-of-range', `must be a whole number from ${least} to ${most}`)
}

/** The same for a bigint. */
export function readBigint(value: bigint, field: string, least: bigint, most: bigint): bigint {
  if (typeof value === 'bigint' && value >= least && value <= most) return value
  throw invalid(field, 'out-of-range', `must be a bigint from ${least} to ${most}`)
}
