#!/usr/bin/env node
import { realpathSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { run } from './program.ts'

export { run } from './program.ts'
export type { Surroundings } from './surroundings.ts'
export type { Output } from './terminal/terminal.ts'

if (isThisTheProgram()) {
  const { stdout, stderr, env } = process
  // `payment-node peers | head`: who reads has seen enough.
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
    process.exit()
  })
  void run(process.argv.slice(2), { stdout, stderr, env, cwd: process.cwd() }).then((exitCode) => {
    process.exitCode = exitCode
    // The host's configuration may hold something open, e.g. a pool; unref: else nothing is waited for.
    setTimeout(() => process.exit(), 250).unref()
  })
}

/** Package managers start the program through a link; importing it must not start it. */
function isThisTheProgram(): boolean {
  const [, started] = process.argv
  try {
    return started !== undefined && realpathSync(started) === fileURLToPath(import.meta.url)
  } catch {
    return false
  }
}
