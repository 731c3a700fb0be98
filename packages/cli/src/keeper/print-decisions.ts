import type { KeeperDecision } from '@payment-node/core'
import { drawTable } from '../terminal/draw-table.ts'
import { formatDate } from '../terminal/format-date.ts'
import { wholeSat } from '../terminal/format-sat.ts'
import { shortKey } from '../terminal/short-key.ts'
import { plain, type Terminal } from '../terminal/terminal.ts'
import { wrap } from '../terminal/wrap.ts'
import type { DecisionsReport } from './report-keeper.ts'

/** One line per decision, newest first, and below it why. */
export function printDecisions(
  { colors, columns, print }: Terminal,
  { decisions, says }: DecisionsReport,
): void {
  if (decisions === null) {
    for (const line of wrap(plain(says ?? ''), columns)) print(colors.yellow(line))
    return
  }
  print(colors.bold(decisions.length === 0 ? 'Nothing was decided yet' : 'Decisions (UTC)'))
  if (decisions.length === 0) return
  const rows = decisions.map((decision) => [
    `  ${formatDate(decision.decidedAt)}`,
    decision.mode,
    decision.verdict,
    decision.reason,
    decision.capacity.msat === 0n ? '' : wholeSat(decision.capacity),
  ])
  const titles = [
    { title: '  when', width: 18 },
    { title: 'mode', width: 9 },
    { title: 'verdict', width: 7 },
    { title: 'reason', width: 22 },
    { title: 'sat', align: 'right', width: 10 },
  ] as const
  const [heading = '', ...lines] = drawTable(titles, rows, colors.dim)
  print(heading)
  for (const [index, row] of lines.entries()) {
    print(row)
    for (const line of wrap(plain(why(decisions[index]!)), columns - 4)) print(`    ${line}`)
  }
}

function why({ details, peer, cost, opening }: KeeperDecision): string {
  const { says } = details as { says?: unknown }
  const parts = [typeof says === 'string' ? says : '']
  if (peer !== null) parts.push(`Peer ${shortKey(peer)}.`)
  if (cost.msat > 0n) parts.push(`At most ${wholeSat(cost)} sat for the funding transaction.`)
  if (opening !== null) parts.push(`Opening ${opening}.`)
  return parts.filter(Boolean).join(' ')
}
