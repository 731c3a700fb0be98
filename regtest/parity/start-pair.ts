import { randomBytes } from 'node:crypto'
import { startLndWorld } from './lnd-world.ts'
import { createPair, type Pair } from './run-sequence.ts'
import { startSimulatedWorld } from './simulated-world.ts'

/** Both worlds, fresh and found equal: three real LNDs, and the same network simulated. */
async function startPair(): Promise<Pair> {
  const nonce = randomBytes(8).toString('hex')
  const real = await startLndWorld()
  try {
    return await createPair(await startSimulatedWorld(nonce), real, { nonce })
  } catch (error) {
    await real.remove()
    throw error
  }
}

/** Pairs that are used again as long as nothing has come between the worlds. */
export interface Pairs {
  /** Runs `work` on the current pair; after an error the next one gets a fresh pair. */
  use<T>(work: (pair: Pair) => Promise<T>): Promise<T>
  remove(): Promise<void>
}

export function createPairs(): Pairs {
  let current: Promise<Pair> | undefined
  const remove = async (): Promise<void> => {
    const ending = current
    current = undefined
    await (await ending)?.remove()
  }
  return {
    async use(work) {
      current ??= startPair()
      try {
        return await work(await current)
      } catch (error) {
        await remove().catch(() => {})
        throw error
      }
    },
    remove,
  }
}
