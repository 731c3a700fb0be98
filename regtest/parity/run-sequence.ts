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
export class ParityError extends Error {
  override readonly name = 'ParityError'
  readonly found: readonly string[]
  constructor(performed: readonly Operation[], found: readonly string[]) {
    const steps = performed.map((operation, position) => `${position + 1}. ${show(operation)}`)
    super(`after\n${steps.join('\n')}\nthe two differ:\n${found.join('\n')}`)
    this.found = found
  }
}

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

  await compare(['ready', 'ready'])
  return {
    async run(operations) {
      for (const operation of operations.flatMap(oneByOne)) {
        performed.push(operation)
        for (const actor of actors) actor.streams.forgetHints()
        await compare(
          await Promise.all(
            actors.map(async (actor) => {
              const result = await performOperation(actor, operation)
              await actor.world.calm()
              return result
            }),
          ),
        )
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

/** What a block starts must be over in both worlds before the next one comes. */
function oneByOne(operation: Operation): Operation[] {
  if (operation.kind !== 'mine') return [operation]
  return Array.from({ length: operation.blocks }, () => ({ kind: 'mine', blocks: 1 }))
}
