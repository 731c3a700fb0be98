import type { PaymentNodeOptions, PeerMark } from '@payment-node/core'
import type { Command } from 'commander'
import { changeBooks } from '../books/change-books.ts'
import { readBooks, whyNotRead } from '../books/read-books.ts'
import { carryOut } from '../configuration/carry-out.ts'
import { withConfiguration } from '../configuration/with-configuration.ts'
import type { Surroundings } from '../surroundings.ts'
import { plain, type Terminal } from '../terminal/terminal.ts'
import { wrap } from '../terminal/wrap.ts'
import { describeMark } from './describe-mark.ts'

interface Common {
  readonly config?: string
  readonly json?: boolean
}

/** What `payment-node peers list --json` prints. */
export interface MarksList {
  readonly command: 'peers list'
  readonly configuration: string
  /** By public key; null: the books were not read. */
  readonly marks: readonly PeerMark[] | null
  readonly says: string | null
}

/** `payment-node peers list`, `block` and `allow`; `exit` gets the exit code. */
export function defineMarks(
  command: Command,
  surroundings: Surroundings,
  exit: (code: number) => void,
): void {
  withConfiguration(command.command('list'))
    .description('the peers that no channel is opened to, and why')
    .action(async ({ config, json = false }: Common) => {
      const exitCode = ({ marks }: MarksList) => (marks === null ? 1 : 0)
      const about = { command: 'peers list', config, json }
      const task = { ...about, work: listMarks, print: printMarks, exitCode }
      exit(await carryOut(task, surroundings))
    })
  for (const verb of ['block', 'allow'] as const) {
    withConfiguration(command.command(verb))
      .description(
        verb === 'block' ? 'open no channel to a peer until it is allowed' : 'take its mark away',
      )
      .argument('<publicKey>', 'of the peer')
      .argument('<reason>', 'why, in your words')
      .action(async (publicKey: string, reason: string, { config, json = false }: Common) => {
        const work = async (configuration: string, options: PaymentNodeOptions) => ({
          command: `peers ${verb}`,
          configuration,
          mark: await changeBooks(options, ({ peers }) => peers[verb](publicKey, reason)),
        })
        const print = ({ print: say }: Terminal, { mark }: { readonly mark: PeerMark }) =>
          say(`${verb === 'block' ? 'Blocked' : 'Allowed again'}: ${mark.publicKey}`)
        exit(await carryOut({ command: `peers ${verb}`, config, json, work, print }, surroundings))
      })
  }
}

function listMarks(configuration: string, options: PaymentNodeOptions): Promise<MarksList> {
  return readBooks(options, async (books) => {
    const about = { command: 'peers list', configuration } as const
    if (books.state !== 'open') return { ...about, marks: null, says: whyNotRead(books) }
    const marks: PeerMark[] = []
    let cursor: string | undefined
    do {
      const page = await books.rooms.peers.list({ limit: 1000, ...(cursor && { cursor }) })
      marks.push(...page.items)
      cursor = page.cursor
    } while (cursor !== undefined)
    return { ...about, marks, says: null }
  })
}

function printMarks({ colors, columns, print }: Terminal, { marks, says }: MarksList): void {
  if (marks === null) {
    for (const line of wrap(plain(says ?? ''), columns)) print(colors.yellow(line))
    return
  }
  print(colors.bold(marks.length === 0 ? 'No peer is marked' : 'Marked peers'))
  if (marks.length === 0) return
  for (const mark of marks) {
    print(`  ${mark.publicKey}`)
    for (const line of wrap(`${describeMark(mark)}. ${plain(mark.says)}`, columns - 6)) {
      print(`      ${line}`)
    }
  }
}
