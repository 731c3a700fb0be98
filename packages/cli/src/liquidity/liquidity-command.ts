import type { LiquidityPause, PaymentNodeOptions } from '@payment-node/core'
import type { Command } from 'commander'
import { changeBooks } from '../books/change-books.ts'
import { carryOut } from '../configuration/carry-out.ts'
import { withConfiguration } from '../configuration/with-configuration.ts'
import type { Surroundings } from '../surroundings.ts'
import { wholeNumber } from '../terminal/read-number.ts'
import { plain, type Terminal } from '../terminal/terminal.ts'
import { printLiquidity, printRuns } from './print-liquidity.ts'
import { printRun } from './print-run.ts'
import { reportLiquidity, reportRecommendation, reportRun, reportRuns } from './report-liquidity.ts'

const help = `
Shows the autopilot as the books have it: how much can be received, what it
decided last and why. Reads the books beside the running host. recommend asks
LND and the providers what would be done now, and stores nothing.

pause and resume change the books. SQLite lets one process in: they work while
the host is stopped; while it runs, call node.liquidity.pause(reason) in it.`

interface Common {
  readonly config?: string
  readonly json?: boolean
}

/** `payment-node liquidity`; `exit` gets the exit code. */
export function defineLiquidity(
  command: Command,
  surroundings: Surroundings,
  exit: (code: number) => void,
): void {
  const status = async ({ config, json = false }: Common): Promise<void> => {
    const task = { command: 'liquidity', config, json, work: reportLiquidity }
    exit(await carryOut({ ...task, print: printLiquidity, exitCode: wasRead }, surroundings))
  }
  withConfiguration(command.enablePositionalOptions())
    .description('the autopilot that keeps the node able to receive: what it sees and decides')
    .addHelpText('after', help)
    .action(status)
  withConfiguration(command.command('status'))
    .description('the same as without a verb')
    .action(status)
  withConfiguration(command.command('decisions'))
    .description('what it decided and why, newest first')
    .option('--limit <number>', 'decisions', wholeNumber(1, 1000), 20)
    .action(async ({ config, json = false, limit }: Common & { limit: number }) => {
      const work = (path: string, options: PaymentNodeOptions) => reportRuns(path, options, limit)
      const about = { command: 'liquidity decisions', config, json }
      exit(await carryOut({ ...about, work, print: printRuns, exitCode: wasRead }, surroundings))
    })
  withConfiguration(command.command('explain'))
    .description('one decision: what it saw, what it took and what it rejected')
    .argument('<id>', 'of the decision')
    .action(async (id: string, { config, json = false }: Common) => {
      const work = (path: string, options: PaymentNodeOptions) => reportRun(path, options, id)
      const about = { command: 'liquidity explain', config, json }
      exit(await carryOut({ ...about, work, print: printRun, exitCode: wasRead }, surroundings))
    })
  withConfiguration(command.command('recommend'))
    .description('what it would do now, whatever the mode')
    .action(async ({ config, json = false }: Common) => {
      const task = { command: 'liquidity recommend', config, json, work: reportRecommendation }
      exit(await carryOut({ ...task, print: printRun }, surroundings))
    })
  for (const verb of ['pause', 'resume'] as const) {
    withConfiguration(command.command(verb))
      .description(verb === 'pause' ? 'start nothing new until resumed' : 'let it work again')
      .argument('<reason>', 'why, in your words')
      .action(async (reason: string, { config, json = false }: Common) => {
        const work = async (configuration: string, options: PaymentNodeOptions) => ({
          command: `liquidity ${verb}`,
          configuration,
          liquidity: await changeBooks(options, ({ liquidity }) => liquidity[verb](reason)),
        })
        const task = { command: `liquidity ${verb}`, config, json, work, print: printPause }
        exit(await carryOut(task, surroundings))
      })
  }
}

function printPause(
  { print }: Terminal,
  { liquidity }: { readonly liquidity: LiquidityPause },
): void {
  print(
    liquidity.isPaused
      ? `The autopilot is paused: ${plain(liquidity.reason ?? '')}`
      : 'The autopilot works again.',
  )
}

/** 1 when the books could not be read. */
function wasRead({ says }: { readonly says: string | null }): number {
  return says === null ? 0 : 1
}
