import type { Context } from '../context.ts'
import type { Amount } from '../domain/amount.ts'
import { readObject } from '../read-input.ts'
import { type JournalEntry, type JournalLine, readJournal } from './journal.ts'
import type { LedgerRange } from './read-range.ts'
import { type CsvCell, writeCsv } from './write-csv.ts'

const titles = [
  'time (UTC)',
  'transaction',
  'kind',
  'about',
  'account',
  'debit (sat)',
  'credit (sat)',
  'note',
]

/**
 * The journal as one CSV text for accounting tools, a row per line; safe to open in a spreadsheet. All of
 * it is held in memory: for a very long range use the pages. Throws `input.invalid`.
 */
export async function journalCsv(context: Context, range: LedgerRange = {}): Promise<string> {
  readObject(range, 'range', ['from', 'to'])
  const parts = [writeCsv([titles])]
  let cursor: string | undefined
  do {
    const page = await readJournal(context, { ...range, limit: 1000, ...(cursor && { cursor }) })
    parts.push(
      writeCsv(page.items.flatMap((entry) => entry.lines.map((line) => rowOf(entry, line)))),
    )
    cursor = page.cursor
  } while (cursor)
  return parts.join('')
}

function rowOf(
  { bookedAt, transaction, kind, subject, note }: JournalEntry,
  { account, debit, credit }: JournalLine,
): CsvCell[] {
  return [bookedAt, transaction, kind, subject, account, some(debit), some(credit), note]
}

/** The side that has nothing stays empty. */
function some(amount: Amount): CsvCell {
  return amount.msat === 0n ? null : amount
}
