import { drawTable } from '../terminal/draw-table.ts'
import { formatDate } from '../terminal/format-date.ts'
import { plain, type Terminal } from '../terminal/terminal.ts'
import { wrap } from '../terminal/wrap.ts'
import { linesOf, percent, printLines } from './print-run.ts'
import type { LiquidityReport, RunsReport } from './report-liquidity.ts'

/** How the autopilot stands, in a few lines. */
export function printLiquidity(terminal: Terminal, { liquidity, says }: LiquidityReport): void {
  const { colors, columns, print } = terminal
  print(colors.bold('Keeping the node able to receive'))
  if (liquidity === null) {
    for (const line of wrap(plain(says ?? ''), columns)) print(colors.yellow(line))
    return
  }
  const { mode, isPaused, pausedReason, isRecovering, blockedReason, last } = liquidity
  const paused = isPaused ? `, paused: ${pausedReason}` : ''
  printLines(terminal, [
    ['autopilot', `${mode}${paused}`],
    ...(blockedReason === null ? [] : [['blocked', blockedReason] as const]),
    ...(isRecovering ? [['low', 'inbound was too low and is not restored yet'] as const] : []),
    ...(last === null
      ? [['decided', 'nothing yet'] as const]
      : [...linesOf(last), ['since', `${formatDate(last.decidedAt)} UTC, ${last.id}`] as const]),
  ])
}

/** One line per decision, newest first, and below it why and its id. */
export function printRuns(
  { colors, columns, print }: Terminal,
  { decisions, says }: RunsReport,
): void {
  if (decisions === null) {
    for (const line of wrap(plain(says ?? ''), columns)) print(colors.yellow(line))
    return
  }
  print(colors.bold(decisions.length === 0 ? 'Nothing was decided yet' : 'Decisions (UTC)'))
  if (decisions.length === 0) return
  const rows = decisions.map((run) => [
    `  ${formatDate(run.decidedAt)}`,
    run.mode,
    percent(run.inboundShare),
    run.verdict,
    run.reason,
    run.times === 1 ? '' : `${run.times} times`,
  ])
  const titles = [
    { title: '  when', width: 18 },
    { title: 'mode', width: 9 },
    { title: 'inbound', align: 'right', width: 7 },
    { title: 'verdict', width: 7 },
    { title: 'reason', width: 22 },
    { title: '', width: 9 },
  ] as const
  const [heading = '', ...lines] = drawTable(titles, rows, colors.dim)
  print(heading)
  for (const [index, row] of lines.entries()) {
    const { id, says: why } = decisions[index]!
    print(row)
    for (const line of wrap(plain(why), columns - 4)) print(`    ${line}`)
    print(`    ${colors.dim(id)}`)
  }
}
