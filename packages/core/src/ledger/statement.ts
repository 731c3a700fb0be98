import { type Context, identityOf } from '../context.ts'
import { Amount } from '../domain/amount.ts'
import type { TransactionKind } from '../domain/ledger.ts'
import { type Page, type PageInput, readLimit } from '../pages.ts'
import { findPartner } from '../partners/get-partner.ts'
import type { Storage } from '../ports/storage.ts'
import { readId, readObject } from '../read-input.ts'
import { balances, statementEntries } from '../tables/ledger.ts'
import type { RowOf } from '../tables/table.ts'
import { type LedgerRange, readRange } from './read-range.ts'
import { readStatementCursor, writeStatementCursor } from './statement-cursor.ts'

/** Which part of a partner's statement. */
export interface StatementInput extends LedgerRange, PageInput {}

/**
 * One fact on a partner's statement: a receipt, a payout or refund with its real fee, a correction, an
 * opening balance. Reservations, their release and money that becomes available change nothing here.
 */
export interface StatementLine {
  /** Milliseconds since 1970. */
  readonly bookedAt: number
  /** Its id in the journal. */
  readonly transaction: string
  readonly kind: TransactionKind
  /** What it is about: `invoice/<id>`, `payout/<id>`, `partner/<id>`. */
  readonly subject: string
  /** What a payer paid, or a payee got (negative), before fees. */
  readonly gross: Amount
  /** What the operator, routing nodes and miners got of it. */
  readonly fee: Amount
  /** `gross` less `fee`: what the partner is owed more, or less. */
  readonly amount: Amount
  /** What the partner is owed afterwards: available, pending and reserved, less its debt. */
  readonly balance: Amount
  /** The reason of a booking by hand. */
  readonly note: string | null
}

/** A page of a statement, oldest first; each carries its own balances. */
export interface Statement extends Page<StatementLine> {
  readonly partner: string
  /** What the partner was owed before the first line of this page: brought forward, also from older books. */
  readonly opening: Amount
  /** What it was owed after the last line of this page; on the last page, at the end of the range. */
  readonly closing: Amount
}

type Read = Pick<Storage, 'get' | 'find'>
type EntryRow = RowOf<typeof statementEntries>

const page = 1000

/**
 * What a partner was owed and why, oldest first. The first page counts back from today's balance to where it
 * begins, so that entries before these statements are in the balance brought forward; the next ones go on
 * from the cursor. Throws `input.invalid`, `partner.not-found`.
 */
export async function readStatement(
  context: Context,
  partner: string,
  input: StatementInput = {},
): Promise<Statement> {
  const id = readId(partner, 'partner')
  readObject(input, 'statement', ['from', 'to', 'cursor', 'limit'])
  const limit = readLimit(input.limit)
  const range = readRange(input)
  const place = readStatementCursor(input.cursor)
  const { publicKey } = identityOf(context)
  await findPartner(context, id)
  return context.storage.snapshot(async (read) => {
    const equals = [publicKey, id]
    const rows = await read.find(statementEntries, {
      index: 'key',
      equals,
      // Entries of the last millisecond before `to` are in it; a transaction's id is never empty.
      upTo: range.to - 1,
      after: place?.after ?? [range.from, ''],
      limit,
    })
    const opening = place?.balanceMsat ?? (await balanceBefore(read, publicKey, id, range.from))
    return pageOf(id, rows, opening, limit)
  })
}

function pageOf(
  partner: string,
  rows: readonly EntryRow[],
  openingMsat: bigint,
  limit: number,
): Statement {
  let balanceMsat = openingMsat
  const items = rows.map((row) => {
    balanceMsat += row.amount_msat
    return lineOf(row, balanceMsat)
  })
  const last = rows.at(-1)
  return {
    partner,
    opening: new Amount(openingMsat),
    closing: new Amount(balanceMsat),
    items,
    cursor:
      last && rows.length === limit
        ? writeStatementCursor([last.occurred_at, last.transaction], balanceMsat)
        : undefined,
  }
}

function lineOf(row: EntryRow, balanceMsat: bigint): StatementLine {
  return {
    bookedAt: row.occurred_at,
    transaction: row.transaction,
    kind: row.kind as TransactionKind,
    subject: row.subject,
    gross: new Amount(row.gross_msat),
    fee: new Amount(row.gross_msat - row.amount_msat),
    amount: new Amount(row.amount_msat),
    balance: new Amount(balanceMsat),
    note: row.note,
  }
}

/** Today's balance, less everything since then. */
async function balanceBefore(
  read: Read,
  node: string,
  partner: string,
  from: number,
): Promise<bigint> {
  let balance = 0n
  for (const kind of ['partner', 'pending', 'reserved', 'debt']) {
    balance += (await read.get(balances, [node, `${kind}/${partner}`]))?.amount_msat ?? 0n
  }
  let after: (string | number)[] = [from, '']
  for (;;) {
    const query = { index: 'key', equals: [node, partner], after, limit: page }
    const rows = await read.find(statementEntries, query)
    for (const row of rows) balance -= row.amount_msat
    if (rows.length < page) return balance
    after = [rows.at(-1)!.occurred_at, rows.at(-1)!.transaction]
  }
}
