import type { Clock, LightningNode, Storage } from '@payment-node/core'

/**
 * What happens to one process of the host. Everything that its code waits for passes here, so that a
 * paused process stands still between two steps, as SIGSTOP leaves it, and a killed one never takes
 * another step.
 */
export interface Life {
  readonly isOver: boolean
  /** Nothing that was waited for arrives until {@link resume}. */
  pause(): void
  resume(): void
  /** Nothing ever arrives any more. */
  end(): void
  /** Resolves when the process may go on. */
  goesOn(): Promise<void>
}

export function createLife(): Life {
  let isOver = false
  let paused: PromiseWithResolvers<void> | undefined
  return {
    get isOver() {
      return isOver
    },
    pause() {
      paused ??= Promise.withResolvers()
    },
    resume() {
      paused?.resolve()
      paused = undefined
    },
    end() {
      isOver = true
    },
    async goesOn() {
      while (paused) await paused.promise
      if (isOver) await new Promise(() => undefined)
    },
  }
}

/** The clock as this process feels it. */
export function clockOf(life: Life, clock: Clock): Clock {
  return {
    now: () => clock.now(),
    monotonic: () => clock.monotonic(),
    async sleep(milliseconds, signal, background) {
      await clock.sleep(milliseconds, signal, background)
      await life.goesOn()
    },
  }
}

/** A port whose answers reach the process only while it lives. */
export function portOf<P extends LightningNode | Storage>(life: Life, port: P): P {
  return gate(life, port)
}

function gate<P extends object>(life: Life, port: P): P {
  return new Proxy(port, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name)
      // A part of the port with calls of its own, like `opener`.
      if (typeof member === 'object' && member !== null) return gate(life, member)
      if (typeof member !== 'function') return member
      return (...parameters: unknown[]) => {
        const answer: unknown = member.apply(target, parameters)
        if (answer instanceof Promise) return gated(life, answer)
        return isStream(answer) ? gatedStream(life, answer) : answer
      }
    },
  })
}

async function gated(life: Life, answer: Promise<unknown>): Promise<unknown> {
  const [outcome] = await Promise.allSettled([answer])
  await life.goesOn()
  if (outcome.status === 'rejected') throw outcome.reason
  return outcome.value
}

async function* gatedStream(life: Life, stream: AsyncIterable<unknown>): AsyncGenerator<unknown> {
  try {
    for await (const item of stream) {
      await life.goesOn()
      yield item
    }
  } finally {
    await life.goesOn()
  }
}

function isStream(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value
}
