import { createHash } from 'node:crypto'
import type { Random } from '@payment-node/core'

/** Chance that repeats: the same seed gives the same sequence. Never for real secrets. */
export interface SeededRandom extends Random {
  /** A whole number from 0 to `below - 1`. */
  integer(below: number): number
  /** An independent sequence that depends on the seed and `label` only. */
  fork(label: string): SeededRandom
}

/** The `Random` port for simulations: SHA-256 of the seed and a counter. */
export function createSeededRandom(seed: string | number): SeededRandom {
  let counter = 0
  let rest = Buffer.alloc(0)

  function bytes(length: number): Uint8Array {
    while (rest.length < length) {
      const block = createHash('sha256').update(`${seed}/${counter++}`).digest()
      rest = Buffer.concat([rest, block])
    }
    const taken = new Uint8Array(rest.subarray(0, length))
    rest = rest.subarray(length)
    return taken
  }

  return {
    bytes,
    integer(below) {
      if (!Number.isInteger(below) || below < 1 || below > 2 ** 32) {
        throw new RangeError(`integer(${below}): expected a whole number from 1 to 2^32`)
      }
      // The bias of a 48-bit draw over at most 32 bits is far below anything a test could see.
      return Buffer.from(bytes(6)).readUIntBE(0, 6) % below
    },
    fork: (label) => createSeededRandom(`${seed}/${label}`),
  }
}
