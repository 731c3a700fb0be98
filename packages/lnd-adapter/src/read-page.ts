import { invalid } from '@payment-node/core'

/** Checks a page: an index and a limit of 1 to 1000, since LND takes 0 for its own default. */
export function readPage(after: bigint, limit: number): { after: bigint; limit: bigint } {
  if (typeof after !== 'bigint' || after < 0n) {
    throw invalid('page', 'out-of-range', 'the index must be a bigint, 0n or more')
  }
  if (!Number.isInteger(limit) || limit < 1 || limit > 1000) {
    throw invalid('limit', 'out-of-range', 'must be 1 to 1000')
  }
  return { after, limit: BigInt(limit) }
}
