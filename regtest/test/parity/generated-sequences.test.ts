import fc from 'fast-check'
import { afterAll, test } from 'vitest'
import { anyOperation } from '../../parity/generate-operations.ts'
import { createPairs } from '../../parity/start-pair.ts'

/** From then on a failure is no longer shrunk; each try needs three fresh LNDs. */
const shrinkMilliseconds = 420_000
const limits = { minLength: 1, maxLength: 60, size: 'max' } as const

const pairs = createPairs()
afterAll(() => pairs.remove())

/** The same operations on the simulated network and on LND: the port shows the same after each one. */
async function holdTogether(seed: number, sequences: number): Promise<void> {
  console.info(`parity: ${sequences} sequences, seed ${seed}`)
  const property = fc.asyncProperty(fc.array(anyOperation, limits), (operations) =>
    pairs.use((pair) => pair.run(operations)),
  )
  await fc.assert(property, {
    seed,
    numRuns: sequences,
    interruptAfterTimeLimit: shrinkMilliseconds,
  })
}

test('a generated sequence that is always the same', () => holdTogether(20_261_122, 1), 600_000)

// A search, to be asked for by a seed: what it finds is a difference that is still to be mended.
const asked = process.env.PARITY_SEED
if (asked !== undefined) {
  test('sequences of the seed that was asked for', () => holdTogether(Number(asked), 2), 600_000)
}
