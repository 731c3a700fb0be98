import type { Command } from 'commander'
import { carryOut } from '../configuration/carry-out.ts'
import { withConfiguration } from '../configuration/with-configuration.ts'
import type { Surroundings } from '../surroundings.ts'
import { wholeNumber } from '../terminal/read-number.ts'
import { printWebhooks } from './print-webhooks.ts'
import { readWebhooks } from './read-webhooks.ts'
import { testReceiver } from './test-receiver.ts'

const help = `
Endpoints that fail come first. Exit code 1 when one is disabled or failing,
or the books cannot be read.`

const testHelp = `
Sends one signed event of the type webhook.test, as a payment node would: to
public addresses over https, or to a host that --allow names. Changes nothing.
Exit code 1 when the receiver does not answer 2xx.`

/** `payment-node webhooks` and `payment-node webhook test`; `exit` gets the exit code. */
export function defineWebhooks(
  program: Command,
  surroundings: Surroundings,
  exit: (code: number) => void,
): void {
  withConfiguration(program.command('webhooks'))
    .description('where events are sent to, and what fails')
    .addHelpText('after', help)
    .action(async ({ config, json = false }: { config?: string; json?: boolean }) => {
      const task = {
        command: 'webhooks',
        config,
        json,
        work: readWebhooks,
        print: printWebhooks,
        exitCode: ({ webhooks }: Awaited<ReturnType<typeof readWebhooks>>) =>
          webhooks?.every(({ state, failingSince }) => state === 'active' && !failingSince) ? 0 : 1,
      }
      exit(await carryOut(task, surroundings))
    })
  program
    .command('webhook')
    .description('tries a receiver')
    .option('--json', 'print one JSON object')
    .command('test')
    .description('send a signed test event to a receiver')
    .argument('<url>', 'of the receiver')
    .requiredOption('--secret <secret>', 'whsec_…, or - to read it from WEBHOOK_SECRET')
    .option('--allow <host>', 'a host that is not public, also without TLS', collect, [])
    .option('--timeout <seconds>', 'how long it may take', wholeNumber(1, 60), 15)
    .option('--json', 'print one JSON object')
    .addHelpText('after', testHelp)
    .action(async (url: string, options: Parameters<typeof testReceiver>[1]) =>
      exit(await testReceiver(url, options, surroundings)),
    )
}

function collect(value: string, before: readonly string[]): readonly string[] {
  return [...before, value]
}
