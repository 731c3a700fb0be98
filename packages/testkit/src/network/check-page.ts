import { invalid } from '@payment-node/core'

/** A page as the port allows it: an index from 0n on, and 1 to 1000 rows. */
export function checkPage(after: bigint, limit: number): void {
  if (after < 0n) throw invalid('page', 'out-of-range', 'must be 0n or more')
  if (!Number.isInteger(limit) || limit < 1 || limit > 1000) {
    throw invalid('limit', 'out-of-range', 'must be 1 to 1000')
  }
}
