import type { PaymentNodeOptions, Swap, SwapFilter } from '@payment-node/core'
import type { Command } from 'commander'
import { changeWithNode } from '../books/change-with-node.ts'
import { carryOut } from '../configuration/carry-out.ts'
import { withConfiguration } from '../configuration/with-configuration.ts'
import type { Surroundings } from '../surroundings.ts'
import { wholeNumber } from '../terminal/read-number.ts'
import { plain, type Terminal } from '../terminal/terminal.ts'
import { printQuote } from './print-quote.ts'
import { printSwap } from './print-swap.ts'
import { printSwaps } from './print-swaps.ts'
import { reportQuote, reportSwap, reportSwaps } from './report-swaps.ts'

const help = `
Shows the providers with their health and the newest swaps, as the books have
them. Reads the books beside the running host.

quote asks LND and every provider, and stores nothing. Swaps themselves are
asked for in the host: node.swaps.request(…).

give-up ends a swap that its daemon will not go on with: LND says what was paid
for it, and that is booked as lost. A swap that says payment-forgotten is ended
by what the chain says, when the host is back. SQLite lets one process in: it
works while the host is stopped; while it runs, call
node.swaps.giveUp(id, reason) in it.`

interface Common {
  readonly config?: string
  readonly json?: boolean
}

interface Listed extends Common {
  readonly limit: number
  readonly state?: string
}

/** `payment-node swaps`; `exit` gets the exit code. */
export function defineSwaps(
  command: Command,
  surroundings: Surroundings,
  exit: (code: number) => void,
): void {
  const list = async ({ config, json = false, limit, state }: Listed): Promise<void> => {
    const filter = { limit, ...(state !== undefined && { state }) } as SwapFilter
    const work = (path: string, options: PaymentNodeOptions) => reportSwaps(path, options, filter)
    const task = { command: 'swaps', config, json, work, print: printSwaps, exitCode: wasRead }
    exit(await carryOut(task, surroundings))
  }
  withList(command.enablePositionalOptions())
    .description('Lightning money swapped for on-chain money: who, how much, where it is')
    .addHelpText('after', help)
    .action(list)
  withList(command.command('list')).description('the same as without a verb').action(list)
  withConfiguration(command.command('explain'))
    .description('why a swap is where it is, what it costs, and what it waits for')
    .argument('<id>', 'of the swap')
    .action(async (id: string, { config, json = false }: Common) => {
      const work = (path: string, options: PaymentNodeOptions) => reportSwap(path, options, id)
      const about = { command: 'swaps explain', config, json }
      exit(await carryOut({ ...about, work, print: printSwap, exitCode: wasRead }, surroundings))
    })
  defineGiveUp(command, surroundings, exit)
  withConfiguration(command.command('quote'))
    .description('what every provider asks for an amount now, all in')
    .argument('<amount>', 'on Lightning, like "100000 sat"')
    .action(async (amount: string, { config, json = false }: Common) => {
      const work = (path: string, options: PaymentNodeOptions) => reportQuote(path, options, amount)
      exit(
        await carryOut(
          { command: 'swaps quote', config, json, work, print: printQuote },
          surroundings,
        ),
      )
    })
}

function defineGiveUp(
  command: Command,
  surroundings: Surroundings,
  exit: (code: number) => void,
): void {
  withConfiguration(command.command('give-up'))
    .description("end a daemon's swap that needs somebody, or one that says payment-forgotten")
    .argument('<id>', 'of the swap')
    .argument('<reason>', 'why, in your words')
    .action(async (id: string, reason: string, { config, json = false }: Common) => {
      const work = async (configuration: string, options: PaymentNodeOptions) => ({
        command: 'swaps give-up',
        configuration,
        swap: await changeWithNode(options, ({ swaps }) => swaps.giveUp(id, reason)),
      })
      const task = { command: 'swaps give-up', config, json, work, print: printGivenUp }
      exit(await carryOut(task, surroundings))
    })
}

function printGivenUp({ print }: Terminal, { swap }: { readonly swap: Swap }): void {
  const { id, state, reason, endedAt } = swap
  if (endedAt === null) {
    print(`Your word about swap ${id} is stored; it is still ${state} (${plain(reason ?? '')}).`)
    print('Start the host: its next look ends the swap, as LND and the chain say.')
    return
  }
  print(`Swap ${id} has ended: ${state} (${plain(reason ?? 'no reason')}).`)
  print('payment-node swaps explain says what it has cost.')
}

function withList(command: Command): Command {
  return withConfiguration(command)
    .option('--limit <number>', 'swaps', wholeNumber(1, 1000), 20)
    .option('--state <state>', 'only these, like held or claimed')
}

/** 1 when the books could not be read. */
function wasRead({ says }: { readonly says: string | null }): number {
  return says === null ? 0 : 1
}
