/** `before`: the call is never made. `answered`: its answer arrived and nobody has seen it. */
export interface KillPoint {
  /** Name of the call, as {@link mortal}'s `name` gives it. */
  readonly call: string
  readonly phase: 'before' | 'answered'
  /** 1 = the first time the call is made. */
  readonly time: number
}

/** Ends this process as a power cut does. */
export function die(): never {
  process.kill(process.pid, 'SIGKILL')
  // The signal is on its way; nothing below may run.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
  throw new Error('still alive')
}

/** Strikes at one call of this process. */
export interface Fate {
  /** Counts the call; answers whether it is the one. */
  isFatal(call: string): boolean
  /** What happens there. */
  strike(): Promise<void> | never
  readonly phase: KillPoint['phase'] | undefined
}

/** Death at `point`; undefined: none. */
export function fateAt(point: KillPoint | undefined, strike: Fate['strike'] = die): Fate {
  const times = new Map<string, number>()
  return {
    isFatal(call) {
      const time = (times.get(call) ?? 0) + 1
      times.set(call, time)
      return point?.call === call && point.time === time
    },
    strike,
    phase: point?.phase,
  }
}

/**
 * The port with its fate built in; streams are struck at their first item. `name` says how a call is
 * named from its member and parameters; undefined: it does not count.
 */
export function mortal<T extends object>(
  port: T,
  fate: Fate,
  name: (member: string, parameters: readonly unknown[]) => string | undefined,
): T {
  return new Proxy(port, {
    get(target, member, receiver) {
      const value = Reflect.get(target, member, receiver) as unknown
      if (typeof value !== 'function' || typeof member !== 'string') return value
      return (...all: unknown[]) => {
        const call = name(member, all)
        if (call === undefined || !fate.isFatal(call)) return value.apply(target, all) as unknown
        if (fate.phase === 'before') {
          const struck = fate.strike()
          return struck.then(() => value.apply(target, all) as unknown)
        }
        const answer = value.apply(target, all) as unknown
        if (isIterable(answer)) return deadly(answer, fate)
        const pass = async (): Promise<unknown> => {
          await fate.strike()
          return answer
        }
        return (answer as Promise<unknown>).then(pass, pass)
      }
    },
  })
}

function isIterable(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value
}

async function* deadly(items: AsyncIterable<unknown>, fate: Fate): AsyncGenerator {
  for await (const item of items) {
    // The first, empty batch says that the stream is open.
    if (!Array.isArray(item) || item.length > 0) await fate.strike()
    yield item
  }
}
