/**
 * What happens to one process of the host. Everything that its code waits for passes here: a paused
 * process stands still between two steps, as SIGSTOP leaves it; a killed one never takes another step.
 */
export interface Life {
  readonly isOver: boolean
  readonly isPaused: boolean
  /** Resolves when the process is killed. */
  readonly over: Promise<void>
  pause(): void
  resume(): void
  end(): void
  /** Settles as `work` does: later while paused, never once over. */
  pass<T>(work: Promise<T>): Promise<T>
}

/** A life that has just begun. */
export function createLife(): Life {
  let isOver = false
  let isPaused = false
  let waiting: (() => void)[] = []
  const over = Promise.withResolvers<void>()

  const deliver = (settle: () => void): void => {
    if (isOver) return
    if (isPaused) waiting.push(() => deliver(settle))
    else settle()
  }

  return {
    get isOver() {
      return isOver
    },
    get isPaused() {
      return isPaused
    },
    over: over.promise,
    pause() {
      if (!isOver) isPaused = true
    },
    resume() {
      if (!isPaused) return
      isPaused = false
      const woken = waiting
      waiting = []
      for (const wake of woken) wake()
    },
    end() {
      if (isOver) return
      isOver = true
      waiting = []
      over.resolve()
    },
    pass: (work) =>
      new Promise((resolve, reject) => {
        work.then(
          (value) => deliver(() => resolve(value)),
          (error: unknown) => deliver(() => reject(error)),
        )
      }),
  }
}

/** What a killed process waits for. */
export function never<T>(): Promise<T> {
  return new Promise<T>(() => undefined)
}
