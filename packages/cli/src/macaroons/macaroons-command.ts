import type { MacaroonRole } from '@payment-node/lnd-adapter'
import { Argument, type Command, InvalidArgumentError } from 'commander'
import type { Surroundings } from '../surroundings.ts'
import { openTerminal } from '../terminal/terminal.ts'
import { listPermissions } from './list-permissions.ts'
import { printPermissions } from './print-permissions.ts'
import { roleMeanings } from './role-meanings.ts'

const roles = Object.entries(roleMeanings).map(([role, says]) => `  ${role.padEnd(10)}${says}`)

const help = `
Roles, of which a macaroon can have several:
${roles.join('\n')}

receive and pay are enough to start; a channel keeper needs channels and onchain
too. Only a node that swaps needs swaps (and onchain).
Needs neither a configuration nor LND. Example:
  payment-node macaroons receive pay channels onchain`

interface MacaroonsOptions {
  readonly rootKeyId: string
  readonly saveTo: string
  readonly json?: true
}

/** `payment-node macaroons <roles…>`; `exit` gets the exit code. */
export function defineMacaroons(
  command: Command,
  { stdout, env }: Surroundings,
  exit: (code: number) => void,
): void {
  command
    .description('what a macaroon needs for its roles')
    .addArgument(
      new Argument('<roles...>', 'what the program may do').choices(Object.keys(roleMeanings)),
    )
    .option('--root-key-id <number>', 'a root key of its own, to revoke it by', readRootKey, '7')
    .option('--save-to <file>', 'where lncli writes the macaroon', 'payment-node.macaroon')
    .option('--json', 'print one JSON object')
    .addHelpText('after', help)
    .action(async (roles: MacaroonRole[], { rootKeyId, saveTo, json }: MacaroonsOptions) => {
      // Loads gRPC, which the other commands do without.
      const { macaroonPermissions: permissionsOf } = await import('@payment-node/lnd-adapter')
      const list = listPermissions(roles, { permissionsOf, rootKeyId, saveTo })
      const terminal = openTerminal(stdout, env)
      if (json) terminal.print(JSON.stringify(list))
      else printPermissions(terminal, list)
      exit(0)
    })
}

/** LND's ids are unsigned 64-bit numbers; 0 is that of admin.macaroon. */
function readRootKey(text: string): string {
  if (/^[1-9]\d{0,19}$/.test(text) && BigInt(text) < 2n ** 64n) return text
  throw new InvalidArgumentError('It must be a whole number from 1 to 18446744073709551615.')
}
