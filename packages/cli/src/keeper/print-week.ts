import type { KeeperReport as Week } from '@payment-node/core'
import { drawTable } from '../terminal/draw-table.ts'
import { formatDate } from '../terminal/format-date.ts'
import { exactSat, wholeSat } from '../terminal/format-sat.ts'
import { shortKey } from '../terminal/short-key.ts'
import { plain, type Terminal } from '../terminal/terminal.ts'
import { wrap } from '../terminal/wrap.ts'
import type { WeekReport } from './report-week.ts'

/** What the keeper opened, or would have opened, with its cost; and where the time went. */
export function printWeek(terminal: Terminal, { week, says }: WeekReport): void {
  const { colors, columns, print } = terminal
  if (week === null) {
    for (const line of wrap(plain(says ?? ''), columns)) print(colors.yellow(line))
    return
  }
  const { openings, failed, capacity, cost, since, until } = week
  print(colors.bold(`Channel keeper, ${formatDate(since)} to ${formatDate(until)} UTC`))
  const isDone = openings.every(({ opening }) => opening !== null)
  const verb = isDone ? 'It opened' : 'It would have opened'
  const number = `${openings.length} ${openings.length === 1 ? 'channel' : 'channels'}`
  const sum =
    openings.length === 0
      ? failed === 0
        ? 'It had nothing to open.'
        : 'It opened nothing.'
      : `${verb} ${number} of together ${exactSat(capacity)}, for at most ${exactSat(cost)} of on-chain fees.`
  const failures = failed === 0 ? '' : ` ${failed} ${failed === 1 ? 'opening' : 'openings'} failed.`
  for (const line of wrap(sum + failures, columns)) print(line)
  printOpenings(terminal, openings)
  printTimes(terminal, week)
}

function printOpenings({ colors, print }: Terminal, openings: Week['openings']): void {
  if (openings.length === 0) return
  print()
  const rows = openings.map((one) => [
    `  ${formatDate(one.decidedAt)}`,
    shortKey(one.peer),
    one.mode,
    wholeSat(one.capacity),
    wholeSat(one.cost),
  ])
  const titles = [
    { title: '  decided', width: 18 },
    { title: 'peer', width: 21 },
    { title: 'mode', width: 9 },
    { title: 'sat', align: 'right', width: 11 },
    { title: 'cost', align: 'right', width: 9 },
  ] as const
  for (const line of drawTable(titles, rows, colors.dim)) print(line)
}

function printTimes({ colors, print }: Terminal, { times, since, until }: Week): void {
  if (times.length === 0) return
  print()
  const rows = times.map(({ verdict, reason, milliseconds }) => [
    `  ${verdict}`,
    reason === verdict ? '' : reason,
    `${((100 * milliseconds) / Math.max(1, until - since)).toFixed(1)} %`,
  ])
  const titles = [
    { title: '  verdict', width: 9 },
    { title: 'reason', width: 24 },
    { title: 'time', align: 'right', width: 8 },
  ] as const
  for (const line of drawTable(titles, rows, colors.dim)) print(line)
}
