import { drawTable } from '../terminal/draw-table.ts'
import { formatDate } from '../terminal/format-date.ts'
import { exactSat } from '../terminal/format-sat.ts'
import { plain, type Terminal } from '../terminal/terminal.ts'
import { wrap } from '../terminal/wrap.ts'
import { amountInTable } from './amount-in-table.ts'
import type { StatementReport } from './report-ledger.ts'

/** The balance brought forward, a line per fact, and the closing balance. */
export function printStatement(terminal: Terminal, { statement, says }: StatementReport): void {
  const { colors, columns, print } = terminal
  if (statement === null) {
    for (const line of wrap(plain(says ?? ''), columns)) print(colors.yellow(line))
    return
  }
  const { partner, opening, closing, items } = statement
  print(colors.bold(`Statement of ${plain(partner)} (UTC, sat)`))
  print(`  brought forward  ${exactSat(opening)}`)
  if (items.length > 0) {
    print()
    const rows = items.map(({ bookedAt, kind, fee, amount, balance }) => [
      `  ${formatDate(bookedAt)}`,
      kind,
      ...[fee, amount, balance].map(amountInTable),
    ])
    const titles = [
      { title: '  when', width: 18 },
      { title: 'what', width: 17 },
      // As wide as they need be: an amount is never cut.
      { title: 'fee', align: 'right' },
      { title: 'amount', align: 'right' },
      { title: 'balance', align: 'right' },
    ] as const
    const [heading = '', ...lines] = drawTable(titles, rows, colors.dim)
    print(heading)
    for (const [index, line] of lines.entries()) {
      print(line)
      const { note } = items[index]!
      if (note !== null)
        for (const more of wrap(plain(note), columns - 4)) print(`    ${colors.dim(more)}`)
    }
    print()
  }
  print(`  closing balance  ${exactSat(closing)}`)
}
