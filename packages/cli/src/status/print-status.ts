import type { Difference } from '@payment-node/core'
import { describeKeeper } from '../keeper/describe-keeper.ts'
import { drawTable } from '../terminal/draw-table.ts'
import { formatDate } from '../terminal/format-date.ts'
import { exactSat, wholeSat } from '../terminal/format-sat.ts'
import { shortKey } from '../terminal/short-key.ts'
import { plain, type Terminal } from '../terminal/terminal.ts'
import { wrap } from '../terminal/wrap.ts'
import { balanceBar } from './balance-bar.ts'
import type { ChannelLine } from './read-channels.ts'
import type { StatusReport } from './read-status.ts'
import type { BooksReport, PayoutLine } from './report-books.ts'

/** Payouts and differences shown; `--json` has them all. */
const mostPayouts = 20
const mostDifferences = 20

/** The node, what it can receive and send, what is owed, and each channel and payout under way. */
export function printStatus(terminal: Terminal, status: StatusReport): void {
  const { colors, print } = terminal
  const { node, liquidity, channels, books } = status
  const line = (name: string, text: string, colour = (plainText: string) => plainText): void => {
    const [first = '', ...rest] = wrap(plain(text), terminal.columns - 14)
    print(`  ${colors.dim(name.padEnd(10))}  ${colour(first)}`)
    for (const more of rest) print(`${' '.repeat(14)}${colour(more)}`)
  }

  print(colors.bold(plain(node?.alias || 'Lightning node')))
  if (node) {
    line('node', node.publicKey)
    line('version', `${node.version}, ${node.network}`)
  }
  const height = node ? `, at block ${node.blockHeight.toLocaleString('en-US')}` : ''
  line('state', `${status.state}${height}`, status.state === 'ready' ? colors.green : colors.red)
  if (status.says !== null) line('', status.says)
  if (status.advice !== null) line('', `→ ${status.advice}`, colors.cyan)
  if (liquidity) {
    line('receivable', exactSat(liquidity.receivable))
    line('sendable', exactSat(liquidity.sendable))
  }
  if (books.state === 'open') {
    printBooks(line, colors, books)
    if (node && node.publicKey !== books.node.publicKey) {
      line('', `The books belong to another node, ${shortKey(books.node.publicKey)}.`, colors.red)
    }
  } else {
    line('books', `not read. ${books.says}`, colors.yellow)
  }
  if (channels) printChannels(terminal, channels)
  if (books.state === 'open') {
    printPayouts(terminal, books.payouts)
    printDifferences(terminal, books.differences)
  }
}

function printBooks(
  line: (name: string, text: string, colour?: (text: string) => string) => void,
  { red, yellow, green }: Terminal['colors'],
  { owed, partners, payouts, safety, keeper }: Extract<BooksReport, { state: 'open' }>,
): void {
  line('owed', `${exactSat(owed)} to ${partners} ${partners === 1 ? 'partner' : 'partners'}`)
  line('payouts', payouts.length === 0 ? 'all have ended' : `${payouts.length} not ended yet`)
  const halted = `halted since ${formatDate(safety.changedAt)} UTC: ${safety.reason}`
  line('outgoing', safety.isHalted ? halted : 'not halted', safety.isHalted ? red : green)
  for (const { name, says, tone } of describeKeeper(keeper)) {
    line(name, says, { good: green, doubtful: yellow, bad: red, plain: undefined }[tone])
  }
}

function printChannels({ colors, print }: Terminal, channels: readonly ChannelLine[]): void {
  print()
  print(colors.bold(channels.length === 0 ? 'No channels' : 'Channels'))
  if (channels.length === 0) return
  const rows = channels.map((channel) => [
    `  ${plain(channel.peerAlias ?? '') || channel.peer}`,
    channel.state,
    wholeSat(channel.capacity),
    wholeSat(channel.sendable),
    bar(channel),
    wholeSat(channel.receivable),
  ])
  const columns = [
    { title: '  peer', width: 16 },
    { title: 'state', width: 8 },
    { title: 'capacity', align: 'right' },
    { title: 'sendable', align: 'right' },
    { title: '' },
    { title: 'receivable', align: 'right' },
  ] as const
  for (const row of drawTable(columns, rows, colors.dim)) print(row)
}

function bar({ capacity, sendable, receivable }: ChannelLine): string {
  return balanceBar(
    { capacityMsat: capacity.msat, sendableMsat: sendable.msat, receivableMsat: receivable.msat },
    10,
  )
}

function printPayouts({ colors, print }: Terminal, payouts: readonly PayoutLine[]): void {
  if (payouts.length === 0) return
  print()
  print(colors.bold('Payouts that have not ended'))
  const rows = payouts
    .slice(0, mostPayouts)
    .map((payout) => [
      `  ${payout.id}`,
      plain(payout.partner),
      wholeSat(payout.amount),
      payout.attempt === 'unknown' ? 'unknown' : (payout.reason ?? payout.state),
      formatDate(payout.createdAt).slice(0, 10),
    ])
  const columns = [
    { title: '  payout' },
    { title: 'partner', width: 12 },
    { title: 'sat', align: 'right' },
    { title: 'state', width: 9 },
    { title: 'since' },
  ] as const
  for (const row of drawTable(columns, rows, colors.dim)) print(row)
  if (payouts.length > mostPayouts) print(`  and ${payouts.length - mostPayouts} more (--json)`)
}

function printDifferences({ colors, print }: Terminal, differences: readonly Difference[]): void {
  if (differences.length === 0) return
  print()
  print(colors.bold('What LND and the books tell differently'))
  const rows = differences
    .slice(0, mostDifferences)
    .map(({ kind, paymentHash, channelPoint, amount, occurredAt }) => [
      `  ${kind}`,
      shortKey(paymentHash ?? channelPoint ?? ''),
      amount ? wholeSat(amount) : '',
      formatDate(occurredAt),
    ])
  const columns = [
    { title: '  what' },
    { title: 'which' },
    { title: 'sat', align: 'right' },
    { title: 'when (UTC)' },
  ] as const
  for (const row of drawTable(columns, rows, colors.dim)) print(row)
  const rest = differences.length - mostDifferences
  if (rest > 0) print(`  and ${rest} more (--json)`)
}
