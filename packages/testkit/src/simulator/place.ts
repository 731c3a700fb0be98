import type { SimulatedProcess } from './open-process.ts'

/** Where a process runs: when one ends, a supervisor starts the next, as systemd does. */
export interface Place {
  /** `'a'`, `'b'`. */
  readonly name: string
  /** The one that runs now, started or starting; undefined while the place is down. */
  readonly process: SimulatedProcess | undefined
  /** Whether `start()` of the running process has resolved. */
  readonly isServing: boolean
  /** Opens a process now, unless one runs. */
  open(): void
  /** Kills what runs; the next one starts after so many milliseconds (undefined: when somebody opens). */
  kill(downMilliseconds?: number): void
  /** How many processes have run here. */
  readonly count: number
}

/** Milliseconds until the supervisor tries again when a start failed. */
const retryAfter = 1000

/** An empty place; `open` starts the first process. */
export function createPlace(
  name: string,
  create: (count: number) => SimulatedProcess,
  sleep: (milliseconds: number) => Promise<void>,
  report: (line: string) => void,
): Place {
  let process: SimulatedProcess | undefined
  let isServing = false
  let count = 0
  let downFor: number | undefined = 2000

  const open = (): void => {
    if (process?.isAlive) return
    const opened = create(++count)
    process = opened
    isServing = false
    report(`process ${name}${count} opens`)
    opened.node.start().then(
      () => {
        if (process !== opened) return
        isServing = true
        report(`process ${name}${count} serves`)
      },
      (error: unknown) => {
        report(`process ${name}${count} did not start: ${String(error)}`)
        // As a service that ends by itself: whatever it still holds goes with it.
        opened.kill()
      },
    )
    void opened.over.then(() => ended(opened))
  }

  const ended = (over: SimulatedProcess): void => {
    if (process !== over) return
    process = undefined
    isServing = false
    report(`process ${name}${count} is over`)
    if (downFor === undefined) return
    const pause = Math.max(downFor, retryAfter)
    void sleep(pause).then(() => open())
  }

  return {
    name,
    get process() {
      return process
    },
    get isServing() {
      return isServing
    },
    get count() {
      return count
    },
    open,
    kill(downMilliseconds = 2000) {
      downFor = downMilliseconds
      process?.kill()
    },
  }
}
