import type { Command } from 'commander'
import { exampleConfiguration } from '../configuration/example.ts'
import { explainRefusal } from '../configuration/explain-refusal.ts'
import { useConfiguration } from '../configuration/use-configuration.ts'
import type { Surroundings } from '../surroundings.ts'
import { openTerminal } from '../terminal/terminal.ts'
import { examine, misconfigured } from './doctor.ts'
import { printReport } from './print-report.ts'

const help = `
Looks at the connection, the certificate, the macaroon, LND's version and state,
the channel backup, the books, the key, the caps and the kill switch. Changes
nothing. Exit code 0, or 1 when something has failed.

A payment-node.config.ts, for the server and for this command:

${exampleConfiguration.replace(/^(?=.)/gm, '  ')}`

/** `payment-node doctor`; `exit` gets the exit code. */
export function defineDoctor(
  command: Command,
  { stdout, env, cwd }: Surroundings,
  exit: (code: number) => void,
): void {
  command
    .description('what is right, what is wrong, how to mend it')
    .addHelpText('after', help)
    .action(async ({ config, json }: { config?: string; json?: true }) => {
      const terminal = openTerminal(stdout, env)
      const used = await useConfiguration({ cwd, given: config }, examine)
      const report = 'result' in used ? used.result : misconfigured(used.path, used.refusal)
      if (json) terminal.print(JSON.stringify(report))
      else printReport(terminal, report)
      if (!json && 'refusal' in used) explainRefusal(terminal, used.refusal)
      exit(report.result === 'ok' ? 0 : 1)
    })
}
