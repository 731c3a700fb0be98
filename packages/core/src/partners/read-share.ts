import { readAmount } from '../domain/amount.ts'
import { invalid } from '../errors.ts'
import { readInteger, readObject } from '../read-input.ts'

/** A share of a payment in ppm, and a fixed amount. Throws `input.invalid`. */
export function readShare(
  value: unknown,
  field: string,
): { readonly ppm: number; readonly fixedMsat: bigint } {
  const { ppm, fixed } = readObject(value, field, ['ppm', 'fixed'])
  const amount = fixed === undefined ? 0n : readAmount(fixed, `${field}.fixed`).msat
  if (amount < 0n) throw invalid(`${field}.fixed`, 'negative', 'must not be negative')
  const range = { minimum: 0, maximum: 1_000_000 }
  return {
    ppm: ppm === undefined ? 0 : readInteger(ppm, `${field}.ppm`, range),
    fixedMsat: amount,
  }
}
