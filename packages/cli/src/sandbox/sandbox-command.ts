import { once } from 'node:events'
import type { Command } from 'commander'
import type { Surroundings } from '../surroundings.ts'
import { describeError } from '../terminal/describe-error.ts'
import { wholeNumber } from '../terminal/read-number.ts'
import { openTerminal } from '../terminal/terminal.ts'

const help = `
The HTTP API of @payment-node/http-api over a node with one customer who pays
and somebody who is paid, for tests in any language. It listens on 127.0.0.1 and
needs no LND, no configuration and no files. Besides the API it has, for the
operator's key: POST /sandbox/pay, /sandbox/bills, /sandbox/addresses,
/sandbox/advance, /sandbox/mine, /sandbox/faults and /sandbox/keys. Webhooks may
go to 127.0.0.1.

With --json it prints one line when it is up: { "url": …, "operatorKey": … }.
SIGINT or SIGTERM ends it, with exit code 0.`

/** `payment-node sandbox`; `exit` gets the exit code. */
export function defineSandbox(
  command: Command,
  { stdout, stderr, env, stopping }: Surroundings,
  exit: (code: number) => void,
): void {
  command
    .description('a simulated node behind the HTTP API, for tests in any language')
    .option('--port <number>', '0 takes a free one', wholeNumber(0, 65_535), 8100)
    .option('--seed <text>', 'the same seed gives the same keys and invoices', 'sandbox')
    .option('--json', 'one line for programs')
    .addHelpText('after', help)
    .action(async ({ port, seed, json }: { port: number; seed: string; json?: true }) => {
      const start = performance.now()
      try {
        // Only here: the other commands start faster without it.
        const { runSandbox } = await import('./run-sandbox.ts')
        const { printSandbox } = await import('./print-sandbox.ts')
        const sandbox = await runSandbox(port, seed)
        const { url, operatorKey } = sandbox
        const terminal = openTerminal(stdout, env)
        if (json) terminal.print(JSON.stringify({ url, operatorKey }))
        else printSandbox(terminal, sandbox, (performance.now() - start) / 1000)
        await (stopping ?? interruption())
        await sandbox.stop()
        exit(0)
      } catch (error) {
        const { says } = describeError(error)
        const isTaken = (error as NodeJS.ErrnoException).code === 'EADDRINUSE'
        openTerminal(stderr, env).print(
          isTaken ? `Port ${port} is in use; choose another with --port.` : says,
        )
        exit(1)
      }
    })
}

/** Until somebody wants it to end. */
async function interruption(): Promise<void> {
  await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')])
}
