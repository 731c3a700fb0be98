import { Command, CommanderError } from 'commander'
import { withConfiguration } from './configuration/with-configuration.ts'
import { defineDoctor } from './doctor/doctor-command.ts'
import { defineKeeper } from './keeper/keeper-command.ts'
import { defineLedger } from './ledger/ledger-commands.ts'
import { defineLiquidity } from './liquidity/liquidity-command.ts'
import { defineMacaroons } from './macaroons/macaroons-command.ts'
import { definePeers } from './peers/peers-command.ts'
import { defineRescue } from './rescue/rescue-command.ts'
import { defineSandbox } from './sandbox/sandbox-command.ts'
import { defineStatus } from './status/status-command.ts'
import type { Surroundings } from './surroundings.ts'
import { defineSwaps } from './swaps/swaps-command.ts'
import { hasColors, openTerminal } from './terminal/terminal.ts'
import { readVersion } from './version.ts'
import { defineWebhooks } from './webhooks/webhook-commands.ts'

/**
 * The command `payment-node`. `argv` is what follows the program's name. Resolves with the exit code:
 * 0, 1 when something has failed, 2 when the command line cannot be understood.
 *
 * @example
 * ```ts
 * import { run } from '@payment-node/cli'
 *
 * const { stdout, stderr, env } = process
 * export const exitCode = await run(['doctor'], { stdout, stderr, env, cwd: '/srv/shop' })
 * ```
 */
export async function run(argv: readonly string[], surroundings: Surroundings): Promise<number> {
  const { stdout, stderr, env } = surroundings
  const program = new Command('payment-node')
    .description('Looks after the Lightning node of a shop: what is wrong, what is there.')
    .version(readVersion(), '--version', 'print the version')
    .helpOption('-h, --help', 'show this')
    .helpCommand(false)
    .showHelpAfterError('Try --help.')
    .exitOverride()
    // What follows the name of a command belongs to it, also where it has commands of its own.
    .enablePositionalOptions()
    .configureOutput({
      writeOut: (text) => void stdout.write(text),
      writeErr: (text) => void stderr.write(text),
      getOutHelpWidth: () => openTerminal(stdout, env).columns,
      getErrHelpWidth: () => openTerminal(stderr, env).columns,
      getOutHasColors: () => hasColors(stdout, env),
      getErrHasColors: () => hasColors(stderr, env),
    })
  let exitCode = 0
  const exit = (code: number): void => {
    exitCode = code
  }
  defineDoctor(withConfiguration(program.command('doctor')), surroundings, exit)
  defineStatus(withConfiguration(program.command('status')), surroundings, exit)
  defineLedger(program, surroundings, exit)
  defineKeeper(program.command('keeper'), surroundings, exit)
  defineLiquidity(program.command('liquidity'), surroundings, exit)
  defineSwaps(program.command('swaps'), surroundings, exit)
  defineRescue(program.command('rescue'), surroundings, exit)
  definePeers(program.command('peers'), surroundings, exit)
  defineWebhooks(program, surroundings, exit)
  defineMacaroons(program.command('macaroons'), surroundings, exit)
  defineSandbox(program.command('sandbox'), surroundings, exit)
  try {
    await program.parseAsync(argv, { from: 'user' })
    return exitCode
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    return error.exitCode === 0 ? 0 : 2
  }
}
