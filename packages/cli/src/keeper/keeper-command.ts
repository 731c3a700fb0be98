import type { KeeperPause, PaymentNodeOptions } from '@payment-node/core'
import type { Command } from 'commander'
import { changeBooks } from '../books/change-books.ts'
import { carryOut } from '../configuration/carry-out.ts'
import { withConfiguration } from '../configuration/with-configuration.ts'
import type { Surroundings } from '../surroundings.ts'
import { wholeNumber } from '../terminal/read-number.ts'
import { plain, type Terminal } from '../terminal/terminal.ts'
import { printDecisions } from './print-decisions.ts'
import { printKeeper } from './print-keeper.ts'
import { printWeek } from './print-week.ts'
import { reportDecisions, reportKeeper } from './report-keeper.ts'
import { reportWeek } from './report-week.ts'

const help = `
Shows the keeper as the books have it: its mode, how many channels there are and
are wanted, what it decided last and why, its budget, and every peer of the list
with its channel and its mark. Reads the books beside the running host.

pause and resume change the books. SQLite lets one process in: they work while
the host is stopped; while it runs, call node.keeper.pause(reason) in it.`

interface Common {
  readonly config?: string
  readonly json?: boolean
}

/** `payment-node keeper`; `exit` gets the exit code. */
export function defineKeeper(
  command: Command,
  surroundings: Surroundings,
  exit: (code: number) => void,
): void {
  withConfiguration(command)
    .enablePositionalOptions()
    .description('the channel keeper: what it sees, decides and waits for')
    .option('--limit <number>', 'peers of the list', wholeNumber(1, 1000), 100)
    .addHelpText('after', help)
    .action(async ({ config, json = false, limit }: Common & { limit: number }) => {
      const work = (path: string, options: PaymentNodeOptions) => reportKeeper(path, options, limit)
      const task = { command: 'keeper', config, json, work, print: printKeeper, exitCode: wasRead }
      exit(await carryOut(task, surroundings))
    })
  withConfiguration(command.command('decisions'))
    .description('what it decided and why, newest first')
    .option('--limit <number>', 'decisions', wholeNumber(1, 1000), 20)
    .action(async ({ config, json = false, limit }: Common & { limit: number }) => {
      const work = (path: string, options: PaymentNodeOptions) =>
        reportDecisions(path, options, limit)
      const task = {
        command: 'keeper decisions',
        config,
        json,
        work,
        print: printDecisions,
        exitCode: wasRead,
      }
      exit(await carryOut(task, surroundings))
    })
  withConfiguration(command.command('report'))
    .description('what it opened or would have opened, with its cost')
    .option('--days <number>', 'so far back', wholeNumber(1, 365), 7)
    .action(async ({ config, json = false, days }: Common & { days: number }) => {
      const work = (path: string, options: PaymentNodeOptions) => reportWeek(path, options, days)
      const task = {
        command: 'keeper report',
        config,
        json,
        work,
        print: printWeek,
        exitCode: wasRead,
      }
      exit(await carryOut(task, surroundings))
    })
  for (const verb of ['pause', 'resume'] as const) {
    withConfiguration(command.command(verb))
      .description(verb === 'pause' ? 'open nothing until it is resumed' : 'let it work again')
      .argument('<reason>', 'why, in your words')
      .action(async (reason: string, { config, json = false }: Common) => {
        const work = async (configuration: string, options: PaymentNodeOptions) => ({
          command: `keeper ${verb}`,
          configuration,
          keeper: await changeBooks(options, ({ keeper }) => keeper[verb](reason)),
        })
        const task = { command: `keeper ${verb}`, config, json, work, print: printPause }
        exit(await carryOut(task, surroundings))
      })
  }
}

function printPause({ print }: Terminal, { keeper }: { readonly keeper: KeeperPause }): void {
  print(
    keeper.isPaused
      ? `The keeper is paused: ${plain(keeper.reason ?? '')}`
      : 'The keeper works again.',
  )
}

/** 1 when the books could not be read. */
function wasRead({ says }: { readonly says: string | null }): number {
  return says === null ? 0 : 1
}
