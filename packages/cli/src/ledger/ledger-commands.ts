import type { LedgerRange, PaymentNodeOptions } from '@payment-node/core'
import { type Command, Option } from 'commander'
import { carryOut, type Task } from '../configuration/carry-out.ts'
import { withConfiguration } from '../configuration/with-configuration.ts'
import type { Surroundings } from '../surroundings.ts'
import { utcDay } from '../terminal/read-day.ts'
import { printJournal } from './print-journal.ts'
import { printStatement } from './print-statement.ts'
import { reportCsv, reportJournal, reportStatement } from './report-ledger.ts'

const day = 86_400_000

interface Given {
  readonly config?: string
  readonly json?: boolean
  readonly csv?: boolean
  readonly from?: number
  readonly to?: number
}

/** `payment-node statement` and `payment-node journal`; `exit` gets the exit code. */
export function defineLedger(
  program: Command,
  surroundings: Surroundings,
  exit: (code: number) => void,
): void {
  withRange(program.command('statement'))
    .description('what a partner is owed, and why')
    .argument('<partner>', 'its id')
    .action(async (partner: string, given: Given) => {
      const about = aboutOf('statement', given)
      const range = rangeOf(given)
      exit(
        given.csv
          ? await carryOut(
              csvOf(about, (ledger) => ledger.statementCsv(partner, range)),
              surroundings,
            )
          : await carryOut(
              {
                ...about,
                work: (path, options) => reportStatement(path, options, partner, range),
                print: printStatement,
                exitCode: wasRead,
              },
              surroundings,
            ),
      )
    })
  withRange(program.command('journal'))
    .description('every booking with its debits and credits, for accounting')
    .action(async (given: Given) => {
      const about = aboutOf('journal', given)
      const range = rangeOf(given)
      exit(
        given.csv
          ? await carryOut(
              csvOf(about, (ledger) => ledger.journalCsv(range)),
              surroundings,
            )
          : await carryOut(
              {
                ...about,
                work: (path, options) => reportJournal(path, options, range),
                print: printJournal,
                exitCode: wasRead,
              },
              surroundings,
            ),
      )
    })
}

function withRange(command: Command): Command {
  return withConfiguration(command)
    .option('--from <day>', 'first UTC day, like 2026-11-01; default: 30 days before today', utcDay)
    .option('--to <day>', 'last UTC day, included; default: today', utcDay)
    .addOption(new Option('--csv', 'all of it as CSV, amounts in sat').conflicts('json'))
}

function rangeOf({ from, to }: Given): Required<LedgerRange> {
  const last = to ?? Math.floor(Date.now() / day) * day
  return { from: from ?? Math.max(0, last - 30 * day), to: last + day }
}

type About = Pick<Task<never>, 'command' | 'config' | 'json'>

function aboutOf(command: string, { config, json = false }: Given): About {
  return { command, config, json }
}

type Csv = Awaited<ReturnType<typeof reportCsv>>

function csvOf(about: About, write: Parameters<typeof reportCsv>[1]): Task<Csv> {
  return {
    ...about,
    work: (_path: string, options: PaymentNodeOptions) => reportCsv(options, write),
    print: ({ print, colors }, { csv, says }) =>
      print(csv === null ? colors.yellow(says ?? '') : csv.trimEnd()),
    exitCode: wasRead,
  }
}

/** 1 when the books could not be read. */
function wasRead({ says }: { readonly says: string | null }): number {
  return says === null ? 0 : 1
}
