import { resolve } from 'node:path'
import { type Command, InvalidArgumentError, Option } from 'commander'
import { printRefusal } from '../configuration/print-refusal.ts'
import { useConfiguration } from '../configuration/use-configuration.ts'
import type { Surroundings } from '../surroundings.ts'
import { describeError } from '../terminal/describe-error.ts'
import { openTerminal } from '../terminal/terminal.ts'
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
  readonly json?: true
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
  { stdout, stderr, env, cwd }: Surroundings,
  exit: (code: number) => void,
): void {
  const absolute = (path: string | undefined) =>
    path === undefined ? undefined : resolve(cwd, path)
  command
    .description('prepare the list of peers worth a channel')
    .addOption(
      new Option('--url <url>', 'a mempool server (default: https://mempool.space)').conflicts(
        'file',
      ),
    )
    .option('--file <path>', 'a saved answer of the ranking instead of a server')
    .option('--output <path>', 'the list (default: that of the configuration, or peers.json)')
    .option('--limit <number>', 'entries of the list', whole(1, 1000), 30)
    .option('--seen-within <days>', 'announced itself so lately', whole(1, 365), 14)
    .option('--write', 'write a list that exists already')
    .option('--forget-edits', 'take back what was changed by hand')
    .addHelpText('after', help)
    .action(async (given: PeersOptions) => {
      const terminal = openTerminal(stdout, env)
      const { config, json, url, limit, seenWithin, write, forgetEdits } = given
      // Loads the client for HTTP, which the other commands do without.
      const { preparePeers } = await import('./prepare-peers.ts')
      const used = await useConfiguration({ cwd, given: config }, async (path, options) => {
        const request = {
          url,
          file: absolute(given.file),
          output: absolute(given.output),
          limit,
          seenWithinDays: seenWithin,
          write: write ?? false,
          forgetEdits: forgetEdits ?? false,
        }
        try {
          return { report: await preparePeers(path, options, request), path }
        } catch (refusal) {
          return { refusal, path }
        }
      })
      const outcome = 'result' in used ? used.result : used
      if ('refusal' in outcome) {
        const { path: configuration, refusal } = outcome
        const error = describeError(refusal)
        if (json) terminal.print(JSON.stringify({ command: 'peers', configuration, error }))
        else printRefusal(openTerminal(stderr, env), refusal)
        return exit(1)
      }
      if (json) terminal.print(JSON.stringify(outcome.report))
      else printPeers(terminal, outcome.report, Date.now())
      exit(outcome.report.list.result === 'not-written' ? 1 : 0)
    })
}

function whole(minimum: number, maximum: number): (text: string) => number {
  return (text) => {
    const value = Number(text)
    if (/^\d+$/.test(text) && value >= minimum && value <= maximum) return value
    throw new InvalidArgumentError(`It must be a whole number from ${minimum} to ${maximum}.`)
  }
}
