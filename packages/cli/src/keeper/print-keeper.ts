import type { ListedPeerStatus } from '@payment-node/core'
import { describeMark } from '../peers/describe-mark.ts'
import { type Column, drawTable } from '../terminal/draw-table.ts'
import { exactSat, wholeSat } from '../terminal/format-sat.ts'
import { plain, type Terminal } from '../terminal/terminal.ts'
import { wrap } from '../terminal/wrap.ts'
import { describeKeeper } from './describe-keeper.ts'
import type { KeeperReport } from './report-keeper.ts'

/** How the keeper stands, and every peer of its list. */
export function printKeeper(terminal: Terminal, { keeper, says }: KeeperReport): void {
  const { colors, columns, print } = terminal
  const { green, yellow, red } = colors
  print(colors.bold('Channel keeper'))
  if (keeper === null) {
    for (const line of wrap(plain(says ?? ''), columns)) print(yellow(line))
    return
  }
  const paint = { good: green, doubtful: yellow, bad: red, plain: (text: string) => text }
  const lines = [...describeKeeper(keeper)]
  if (!('code' in keeper) && keeper.bootstrap.channels > 0 && keeper.list.size > 0) {
    const { channels, needed } = keeper.bootstrap
    const what = channels === 1 ? 'the missing channel needs' : `${channels} missing channels need`
    lines.push({ name: 'coins', says: `${what} about ${exactSat(needed)} on chain`, tone: 'plain' })
  }
  for (const { name, says: text, tone } of lines) {
    const [first = '', ...rest] = wrap(plain(text), columns - 12)
    print(`  ${colors.dim(name.padEnd(8))}  ${paint[tone](first)}`)
    for (const more of rest) print(`${' '.repeat(12)}${paint[tone](more)}`)
  }
  if (!('code' in keeper)) printPeersOf(terminal, keeper.list)
}

function printPeersOf(
  { colors, columns, print }: Terminal,
  { size, peers }: { readonly size: number; readonly peers: readonly ListedPeerStatus[] },
): void {
  if (size === 0) return
  print()
  print(colors.bold(size > peers.length ? `List, the first ${peers.length} of ${size}` : 'List'))
  const titles: Column[] = [
    { title: '#', align: 'right', width: 4 },
    { title: 'node', width: 16 },
    { title: 'channel', width: 8 },
    { title: 'sat', align: 'right', width: 10 },
  ]
  const used = titles.reduce((sum, { width }) => sum + width! + 2, 0)
  const rows = peers.map(({ rank, alias, publicKey, channel, capacity, mark }) => [
    `${rank}`,
    plain(alias ?? '') || publicKey,
    channel === 'none' ? '' : channel,
    wholeSat(capacity),
    mark ? describeMark(mark) : '',
  ])
  const columnsOf = [...titles, { title: 'mark', width: columns - used }]
  for (const line of drawTable(columnsOf, rows, colors.dim)) print(line)
}
