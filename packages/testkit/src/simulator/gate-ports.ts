import type {
  Clock,
  IntentCounter,
  LightningNode,
  Storage,
  StorageEnvironment,
} from '@payment-node/core'
import { type Life, never } from './life.ts'
import type { StepAction, Steps } from './steps.ts'
import type { OutsideCounter } from './world.ts'

/** What a process's ports need to know about it. */
export interface Gate {
  /** `'a'`, `'b'`. */
  readonly process: string
  readonly life: Life
  readonly steps: Steps
  /** The world's clock. */
  readonly clock: Clock
  /** Calls that LND has not answered yet: whose effect is whose. */
  readonly outstanding: Outstanding
  kill(): void
  /** Stands still; the world resumes it after so many milliseconds. */
  pauseFor(milliseconds: number): void
}

/** The calls to LND that are under way, of all processes. */
export interface Outstanding {
  begin(gate: Gate, name: string, parameters: readonly unknown[]): () => void
  /** Whose call it is that LND is serving. */
  find(name: string, parameters: readonly unknown[]): Gate | undefined
}

/** No calls at first. */
export function createOutstanding(): Outstanding {
  const calls = new Map<string, Set<{ gate: Gate; first: unknown }>>()
  return {
    begin(gate, name, parameters) {
      const call = { gate, first: parameters[0] }
      const known = calls.get(name) ?? new Set()
      calls.set(name, known.add(call))
      return () => void known.delete(call)
    },
    find(name, parameters) {
      const known = [...(calls.get(name) ?? [])]
      const [first] = parameters
      return (first === undefined ? known[0] : known.find((call) => call.first === first))?.gate
    },
  }
}

/** Sleeps of core's polls, in milliseconds: long enough to be no step of work, short enough to come always. */
const shortestPoll = 500
const longestPoll = 2000

/**
 * The clock as a process feels it. Polls take at least `pollMilliseconds()`: a sleep may always take
 * longer than was asked, and a virtual hour costs less.
 */
export function gateClock(
  { life, clock }: Pick<Gate, 'life' | 'clock'>,
  {
    pollMilliseconds,
    wallOffset,
  }: { readonly pollMilliseconds: () => number; readonly wallOffset: () => number },
): Clock {
  return {
    now: () => clock.now() + wallOffset(),
    monotonic: () => clock.monotonic(),
    sleep(milliseconds, signal, background) {
      if (life.isOver) return never()
      const isPoll = milliseconds >= shortestPoll && milliseconds <= longestPoll
      const asked = isPoll ? Math.max(milliseconds, pollMilliseconds()) : milliseconds
      return life.pass(clock.sleep(asked, signal, background))
    },
  }
}

/** LND's client: each call and each item of a stream passes the steps and the process's life. */
export function gateLightning(gate: Gate, lightning: LightningNode): LightningNode {
  return gateMembers(gate, lightning, 'lightning')
}

/** The counter of intents outside of the books: writing takes a moment, and each write is a step. */
export function gateCounter(gate: Gate, counter: OutsideCounter): IntentCounter {
  return {
    async read() {
      if (gate.life.isOver) return never()
      return gate.life.pass(Promise.resolve(counter.value))
    },
    async write(count) {
      if (gate.life.isOver) return never()
      const write = async (): Promise<void> => {
        await gate.clock.sleep(1)
        counter.value = count
      }
      await gate.life.pass(guard(gate, 'counter.write', [count], ['before', 'after'], write))
    },
  }
}

/** Calls that only read are no steps: a crash there is the crash before the next call. */
const reads = new Set(['get', 'find', 'snapshot', 'events', 'lastEvent', 'onWake'])

/** The storage: whatever writes passes the steps; nothing arrives at a dead process. */
export function gateStorage(
  gate: Gate,
  storage: Storage,
  storageOffset: (() => number) | undefined,
): Storage {
  return new Proxy(storage, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name)
      if (typeof member !== 'function' || typeof name === 'symbol') return member
      if (name === 'onWake') {
        return (wake: () => void) =>
          target.onWake(() => {
            void gate.life.pass(Promise.resolve()).then(wake)
          })
      }
      return (...parameters: unknown[]): unknown => {
        if (gate.life.isOver) return never()
        if (name === 'open' && storageOffset) {
          const environment = parameters[1] as StorageEnvironment
          const clock = { now: () => gate.clock.now() + storageOffset() }
          parameters[1] = { ...environment, clock }
        }
        const call = (): Promise<unknown> => member.apply(target, parameters) as Promise<unknown>
        if (reads.has(name)) return gate.life.pass(call())
        return gate.life.pass(guard(gate, `storage.${name}`, parameters, ['before', 'after'], call))
      }
    },
  })
}

function gateMembers<T extends object>(gate: Gate, port: T, path: string): T {
  const nested = new Map<PropertyKey, unknown>()
  return new Proxy(port, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name)
      if (typeof name === 'symbol') return member
      if (typeof member === 'object' && member !== null) {
        if (!nested.has(name)) nested.set(name, gateMembers(gate, member, `${path}.${name}`))
        return nested.get(name)
      }
      if (typeof member !== 'function') return member
      return (...parameters: unknown[]): unknown => {
        if (gate.life.isOver) return never()
        return gateCall(gate, `${path}.${name}`, parameters, () => member.apply(target, parameters))
      }
    },
  })
}

/** Streams are called at once, and asked only when somebody reads: the answer shows what it is. */
function gateCall(gate: Gate, name: string, parameters: unknown[], call: () => unknown): unknown {
  if (streams.has(name)) return gateStream(gate, name, parameters, call)
  return gate.life.pass(
    guard(gate, name, parameters, ['before', 'reply'], () => call() as Promise<unknown>),
  )
}

/** Members of `LightningNode` that answer with a stream. */
const streams = new Set([
  'lightning.watchChannels',
  'lightning.watchSettlements',
  'lightning.pay',
  'lightning.trackPayment',
  'lightning.chain.watchConfirmation',
  'lightning.chain.watchSpend',
])

/** A call between two steps. */
export async function guard<T>(
  gate: Gate,
  name: string,
  parameters: readonly unknown[],
  [before, after]: readonly [string, string],
  call: () => Promise<T>,
): Promise<T> {
  const { process, steps } = gate
  const first = steps.take({ process, name: `${name}/${before}`, parameters })
  if (first) await act(gate, first)
  if (gate.life.isOver) return never()
  let result: T
  const end = gate.outstanding.begin(gate, name, parameters)
  try {
    result = await call()
  } catch (error) {
    const last = steps.take({ process, name: `${name}/${after}`, parameters, result: error })
    if (last) await act(gate, last)
    throw error
  } finally {
    end()
  }
  const last = steps.take({ process, name: `${name}/${after}`, parameters, result })
  if (last) await act(gate, last)
  return last?.replace ? (last.replace.results[0] as T) : result
}

/** Does to the process what was decided; throws what the call is to throw. */
async function act(gate: Gate, action: StepAction): Promise<void> {
  if (action.kill) {
    gate.kill()
    return never()
  }
  if (action.pauseMilliseconds !== undefined) {
    gate.pauseFor(action.pauseMilliseconds)
    await gate.life.pass(Promise.resolve())
  }
  if (action.delayMilliseconds !== undefined) await gate.clock.sleep(action.delayMilliseconds)
  if (action.error !== undefined) throw action.error
}

/** A stream of a port: each item is a step. */
export async function* gateStream(
  gate: Gate,
  name: string,
  parameters: readonly unknown[],
  open: () => unknown,
): AsyncGenerator<unknown, void, undefined> {
  const { process, steps, life } = gate
  if (life.isOver) await never()
  const first = steps.take({ process, name: `${name}/before`, parameters })
  if (first) await life.pass(act(gate, first))
  if (life.isOver) await never()
  const iterator = (open() as AsyncIterable<unknown>)[Symbol.asyncIterator]()
  const end = gate.outstanding.begin(gate, name, parameters)
  try {
    for (;;) {
      const next = await life.pass(iterator.next())
      if (next.done) return
      const step = steps.take({ process, name: `${name}/item`, parameters, result: next.value })
      if (step) await life.pass(act(gate, step))
      if (step?.replace) yield* step.replace.results
      else yield next.value
    }
  } finally {
    end()
    await life.pass(Promise.resolve(iterator.return?.()))
  }
}
