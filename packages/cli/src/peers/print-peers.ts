import { type Column, drawTable } from '../terminal/draw-table.ts'
import { plain, type Terminal } from '../terminal/terminal.ts'
import { wrap } from '../terminal/wrap.ts'
import type { Candidate } from './candidate.ts'
import { describeAge } from './describe-age.ts'
import type { PeersReport } from './prepare-peers.ts'
import { printList } from './print-list.ts'

/** Every candidate with its verdict, what changes in the list, and what to do now. */
export function printPeers(terminal: Terminal, report: PeersReport, now: number): void {
  const { colors, columns, print } = terminal
  const { candidates, ranking, node, blacklist, list } = report
  const from = `${ranking.rows} nodes of ${ranking.from}, checked against the graph of ${plain(node.alias) || node.publicKey} (${node.network}).`
  print(colors.bold('Peers worth a channel'))
  for (const line of wrap(from, columns)) print(line)
  if (!blacklist.wasRead) {
    const says = `The blacklist was not looked at. ${blacklist.says} The keeper leaves it out all the same.`
    for (const line of wrap(plain(says), columns)) print(colors.yellow(line))
  }
  print()
  const ranks = new Map(list.peers.map(({ publicKey, rank }) => [publicKey, rank]))
  const verdictOf = describeVerdicts(report, ranks)
  const titles: Column[] = [
    { title: '#', align: 'right', width: 4 },
    { title: 'node', width: 16 },
    { title: 'score', align: 'right', width: 5 },
    { title: 'chan.', align: 'right', width: 5 },
    { title: 'BTC', align: 'right', width: 5 },
    { title: 'age', align: 'right', width: 5 },
    { title: 'seen', align: 'right', width: 4 },
  ]
  const used = titles.reduce((sum, { width }) => sum + width! + 2, 0)
  const rows = candidates.map((candidate) => {
    const verdict = verdictOf(candidate).slice(0, columns - used)
    return [
      `${ranks.get(candidate.publicKey) ?? ''}`,
      candidate.alias || candidate.publicKey,
      candidate.score === null ? '' : candidate.score.toFixed(1),
      candidate.channels === null ? '' : candidate.channels.toLocaleString('en-US'),
      candidate.capacity === null ? '' : inBitcoin(candidate.capacity.msat),
      candidate.firstSeenAt === null ? '' : describeAge(now - candidate.firstSeenAt),
      candidate.lastUpdateAt ? describeAge(now - candidate.lastUpdateAt) : '',
      colourOf(candidate, ranks, terminal)(verdict),
    ]
  })
  for (const line of drawTable([...titles, { title: 'verdict' }], rows, colors.dim)) print(line)
  print()
  const legend =
    'score: the mean of its places by channels, by capacity and by age among those that can be used; lower is better. chan., BTC: its public channels and their capacity.'
  for (const line of wrap(legend, columns)) print(colors.dim(line))
  print()
  printList(terminal, report)
}

function describeVerdicts(
  { list }: PeersReport,
  ranks: ReadonlyMap<string, number>,
): (candidate: Candidate) => string {
  const byHand = new Set(list.byHand)
  const struckOut = new Set(list.struckOut)
  return ({ publicKey, verdict, reasons, channel }) => {
    const says = reasons.map((reason) => reason.says)
    if (channel !== null) says.push(`channel ${channel}`)
    if (byHand.has(publicKey)) says.unshift('yours')
    else if (struckOut.has(publicKey)) says.unshift('struck out')
    else if (verdict !== 'left-out' && !ranks.has(publicKey)) says.unshift('spare')
    else if (verdict === 'good') says.unshift('good')
    return plain(says.join(', '))
  }
}

function colourOf(
  { publicKey, verdict }: Candidate,
  ranks: ReadonlyMap<string, number>,
  { colors }: Terminal,
): (text: string) => string {
  if (verdict === 'left-out') return colors.red
  if (!ranks.has(publicKey)) return colors.dim
  return verdict === 'good' ? colors.green : colors.yellow
}

/** One decimal below 1,000. */
function inBitcoin(msat: bigint): string {
  const tenths = Number(msat / 10_000_000_000n) / 10
  return tenths < 1000 ? tenths.toFixed(1) : Math.floor(tenths).toString()
}
