import type { IntentCounter } from '@payment-node/core'

/** A counter outside that the test reads, sets and breaks. */
export interface TestCounter extends IntentCounter {
  value: number | undefined
  /** What was written, in order. */
  readonly written: number[]
  /** Thrown by the next writes. */
  trouble: Error | undefined
}

export function testCounter(value?: number): TestCounter {
  const written: number[] = []
  const counter: TestCounter = {
    value,
    written,
    trouble: undefined,
    read: async () => counter.value,
    async write(count) {
      if (counter.trouble) throw counter.trouble
      counter.value = count
      written.push(count)
    },
  }
  return counter
}
