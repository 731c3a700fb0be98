import type { PaymentNodeOptions } from '@payment-node/core'
import { type Command, Option } from 'commander'
import { carryOut } from '../configuration/carry-out.ts'
import { withConfiguration } from '../configuration/with-configuration.ts'
import type { Surroundings } from '../surroundings.ts'
import { wholeNumber } from '../terminal/read-number.ts'
import { printBooks, printLost } from './print-rescue.ts'
import { reportBooks, reportLost } from './report-rescue.ts'

const help = `
With the books: shows the swaps that have not ended and what each waits for. The
host claims them by itself, also when the provider is gone: start it.

When the books are lost: --without-books asks the provider which swaps belong to
keys.swaps, looks each up in the chain and in LND's payments, and shows what can
be claimed. With --yes it publishes the claims. Stop the host before.

It also finds swaps that an old copy of the books does not have; what the books
have under way is claimed to the address that they have for it.`

interface Given {
  readonly config?: string
  readonly json?: boolean
  readonly withoutBooks?: boolean
  readonly provider?: string
  readonly to?: string
  readonly feerate?: number
  readonly maximumFee?: number
  readonly patience: number
  readonly yes?: boolean
}

/** `payment-node rescue`; `exit` gets the exit code. */
export function defineRescue(
  command: Command,
  surroundings: Surroundings,
  exit: (code: number) => void,
): void {
  const needsNoBooks = (option: Option): Option => option.implies({ withoutBooks: true })
  withConfiguration(command)
    .description('swaps that must not be lost: with the books, and without them')
    .option('--without-books', 'from the swap key and the provider alone')
    .addOption(needsNoBooks(new Option('--provider <name>', 'which of several')))
    .addOption(needsNoBooks(new Option('--to <address>', 'default: LND’s wallet')))
    .addOption(
      needsNoBooks(
        new Option('--feerate <sat/vB>', 'default: LND’s estimate').argParser(
          wholeNumber(1, 10_000),
        ),
      ),
    )
    .addOption(
      needsNoBooks(
        new Option('--maximum-fee <sat>', 'of a claim, before its payment is taken').argParser(
          wholeNumber(1, 2_100_000_000_000_000),
        ),
      ),
    )
    .option('--patience <seconds>', 'to wait for the chain', wholeNumber(1, 3600), 60)
    .addOption(needsNoBooks(new Option('--yes', 'publish the claims')))
    .addHelpText('after', help)
    .action(async (given: Given) => {
      const { config, json = false, withoutBooks, yes = false, ...more } = given
      const about = { command: 'rescue', config, json }
      if (!withoutBooks) {
        const exitCode = ({ says }: { readonly says: string | null }) => (says === null ? 0 : 1)
        const task = { ...about, work: reportBooks, print: printBooks, exitCode }
        return exit(await carryOut(task, surroundings))
      }
      const { provider, to, feerate, maximumFee, patience } = more
      const lost = { provider, to, feerate, maximumFee, patience, yes }
      const work = (path: string, options: PaymentNodeOptions) => reportLost(path, options, lost)
      exit(await carryOut({ ...about, work, print: printLost }, surroundings))
    })
}
