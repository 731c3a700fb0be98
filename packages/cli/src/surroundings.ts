import type { Output } from './terminal/terminal.ts'

/** What the command gets from the process that runs it. */
export interface Surroundings {
  readonly stdout: Output
  readonly stderr: Output
  /** Where the search for the configuration file begins. */
  readonly cwd: string
  readonly env: Readonly<Record<string, string | undefined>>
  /** When a command that runs until it is stopped ends; default: SIGINT or SIGTERM. */
  readonly stopping?: Promise<unknown>
}
