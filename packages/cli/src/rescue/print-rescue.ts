import type { SwapExplanation } from '@payment-node/core'
import { exactSat } from '../terminal/format-sat.ts'
import { plain, type Terminal } from '../terminal/terminal.ts'
import { wrap } from '../terminal/wrap.ts'
import type { BooksRescue, LostRescue } from './report-rescue.ts'

/** What has not ended and what each waits for, and who carries it on. */
export function printBooks(terminal: Terminal, { swaps, says }: BooksRescue): void {
  const { colors, columns, print } = terminal
  if (swaps === null) {
    printWrapped(terminal, `${says ?? ''} If the books are lost: rescue --without-books.`, '')
    return
  }
  print(colors.bold(swaps.length === 0 ? 'No swap is under way' : 'Swaps under way'))
  for (const story of swaps) printStory(terminal, story)
  if (swaps.length === 0) return
  print()
  const advice =
    'The running host carries them on, and needs no provider: without its help a lockup is claimed by script. Start the host, keep LND synced, and keep keys.swaps.'
  for (const line of wrap(advice, columns)) print(line)
}

function printStory(terminal: Terminal, { swap, says, claims }: SwapExplanation): void {
  terminal.print(`  ${swap.id}`)
  const timeout = swap.timeoutHeight === null ? '' : `, timeout at block ${swap.timeoutHeight}`
  printWrapped(terminal, `${exactSat(swap.amount)}, ${swap.state}${timeout}`, '    ')
  printWrapped(terminal, says, '    ')
  const last = claims.at(-1)
  if (last) printWrapped(terminal, `Claim ${last.transactionId}`, '    ')
}

/** An empty answer is no proof that there was nothing. */
const whyNone =
  'That is right when none was made with this url, swap key and LND. Else the operator has lost its books or answers for nobody, or more than 150 swaps in a row were refused before the first that it has. Ask at the url that each swap was made with.'

/** What the provider told of, what was claimed, and what to do for the rest. */
export function printLost(terminal: Terminal, { provider, booksUnread, lost }: LostRescue): void {
  const { colors, print } = terminal
  const title = lost.length === 0 ? 'knows no swap of this key' : `knows ${lost.length} of this key`
  print(colors.bold(`${plain(provider)} ${title}`))
  if (lost.length === 0) printWrapped(terminal, whyNone, '')
  if (booksUnread !== null) printWrapped(terminal, `Without the books. ${booksUnread}`, '')
  for (const swap of lost) {
    const { providerId, state, says, locked, blocksLeft, claim, published, failure } = swap
    const amount = locked === null ? '' : `, ${exactSat(locked)} locked up`
    const paint = state === 'claimable' ? colors.green : (text: string) => text
    const left = blocksLeft === null ? '' : `, ${blocksLeft} blocks left`
    print(`  ${plain(providerId)}  ${paint(state)}${amount}${left}`)
    printWrapped(terminal, says, '    ')
    if (claim) {
      printWrapped(
        terminal,
        `${exactSat(claim.amount)} to ${claim.destination}, fee ${exactSat(claim.fee)}`,
        '    ',
      )
    }
    if (published !== null) print(`    ${colors.green('Published:')} ${published}`)
    if (failure !== null) printWrapped(terminal, `Not published: ${failure}`, '    ')
  }
  const isWaiting = lost.some(
    ({ state, published, failure }) =>
      state === 'claimable' && published === null && failure === null,
  )
  if (!isWaiting) return
  print()
  printWrapped(
    terminal,
    'Nothing was published. Publishing reveals the preimages, so that the provider takes its payments; repeat with --yes to do it.',
    '',
  )
}

function printWrapped({ columns, print }: Terminal, text: string, indent: string): void {
  for (const line of wrap(plain(text), columns - indent.length)) print(`${indent}${line}`)
}
