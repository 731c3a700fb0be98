import { DatabaseSync } from 'node:sqlite'

/** The books as they lie in the SQLite file, read without the library that wrote them. */
export interface Books {
  readonly invoices: readonly {
    readonly id: string
    readonly state: string
    readonly partner: string
    readonly paymentHash: string
    readonly paidMsat: bigint | null
    readonly isLate: boolean
  }[]
  readonly payouts: readonly {
    readonly id: string
    readonly state: string
    readonly partner: string
    readonly paymentHash: string
    readonly amountMsat: bigint
    readonly feeMsat: bigint | null
  }[]
  readonly postings: readonly {
    readonly transaction: string
    readonly kind: string
    /** `invoice/<id>`, `payout/<id>`, … */
    readonly subject: string
    readonly account: string
    readonly amountMsat: bigint
  }[]
}

/** Reads the file of a shop that has stopped. */
export function readBooks(file: string): Books {
  using database = new DatabaseSync(file, { readOnly: true })
  const rows = <Row>(sql: string): Row[] => {
    const statement = database.prepare(sql)
    statement.setReadBigInts(true)
    return statement.all() as Row[]
  }
  return {
    invoices: rows<Books['invoices'][number] & { late: bigint }>(
      `SELECT id, state, partner, payment_hash AS paymentHash, paid_msat AS paidMsat, is_late AS late
       FROM invoices`,
    ).map(({ late, ...invoice }) => ({ ...invoice, isLate: late === 1n })),
    payouts: rows(
      `SELECT id, state, partner, payment_hash AS paymentHash, amount_msat AS amountMsat,
              fee_msat AS feeMsat FROM payouts`,
    ),
    postings: rows(
      `SELECT postings."transaction", kind, subject, account, amount_msat AS amountMsat
       FROM postings JOIN ledger_transactions AS facts
       ON facts.node = postings.node AND facts.id = postings."transaction"`,
    ),
  }
}
