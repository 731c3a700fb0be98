import crypto from 'node:crypto'
import { syncBuiltinESMExports } from 'node:module'
import timers from 'node:timers'
import timersPromises from 'node:timers/promises'

/** One thing that must not be touched: where it lives and what it is called. */
interface Door {
  readonly owner: object
  readonly name: string
  /** For the message. */
  readonly says: string
}

/** A program under simulation touched a real clock, real chance or the web. */
export class ForbiddenGlobalError extends Error {
  override readonly name = 'ForbiddenGlobalError'
  /** What was touched, e.g. `Date.now`. */
  readonly touched: string

  constructor(touched: string) {
    super(
      `${touched} was touched inside a simulation: time, chance and the web come through the ports (Clock, Random, Http) only`,
    )
    this.touched = touched
  }
}

/** Gives the globals back. Safe to repeat. */
export type RestoreGlobals = () => void

let depth = 0
let restoreAll: (() => void) | undefined

/**
 * Replaces the globals for time, chance and the web by ones that throw {@link ForbiddenGlobalError}:
 * `Date` without arguments, `Date.now`, timers (also of `node:timers`), `performance.now`,
 * `AbortSignal.timeout`, `Math.random`, `crypto` randomness (also of `node:crypto`) and `fetch`.
 * `new Date(number)` works on. May be nested; the last restore counts. `touched` is called as well,
 * because a program may swallow the error.
 *
 * @example
 * ```ts
 * import { forbidGlobals } from '@payment-node/testkit'
 *
 * const restore = forbidGlobals()
 * try {
 *   // code that must be deterministic
 * } finally {
 *   restore()
 * }
 * ```
 */
export function forbidGlobals(touched?: (error: ForbiddenGlobalError) => void): RestoreGlobals {
  if (touched) listeners.add(touched)
  if (depth++ === 0) restoreAll = replaceAll()
  let isRestored = false
  return () => {
    if (isRestored) return
    isRestored = true
    if (touched) listeners.delete(touched)
    if (--depth > 0) return
    restoreAll?.()
    restoreAll = undefined
  }
}

const listeners = new Set<(error: ForbiddenGlobalError) => void>()

function refuse(says: string): never {
  const error = new ForbiddenGlobalError(says)
  for (const listener of listeners) listener(error)
  throw error
}

function replaceAll(): () => void {
  const undo = [replaceDate()]
  for (const door of doors()) undo.push(close(door))
  undo.push(blindEvenly())
  syncBuiltinESMExports()
  return () => {
    for (const step of undo) step()
    syncBuiltinESMExports()
  }
}

function doors(): Door[] {
  const of = (owner: object, prefix: string, names: readonly string[]): Door[] =>
    names.map((name) => ({ owner, name, says: `${prefix}${name}` }))
  // getRandomValues of node:crypto cannot be replaced; it calls the global one, which is.
  const random = ['randomUUID', 'randomBytes', 'randomInt', 'randomFill', 'randomFillSync']
  return [
    ...of(globalThis, '', ['setTimeout', 'setInterval', 'setImmediate', 'fetch']),
    ...of(performance, 'performance.', ['now']),
    ...of(AbortSignal, 'AbortSignal.', ['timeout']),
    ...of(Math, 'Math.', ['random']),
    ...of(globalThis.crypto, 'crypto.', ['randomUUID']),
    ...of(crypto, 'node:crypto ', random),
    // The virtual clock needs setImmediate of node:timers to let a turn pass.
    ...of(timers, 'node:timers ', ['setTimeout', 'setInterval']),
    ...of(timersPromises, 'node:timers/promises ', ['setTimeout', 'setInterval', 'setImmediate']),
  ]
}

/**
 * Where the curve's library (`@noble/curves`) hides a secret from whoever measures its time: a multiple of the order
 * is added, so that the result is the same whatever the chance was.
 */
const blinding = 'mulCTBlinded'

/** Random bytes for nobody, but for that: always the same ones. */
function blindEvenly(): () => void {
  const says = 'crypto.getRandomValues'
  return replace(globalThis.crypto, 'getRandomValues', (bytes: Uint8Array) => {
    if (!new Error(says).stack?.includes(blinding)) refuse(says)
    return bytes.fill(1)
  })
}

/** Puts a function that throws in its place. */
function close({ owner, name, says }: Door): () => void {
  return replace(owner, name, () => refuse(says))
}

/** An inherited method is shadowed. */
function replace(owner: object, name: string, value: unknown): () => void {
  const own = Object.getOwnPropertyDescriptor(owner, name)
  Object.defineProperty(owner, name, {
    configurable: true,
    writable: true,
    enumerable: own?.enumerable ?? false,
    value,
  })
  return () => {
    if (own) Object.defineProperty(owner, name, own)
    else delete (owner as Record<string, unknown>)[name]
  }
}

function replaceDate(): () => void {
  const real = globalThis.Date
  const forbidden = new Proxy(real, {
    construct(target, parameters, newTarget) {
      if (parameters.length === 0) refuse('new Date()')
      return Reflect.construct(target, parameters, newTarget)
    },
    apply: () => refuse('Date()'),
    get(target, name) {
      if (name === 'now') return () => refuse('Date.now')
      return Reflect.get(target, name)
    },
  })
  globalThis.Date = forbidden
  return () => {
    globalThis.Date = real
  }
}
