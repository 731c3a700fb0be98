import { setTimeout as delay } from 'node:timers/promises'
import { type Actor, createActor } from './actor.ts'
import { type Difference, differences } from './differences.ts'
import { findDifferences, show } from './find-differences.ts'
import { createNames } from './names.ts'
import { normalise } from './normalise.ts'
import { observeNode } from './observe-node.ts'
import type { Operation } from './operation.ts'
import { performOperation } from './perform-operation.ts'
import type { World } from './world.ts'

/** The same operations, one after the other, in both worlds. */
export interface Pair {
  /**
   * Performs them and compares, after each one, what it said and everything that the port shows.
   * Throws {@link ParityError} at the first difference; the worlds have parted then.
   */
  run(operations: readonly Operation[]): Promise<void>
  /** What has been performed since the worlds were made. */
  readonly performed: readonly Operation[]
  /** The reviewed differences that met a field. */
  readonly used: ReadonlySet<Difference>
  remove(): Promise<void>
}

/** The simulated network shows something else than LND. */
class ParityError extends Error {
  override readonly name = 'ParityError'
  readonly found: readonly string[]
  constructor(performed: readonly Operation[], found: readonly string[]) {
    const steps = performed.map((operation, position) => `${position + 1}. ${show(operation)}`)
    super(`after\n${steps.join('\n')}\nthe two differ:\n${found.join('\n')}`)
    this.found = found
  }
}

/** How long one operation may take, in milliseconds; LND's own payments give up after 60 s. */
const deadlineMilliseconds = 90_000

/** Options of {@link createPair}. */
export interface PairOptions {
  /** Keeps the payment hashes of two runs apart. */
  readonly nonce: string
  /** How long LND may take to show what the simulated network shows; default 15 s. */
  readonly patienceMilliseconds?: number
}

/** Subscribes in both worlds, and checks that they are equal before anything happens. */
export async function createPair(
  simulated: World,
  real: World,
  { nonce, patienceMilliseconds = 15_000 }: PairOptions,
): Promise<Pair> {
  const actors = [createActor(simulated, nonce), createActor(real, nonce)] as const
  const names = actors.map(createNames)
  const performed: Operation[] = []
  const used = new Set<Difference>()
  await Promise.all(actors.map((actor) => actor.streams.subscribe()))

  const shown = async (position: 0 | 1, result: unknown): Promise<unknown> => {
    const node = await observeNode(actors[position])
    const words = names[position]!
    words.learn(node)
    return normalise({ result, node }, words, differences, used)
  }
  const differ = async (results: readonly unknown[]): Promise<string[]> => {
    const expected = await shown(0, results[0])
    const deadline = performance.now() + patienceMilliseconds
    for (;;) {
      const found = findDifferences(expected, await shown(1, results[1]))
      if (found.length === 0 || performance.now() > deadline) return found
      await actors[1].world.passTime(100)
    }
  }
  const compare = async (results: readonly unknown[]): Promise<void> => {
    const found = await differ(results)
    if (found.length > 0) throw new ParityError(performed, found)
  }
  const step = async (operation: Operation): Promise<void> => {
    performed.push(operation)
    for (const actor of actors) actor.streams.forgetHints()
    const performing = actors.map(async (actor) => {
      const result = await performOperation(actor, operation)
      await actor.world.calm()
      return result
    })
    await compare(await withinDeadline(Promise.all(performing), performed))
  }

  await compare(['ready', 'ready'])
  return {
    async run(operations) {
      for (const operation of operations) {
        // What a block starts must be over in both worlds before the next one comes.
        const isByOne = operation.kind === 'mine' && !operation.atOnce
        const times = isByOne ? operation.blocks : 1
        const single = isByOne ? { ...operation, blocks: 1 } : operation
        // LND that starts while a sweep is unconfirmed makes a second one, and its wallet counts both.
        const isEnd = operation.kind === 'restart' || operation.kind === 'stop'
        for (let block = 0; isEnd && block < 6 && (await waitsForSweep(actors[0])); block++) {
          await step({ kind: 'mine', blocks: 1 })
        }
        for (let time = 0; time < times; time++) await step(single)
        // What is paid into a deserted channel hangs until the close is believed.
        for (let block = 0; block < 6 && (await listsDeserted(actors[0])); block++) {
          await step({ kind: 'mine', blocks: 1 })
        }
      }
    },
    performed,
    used,
    async remove() {
      await Promise.allSettled(actors.map((actor: Actor) => actor.streams.stop()))
      await Promise.all(actors.map((actor) => actor.world.remove()))
    },
  }
}

async function listsDeserted({ world, deserted }: Actor): Promise<boolean> {
  if (deserted === undefined) return false
  const ports = Object.values(world.ports)
  const lists = await Promise.all(ports.map((port) => port.listChannels().catch(() => [])))
  return lists.flat().some(({ channelPoint }) => channelPoint === deserted)
}

async function waitsForSweep({ world }: Actor): Promise<boolean> {
  const newest = await world.ports.tested.onchain?.transactions(0).catch(() => [])
  return (newest ?? []).some(
    ({ label, confirmations }) => confirmations === 0 && label.startsWith('0:sweep'),
  )
}

/** An operation that never ends is a difference, too. */
async function withinDeadline<T>(work: Promise<T>, performed: readonly Operation[]): Promise<T> {
  const waiting = new AbortController()
  const deadline = delay(deadlineMilliseconds, undefined, { signal: waiting.signal }).then(
    () => {
      throw new ParityError(performed, ['the last operation did not end'])
    },
    () => work,
  )
  try {
    return await Promise.race([work, deadline])
  } finally {
    waiting.abort()
  }
}
