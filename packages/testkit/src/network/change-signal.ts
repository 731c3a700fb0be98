/** Wakes everybody who waits for "something may have changed"; the waiter looks again. */
export interface ChangeSignal {
  wait(): Promise<void>
  fire(): void
}

/** Nothing is remembered: who waits after `fire` waits for the next one. */
export function createChangeSignal(): ChangeSignal {
  let waiting: (() => void)[] = []
  return {
    wait: () =>
      new Promise((resolve) => {
        waiting.push(resolve)
      }),
    fire() {
      const woken = waiting
      waiting = []
      for (const wake of woken) wake()
    },
  }
}
