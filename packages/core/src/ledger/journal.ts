import { type Context, identityOf } from '../context.ts'
import { Amount } from '../domain/amount.ts'
import type { Account, TransactionKind } from '../domain/ledger.ts'
import { type Page, type PageInput, readCursor, readLimit, writeCursor } from '../pages.ts'
import { readObject } from '../read-input.ts'
import { ledgerTransactions, postings } from '../tables/ledger.ts'
import { type LedgerRange, readRange } from './read-range.ts'

/** Which part of the journal. */
export interface JournalInput extends LedgerRange, PageInput {}

/** One fact in the books. The credits of its lines are as much as the debits. */
export interface JournalEntry {
  /** Milliseconds since 1970. */
  readonly bookedAt: number
  /** Names the fact: it is booked once. */
  readonly transaction: string
  readonly kind: TransactionKind
  readonly subject: string
  /** The reason of a booking by hand. */
  readonly note: string | null
  readonly lines: readonly JournalLine[]
}

/**
 * One side of a fact. Partners' accounts are what is owed, `operator` is equity, and the accounts of the
 * `world` stand for the node's money: what came in is a debit, what went out a credit.
 */
export interface JournalLine {
  readonly account: Account
  /** One of both is zero. */
  readonly debit: Amount
  readonly credit: Amount
}

/** Every booking with all of its lines, oldest first, page by page; `limit` counts facts. Throws `input.invalid`. */
export async function readJournal(
  context: Context,
  input: JournalInput = {},
): Promise<Page<JournalEntry>> {
  readObject(input, 'journal', ['from', 'to', 'cursor', 'limit'])
  const limit = readLimit(input.limit)
  const { from, to } = readRange(input)
  const after = readCursor(input.cursor) ?? [from, '']
  const { publicKey } = identityOf(context)
  return context.storage.snapshot(async (read) => {
    const rows = await read.find(ledgerTransactions, {
      index: 'occurred',
      equals: [publicKey],
      upTo: to - 1,
      after,
      limit,
    })
    const items = await Promise.all(
      rows.map(async (row): Promise<JournalEntry> => {
        const equals = [publicKey, row.id]
        const legs = await read.find(postings, { index: 'key', equals, limit: 1000 })
        return {
          bookedAt: row.occurred_at,
          transaction: row.id,
          kind: row.kind as TransactionKind,
          subject: row.subject,
          note: row.note,
          lines: legs.map(({ account, amount_msat }) => lineOf(account as Account, amount_msat)),
        }
      }),
    )
    const last = rows.at(-1)
    return {
      items,
      cursor: last && rows.length === limit ? writeCursor([last.occurred_at, last.id]) : undefined,
    }
  })
}

function lineOf(account: Account, amountMsat: bigint): JournalLine {
  return {
    account,
    debit: new Amount(amountMsat < 0n ? -amountMsat : 0n),
    credit: new Amount(amountMsat > 0n ? amountMsat : 0n),
  }
}
