import type { Command } from 'commander'
import { printRefusal } from '../configuration/print-refusal.ts'
import { useConfiguration } from '../configuration/use-configuration.ts'
import type { Surroundings } from '../surroundings.ts'
import { describeError } from '../terminal/describe-error.ts'
import { openTerminal } from '../terminal/terminal.ts'
import { printStatus } from './print-status.ts'
import { readStatus } from './read-status.ts'

const legend = `
In the bars: █ can be sent, ░ can be received, · neither (reserved, in flight).`

const help = `
What the Lightning node and the books say now. Changes nothing.
Exit code 0, or 1 when the node cannot be used.
${legend}`

/** `payment-node status`; `exit` gets the exit code. */
export function defineStatus(
  command: Command,
  { stdout, stderr, env, cwd }: Surroundings,
  exit: (code: number) => void,
): void {
  command
    .description('node, channels, what is owed, payouts under way')
    .addHelpText('after', help)
    .action(async ({ config, json }: { config?: string; json?: true }) => {
      const terminal = openTerminal(stdout, env)
      const used = await useConfiguration({ cwd, given: config }, readStatus)
      if ('refusal' in used) {
        const error = describeError(used.refusal)
        const report = { command: 'status', configuration: used.path, error }
        if (json) terminal.print(JSON.stringify(report))
        else printRefusal(openTerminal(stderr, env), used.refusal)
        return exit(1)
      }
      const status = used.result
      if (json) terminal.print(JSON.stringify(status))
      else printStatus(terminal, status)
      exit(status.state === 'ready' ? 0 : 1)
    })
}
