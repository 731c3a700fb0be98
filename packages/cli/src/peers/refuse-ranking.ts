import { PaymentNodeError } from '@payment-node/core'

/** Where in the ranking, and what. `row`: from 1; null: the ranking as a whole. */
export interface RankingFault {
  readonly ranking: string
  readonly row: number | null
  readonly field: string
  readonly reason: string
}

/** A ranking that cannot be used. */
export function refuseRanking(
  { ranking, row, field, reason }: RankingFault,
  says: string,
  advice: string,
  cause?: unknown,
): PaymentNodeError<'peer-list.invalid'> {
  const place = row === null ? ranking : `${ranking}, row ${row}`
  const details = { list: ranking, entry: row, line: null, field, reason }
  return new PaymentNodeError('peer-list.invalid', `${place}: ${says}`, details, { advice, cause })
}
