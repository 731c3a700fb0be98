import type { Clock } from '@payment-node/core'

/** A process that can be killed: whatever it waits for afterwards never comes. */
export interface Life {
  readonly isOver: boolean
  end(): void
  /** The same port, for as long as the process lives. */
  given<Port extends object>(port: Port): Port
}

/** A life that has just begun. */
export function beginLife(): Life {
  let isOver = false
  const never = <T>(): Promise<T> => new Promise<T>(() => undefined)
  const pass = async <T>(work: Promise<T>): Promise<T> => {
    try {
      const value = await work
      return isOver ? never() : value
    } catch (error) {
      return isOver ? never() : Promise.reject(error)
    }
  }
  async function* stream(items: AsyncIterable<unknown>): AsyncGenerator<unknown> {
    const iterator = items[Symbol.asyncIterator]()
    try {
      for (;;) {
        const next = await pass(iterator.next())
        if (next.done) return
        yield next.value
      }
    } finally {
      if (!isOver) await iterator.return?.()
    }
  }
  const answer = (value: unknown): unknown => {
    if (value instanceof Promise) return pass(value)
    const isStream = typeof value === 'object' && value !== null && Symbol.asyncIterator in value
    return isStream ? stream(value as AsyncIterable<unknown>) : value
  }
  const given = <Port extends object>(port: Port): Port =>
    new Proxy(port, {
      get(target, name) {
        const member: unknown = Reflect.get(target, name)
        if (typeof name === 'symbol') return member
        if (typeof member === 'function') {
          return (...all: unknown[]) => (isOver ? never() : answer(member.apply(target, all)))
        }
        return typeof member === 'object' && member !== null ? given(member) : member
      },
    })
  return {
    get isOver() {
      return isOver
    },
    end() {
      isOver = true
    },
    given,
  }
}

/** Shortest sleep that is no poll, and how long polls of a process take at least; milliseconds. */
const [work, poll] = [500, 10_000]

/**
 * The same time, with polls that take longer: a sleep may always take longer than was asked, as on a busy machine,
 * and a virtual day costs less.
 */
export function patient(clock: Clock): Clock {
  return {
    now: () => clock.now(),
    monotonic: () => clock.monotonic(),
    sleep(milliseconds, signal, background) {
      const asked = milliseconds < work ? milliseconds : Math.max(milliseconds, poll)
      return clock.sleep(asked, signal, background)
    },
  }
}
