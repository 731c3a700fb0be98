import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'

/** A program of `test/programs` in a process of its own. */
export interface Child {
  readonly process: ChildProcess
  /** What it has printed so far, line by line; complete once `ended`. */
  readonly lines: string[]
  /** Resolves when so many lines are there, or when there will be no more. */
  printed(count: number): Promise<void>
  /** Resolves when it has ended in whatever way and all its output was read. */
  readonly ended: Promise<void>
}

/** `fileLimit`: no file may grow beyond so many blocks (`ulimit -f`). */
export function startChild(
  program: string,
  args: readonly string[],
  options: { readonly fileLimit?: number } = {},
): Child {
  const path = fileURLToPath(new URL(`programs/${program}.ts`, import.meta.url))
  const command = [process.execPath, '--conditions=dev-source', path, ...args]
  const [name, ...rest] = options.fileLimit
    ? ['/bin/sh', '-c', `ulimit -f ${options.fileLimit}; exec "$0" "$@"`, ...command]
    : command
  const child = spawn(name!, rest, { stdio: ['pipe', 'pipe', 'inherit'] })
  onTestFinished(() => void child.kill('SIGKILL'))
  const lines: string[] = []
  const reader = createInterface(child.stdout)
  let isOver = false
  const waiting = new Set<() => void>()
  const wake = (): void => {
    for (const one of waiting) one()
  }
  reader.on('line', (line) => {
    lines.push(line)
    wake()
  })
  const ended = Promise.all([once(child, 'exit'), once(reader, 'close')]).then(() => {
    isOver = true
    wake()
  })
  return {
    process: child,
    lines,
    ended,
    printed: (count) =>
      new Promise((resolve) => {
        const check = (): void => {
          if (lines.length < count && !isOver) return
          waiting.delete(check)
          resolve()
        }
        waiting.add(check)
        check()
      }),
  }
}
