import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Writable } from 'node:stream'
import { identifyProcess, type ProcessIdentity } from './process-identity.ts'

/** A child process that cannot outlive this process, unless it is released. */
export interface GuardedProcess {
  /** What tells this process from a later one with the same id. */
  readonly identity: ProcessIdentity
  /** Resolves when the process is gone, with its exit code or the signal that ended it. */
  readonly ended: Promise<string>
  /** How it ended, once it did. */
  endedWith(): string | undefined
  /** Sends a signal; nothing happens when the process is gone. */
  signal(signal: NodeJS.Signals): void
  /** Lets the process run on after this one (`pnpm regtest up`). */
  release(): Promise<void>
}

/** Starts a program whose output goes to a file, and which dies when this process dies. */
export async function spawnGuarded(
  program: string,
  args: readonly string[],
  outputPath: string,
): Promise<GuardedProcess> {
  const output = openSync(outputPath, 'a')
  // The shell waits for one line, then becomes the program under the same process id. The line is
  // sent only after the watchdog knows that id, so there is no moment without a guard.
  const child = spawn('/bin/sh', ['-c', 'read -r go && exec "$@"', 'sh', program, ...args], {
    // Own session: a Ctrl-C at the terminal reaches the harness only.
    detached: true,
    stdio: ['pipe', output, output],
  })
  closeSync(output)
  const state: { end: string | undefined } = { end: undefined }
  const ended = new Promise<string>((resolve) => {
    child.once('exit', (code, signal) => {
      state.end = signal ?? `exit code ${code}`
      // A dead watchdog has nothing to forget.
      tellWatchdog('forget', child.pid).catch(() => {})
      resolve(state.end)
    })
  })
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve)
    child.once('error', reject)
  })
  const identity = identifyProcess(child.pid as number)
  if (identity === undefined) throw new Error(`${program} ended at once`)
  await tellWatchdog('guard', identity)
  child.stdin?.on('error', () => {})
  child.stdin?.write('go\n')
  return {
    identity,
    ended,
    endedWith: () => state.end,
    signal: (signal) => void (state.end === undefined && child.kill(signal)),
    release: async () => {
      await tellWatchdog('forget', identity.pid)
      child.unref()
      ;(child.stdin as unknown as { unref?: () => void })?.unref?.()
    },
  }
}

/** Makes a temporary folder that is removed when this process ends, in whatever way. */
export async function makeGuardedFolder(name: string): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), `payment-node-regtest-${name}-`))
  if (process.env.PAYMENT_NODE_REGTEST_KEEP === undefined) {
    await tellWatchdog('guard-folder', folder)
  }
  return folder
}

/** Removes a guarded folder now. */
export async function removeGuardedFolder(folder: string): Promise<void> {
  if (process.env.PAYMENT_NODE_REGTEST_KEEP !== undefined) return
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
  await tellWatchdog('forget-folder', folder)
}

/** Lets a folder stay after this process (`pnpm regtest up`). */
export async function releaseFolder(folder: string): Promise<void> {
  await tellWatchdog('forget-folder', folder)
}

let watchdog: ChildProcess | undefined

function tellWatchdog(verb: string, value: unknown): Promise<void> {
  watchdog ??= startWatchdog()
  const input = watchdog.stdin as Writable
  return new Promise((resolve, reject) => {
    input.write(`${JSON.stringify([verb, value])}\n`, (error) =>
      error ? reject(new Error(`the watchdog is gone: ${error.message}`)) : resolve(),
    )
  })
}

function startWatchdog(): ChildProcess {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'watchdog.ts')], {
    detached: true,
    stdio: ['pipe', 'ignore', 'inherit'],
  })
  child.unref()
  ;(child.stdin as unknown as { unref: () => void }).unref()
  return child
}
