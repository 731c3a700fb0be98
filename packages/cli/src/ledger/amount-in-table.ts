import type { Amount } from '@payment-node/core'
import { exactSat } from '../terminal/format-sat.ts'

/** Exact, for a column that says its unit. */
export function amountInTable(amount: Amount): string {
  return exactSat(amount).replace(/ sat$/, '')
}
