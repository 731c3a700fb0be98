import type { LiquidityRun, RunAction, RunOption } from '@payment-node/core'
import { drawTable } from '../terminal/draw-table.ts'
import { formatDate } from '../terminal/format-date.ts'
import { exactSat, wholeSat } from '../terminal/format-sat.ts'
import { plain, type Terminal } from '../terminal/terminal.ts'
import { wrap } from '../terminal/wrap.ts'
import type { RunReport } from './report-liquidity.ts'

/** One decision: what it saw, what it took with what followed, and what it rejected. */
export function printRun(terminal: Terminal, { command, decision, says }: RunReport): void {
  const { colors, columns, print } = terminal
  if (decision === null) {
    for (const line of wrap(plain(says ?? ''), columns)) print(colors.yellow(line))
    return
  }
  const isNow = command === 'liquidity recommend'
  print(colors.bold(isNow ? 'What it would do now' : `Decision ${decision.id}`))
  printLines(terminal, [
    ...linesOf(decision),
    ...(isNow ? [] : [['times', timesOf(decision)] as const]),
  ])
  printOptions(terminal, 'Taken', decision.actions)
  for (const { outcome } of decision.actions) print(`    ${plain(outcomeOf(outcome))}`)
  printOptions(terminal, 'Rejected', decision.rejected)
  for (const { provider, reason } of decision.noOffers) {
    print(`  ${plain(provider)} makes no offer: ${plain(reason)}`)
  }
}

/** What a decision saw, line by line. */
export function linesOf(run: LiquidityRun): (readonly [name: string, text: string])[] {
  const { verdict, reason, inboundShare, expectedShare, receivable, sendable } = run
  const soon = expectedShare === inboundShare ? '' : `, ${percent(expectedShare)} soon`
  const what = verdict === reason ? verdict : `${verdict} (${reason})`
  const feerate = run.feerate === null ? 'not asked' : `${run.feerate} sat/vB`
  return [
    ['inbound', `${percent(inboundShare)}${soon}; ${exactSat(receivable)} can be received`],
    ['outbound', `${exactSat(sendable)} can be sent, ${exactSat(run.movable)} may leave`],
    ['missing', exactSat(run.missing)],
    ['decided', `${what}: ${run.says}`],
    ['budget', `${exactSat(run.budgetLeft)} left`],
    ['feerate', feerate],
  ]
}

/** Names and texts, wrapped under each other. */
export function printLines(
  { colors, columns, print }: Terminal,
  lines: readonly (readonly [name: string, text: string])[],
): void {
  for (const [name, text] of lines) {
    const [first = '', ...rest] = wrap(plain(text), columns - 13)
    print(`  ${colors.dim(name.padEnd(9))}  ${first}`)
    for (const more of rest) print(`${' '.repeat(13)}${more}`)
  }
}

/** `24.3 %`; ppm. */
export function percent(ppm: number): string {
  return `${(ppm / 10_000).toFixed(1)} %`
}

function timesOf({ times, decidedAt, lastAt }: LiquidityRun): string {
  const first = `${formatDate(decidedAt)} UTC`
  return times === 1 ? first : `${times} in a row, ${first} to ${formatDate(lastAt)} UTC`
}

function printOptions(
  { colors, print }: Terminal,
  title: string,
  options: readonly RunOption[],
): void {
  if (options.length === 0) return
  print()
  print(colors.bold(`${title} (sat)`))
  const rows = options.map(({ lever, subject, provider, amount, cost, worst, ppm, refusal }) => [
    `  ${lever}`,
    plain(provider ?? subject),
    wholeSat(amount),
    wholeSat(cost),
    wholeSat(worst),
    ppm.toLocaleString('en-US'),
    refusal ?? '',
  ])
  const right = { align: 'right' } as const
  const titles = [
    { title: '  lever' },
    { title: 'whom', width: 14 },
    { title: 'amount', ...right },
    { title: 'cost', ...right },
    { title: 'worst', ...right },
    { title: 'ppm', ...right },
    { title: '' },
  ]
  for (const line of drawTable(titles, rows, colors.dim)) print(line)
}

function outcomeOf(outcome: RunAction['outcome']): string {
  switch (outcome?.did) {
    case 'swap':
      return `Swaps ${outcome.swaps.join(', ')}${outcome.payout ? ` for payout ${outcome.payout}` : ''}`
    case 'payout':
      return `Payout ${outcome.payout}`
    case 'close':
      return `Close of ${outcome.channelPoint}`
    case 'nothing':
      return `Nothing followed (${outcome.reason}): ${outcome.says}`
    default:
      return 'Not tried.'
  }
}
