import type { PaymentNodeOptions } from '@payment-node/core'
import type { Surroundings } from '../surroundings.ts'
import { describeError } from '../terminal/describe-error.ts'
import { openTerminal, type Terminal } from '../terminal/terminal.ts'
import { printRefusal } from './print-refusal.ts'
import { useConfiguration } from './use-configuration.ts'

/** What a command needs beside its own options. */
export interface Task<R> {
  /** Its name, in `--json`. */
  readonly command: string
  readonly config: string | undefined
  readonly json: boolean
  readonly work: (configuration: string, options: PaymentNodeOptions) => Promise<R>
  /** For people. */
  readonly print: (terminal: Terminal, report: R) => void
  /** Default 0. */
  readonly exitCode?: (report: R) => number
}

/**
 * Works with the host's configuration and shows what came of it. A configuration or a call that is
 * refused is told, and is exit code 1. Resolves with the exit code.
 */
export async function carryOut<R>(
  task: Task<R>,
  { stdout, stderr, env, cwd }: Surroundings,
): Promise<number> {
  const { command, config, json, work, print } = task
  const used = await useConfiguration({ cwd, given: config }, async (path, options) => {
    try {
      return { report: await work(path, options), path }
    } catch (refusal) {
      return { refusal, path }
    } finally {
      await options.lightning.close()
    }
  })
  const outcome = 'result' in used ? used.result : used
  const terminal = openTerminal(stdout, env)
  if ('refusal' in outcome) {
    const { path: configuration, refusal } = outcome
    const error = describeError(refusal)
    if (json) terminal.print(JSON.stringify({ command, configuration, error }))
    else printRefusal(openTerminal(stderr, env), refusal)
    return 1
  }
  if (json) terminal.print(JSON.stringify(outcome.report))
  else print(terminal, outcome.report)
  return task.exitCode?.(outcome.report) ?? 0
}
