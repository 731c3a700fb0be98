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
  /** Channels that somebody wanted open, oldest first. */
  readonly intents: readonly {
    readonly id: string
    readonly state: string
    readonly reason: string | null
    readonly source: string
    readonly peer: string
    readonly channelPoint: string | null
    readonly capacityMsat: bigint
    readonly feeMsat: bigint | null
    /** Milliseconds since 1970. */
    readonly createdAt: number
  }[]
  /** What was counted against the budget for opening channels, over all months. */
  readonly budgetUsedMsat: bigint
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
    intents: rows<Omit<Books['intents'][number], 'createdAt'> & { created: bigint }>(
      `SELECT id, state, reason, source, peer, channel_point AS channelPoint,
              capacity_msat AS capacityMsat, fee_msat AS feeMsat, created_at AS created
       FROM channel_intents ORDER BY created_at`,
    ).map(({ created, ...intent }) => ({ ...intent, createdAt: Number(created) })),
    budgetUsedMsat: rows<{ amountMsat: bigint }>(
      `SELECT amount_msat AS amountMsat FROM spending WHERE purpose = 'open-channels'`,
    ).reduce((sum, { amountMsat }) => sum + amountMsat, 0n),
  }
}
