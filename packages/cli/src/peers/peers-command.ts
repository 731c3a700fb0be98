import { resolve } from 'node:path'
import type { PaymentNodeOptions } from '@payment-node/core'
import { type Command, Option } from 'commander'
import { carryOut } from '../configuration/carry-out.ts'
import { withConfiguration } from '../configuration/with-configuration.ts'
import type { Surroundings } from '../surroundings.ts'
import { wholeNumber } from '../terminal/read-number.ts'
import type { Terminal } from '../terminal/terminal.ts'
import { defineMarks } from './marks-commands.ts'
import type { PeersReport } from './prepare-peers.ts'
import { printPeers } from './print-peers.ts'

const help = `
Prepares the list of peers that channels are opened to. Takes the nodes of
mempool.space's connectivity ranking, asks LND's own graph about each of them
(known, seen lately, addresses, channels), leaves out the blacklisted ones, and
writes the best to the list. Opens nothing: you approve the list by setting
"approved" to true in it.

Running it again shows what has changed; --write writes it. What you have added,
edited, moved or struck out by hand stays as it is.

Exit code 0, or 1 when no list could be prepared.`

interface PeersOptions {
  readonly config?: string
  readonly json?: boolean
  readonly url?: string
  readonly file?: string
  readonly output?: string
  readonly limit: number
  readonly seenWithin: number
  readonly write?: true
  readonly forgetEdits?: true
}

/** `payment-node peers`; `exit` gets the exit code. */
export function definePeers(
  command: Command,
  surroundings: Surroundings,
  exit: (code: number) => void,
): void {
  const absolute = (path: string | undefined) =>
    path === undefined ? undefined : resolve(surroundings.cwd, path)
  withConfiguration(command)
    .enablePositionalOptions()
    .description('prepare the list of peers worth a channel')
    .addOption(
      new Option('--url <url>', 'a mempool server (default: https://mempool.space)').conflicts(
        'file',
      ),
    )
    .option('--file <path>', 'a saved answer of the ranking instead of a server')
    .option('--output <path>', 'the list (default: that of the configuration, or peers.json)')
    .option('--limit <number>', 'entries of the list', wholeNumber(1, 1000), 30)
    .option('--seen-within <days>', 'announced itself so lately', wholeNumber(1, 365), 14)
    .option('--write', 'write a list that exists already')
    .option('--forget-edits', 'take back what was changed by hand')
    .addHelpText('after', help)
    .action(async (given: PeersOptions) => {
      const { config, json, url, limit, seenWithin, write, forgetEdits } = given
      // Loads the client for HTTP, which the other commands do without.
      const { preparePeers } = await import('./prepare-peers.ts')
      const request = {
        url,
        file: absolute(given.file),
        output: absolute(given.output),
        limit,
        seenWithinDays: seenWithin,
        write: write ?? false,
        forgetEdits: forgetEdits ?? false,
      }
      const task = {
        command: 'peers',
        config,
        json: json ?? false,
        work: (path: string, options: PaymentNodeOptions) => preparePeers(path, options, request),
        print: (terminal: Terminal, report: PeersReport) =>
          printPeers(terminal, report, Date.now()),
        exitCode: ({ list }: PeersReport) => (list.result === 'not-written' ? 1 : 0),
      }
      exit(await carryOut(task, surroundings))
    })
  defineMarks(command, surroundings, exit)
}
