import { drawTable } from '../terminal/draw-table.ts'
import { formatDate } from '../terminal/format-date.ts'
import { plain, type Terminal } from '../terminal/terminal.ts'
import { wrap } from '../terminal/wrap.ts'
import { amountInTable } from './amount-in-table.ts'
import type { JournalReport } from './report-ledger.ts'

/** A line per side of each fact. */
export function printJournal(terminal: Terminal, { entries, says }: JournalReport): void {
  const { colors, columns, print } = terminal
  if (entries === null) {
    for (const line of wrap(plain(says ?? ''), columns)) print(colors.yellow(line))
    return
  }
  print(colors.bold(entries.length === 0 ? 'Nothing was booked' : 'Journal (UTC, sat)'))
  if (entries.length === 0) return
  const rows = entries.flatMap(({ bookedAt, kind, lines }) =>
    lines.map(({ account, debit, credit }, index) => [
      index === 0 ? `  ${formatDate(bookedAt)}` : '',
      index === 0 ? kind : '',
      plain(account),
      debit.msat === 0n ? '' : amountInTable(debit),
      credit.msat === 0n ? '' : amountInTable(credit),
    ]),
  )
  const titles = [
    { title: '  when', width: 18 },
    { title: 'what', width: 17 },
    // As wide as they need be: neither an account nor an amount is cut.
    { title: 'account' },
    { title: 'debit', align: 'right' },
    { title: 'credit', align: 'right' },
  ] as const
  for (const line of drawTable(titles, rows, colors.dim)) print(line)
}
