import { drawTable } from '../terminal/draw-table.ts'
import { plain, type Terminal } from '../terminal/terminal.ts'
import { wrap } from '../terminal/wrap.ts'
import type { ListChange } from './compare-lists.ts'
import type { PeersReport } from './prepare-peers.ts'

/** What changes in the list, whose entries stay as they are, and what to do now. */
export function printList(terminal: Terminal, report: PeersReport): void {
  const { colors, columns, print } = terminal
  const { list } = report
  const say = (text: string, colour = (line: string) => line): void => {
    for (const line of wrap(text, columns)) print(colour(line))
  }
  if (list.result === 'not-written') {
    say(`None of them can be used; ${list.file} was not written.`, colors.red)
    return
  }
  if (list.result === 'created') {
    say(`${count(list.peers.length, 'peer')} written to ${list.file}.`, colors.bold)
  } else {
    printChanges(terminal, list.changes)
    printEdits(say, report)
    const says = {
      unchanged: `${list.file} is as it should be.`,
      written: `Written to ${list.file}.`,
      kept: `${list.file} was left as it is. To write these changes: payment-node peers --write`,
    }[list.result]
    say(says, colors.bold)
  }
  if (!list.isApproved) {
    say(
      'Nobody has approved it yet, so it is not used: read it, strike out what you do not want, then set "approved" to true in it.',
      colors.cyan,
    )
  }
  if (!list.isConfigured) {
    say(
      `No source of the configuration reads it: channelSources: [peerList('${list.file}')]`,
      colors.cyan,
    )
  }
}

function printChanges({ colors, print, columns }: Terminal, changes: readonly ListChange[]): void {
  if (changes.length === 0) return
  print(colors.bold('What changes'))
  const rows = changes.map(({ kind, alias, publicKey, before, after, says }) => [
    `  ${kind}`,
    plain(alias) || publicKey,
    plain(
      [[before, after].filter((one) => one !== null).join(' → '), says].filter(Boolean).join(': '),
    ),
  ])
  const titles = [
    { title: '  what', width: 10 },
    { title: 'node', width: 16 },
    { title: 'change', width: columns - 30 },
  ]
  for (const line of drawTable(titles, rows, colors.dim)) print(line)
  print()
}

function printEdits(say: (text: string) => void, { list, candidates }: PeersReport): void {
  const names = (keys: readonly string[]): string =>
    keys
      .map(
        (key) => candidates.find(({ publicKey }) => publicKey === key)?.alias || key.slice(0, 12),
      )
      .join(', ')
  if (list.byHand.length > 0) {
    say(`Added or edited by hand, and left as they are: ${plain(names(list.byHand))}.`)
  }
  if (list.struckOut.length > 0) {
    say(`Struck out by hand, and not added again: ${plain(names(list.struckOut))}.`)
  }
  if (list.byHand.length + list.struckOut.length > 0) {
    say('To take these edits back: payment-node peers --write --forget-edits')
  }
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`
}
