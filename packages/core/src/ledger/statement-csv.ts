import type { Context } from '../context.ts'
import { readObject } from '../read-input.ts'
import type { LedgerRange } from './read-range.ts'
import { readStatement, type Statement, type StatementLine } from './statement.ts'
import { type CsvCell, writeCsv } from './write-csv.ts'

const titles = [
  'time (UTC)',
  'kind',
  'about',
  'gross (sat)',
  'fee (sat)',
  'amount (sat)',
  'balance (sat)',
  'note',
  'transaction',
]

/**
 * A partner's statement as one CSV text with the balance brought forward and the closing balance; safe to
 * open in a spreadsheet. All of it is held in memory: for a very long range use the pages.
 * Throws `input.invalid`, `partner.not-found`.
 */
export async function statementCsv(
  context: Context,
  partner: string,
  range: LedgerRange = {},
): Promise<string> {
  readObject(range, 'range', ['from', 'to'])
  const lines: StatementLine[] = []
  let first: Statement | undefined
  let last: Statement | undefined
  do {
    last = await readStatement(context, partner, {
      ...range,
      limit: 1000,
      ...(last?.cursor && { cursor: last.cursor }),
    })
    first ??= last
    lines.push(...last.items)
  } while (last.cursor)
  const frame = (name: string, balance: CsvCell): CsvCell[] => [
    ...['', name, '', '', '', ''],
    balance,
    '',
    '',
  ]
  return writeCsv([
    titles,
    frame('opening-balance', first.opening),
    ...lines.map((line) => [
      line.bookedAt,
      line.kind,
      line.subject,
      line.gross,
      line.fee,
      line.amount,
      line.balance,
      line.note,
      line.transaction,
    ]),
    frame('closing-balance', last.closing),
  ])
}
