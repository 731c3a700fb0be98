import { plain, type Terminal } from '../terminal/terminal.ts'
import { wrap } from '../terminal/wrap.ts'
import type { Check } from './check.ts'
import type { DoctorReport } from './doctor.ts'

const headings = { configuration: 'Configuration', node: 'Lightning node', books: 'Books' } as const

/** Result, name, what was found; below it how to mend what is not ok. */
export function printReport(
  terminal: Terminal,
  { configuration, checks, counts }: DoctorReport,
): void {
  const { colors } = terminal
  const nameWidth = Math.max(...checks.map(({ check }) => check.length))
  for (const [subject, heading] of Object.entries(headings)) {
    const lines = checks.filter(({ about }) => about === subject)
    if (lines.length === 0) continue
    const file = subject === 'configuration' && configuration !== null ? `  ${configuration}` : ''
    terminal.print(`${colors.bold(heading)}${colors.dim(file)}`)
    for (const line of lines) printCheck(terminal, line, nameWidth)
    terminal.print()
  }
  const { red, yellow, green } = colors
  terminal.print(
    [
      counts.failed > 0 ? red(`${counts.failed} failed`) : undefined,
      counts.warning > 0 ? yellow(`${counts.warning} to look at`) : undefined,
      green(`${counts.ok} ok`),
    ]
      .filter((part) => part !== undefined)
      .join(', '),
  )
}

function printCheck(
  { columns, colors, print }: Terminal,
  { check, result, says, advice }: Check,
  nameWidth: number,
): void {
  const colour = { ok: colors.green, warning: colors.yellow, failed: colors.red }[result]
  const indent = 2 + 'warning'.length + 2 + nameWidth + 2
  const width = columns - indent
  const [first = '', ...rest] = wrap(plain(says), width)
  print(`  ${colour(result.padEnd(7))}  ${check.padEnd(nameWidth)}  ${first}`)
  for (const line of rest) print(`${' '.repeat(indent)}${line}`)
  if (advice === undefined) return
  for (const [index, line] of wrap(plain(advice), width - 2).entries()) {
    print(`${' '.repeat(indent)}${colors.cyan(`${index === 0 ? '→' : ' '} ${line}`)}`)
  }
}
