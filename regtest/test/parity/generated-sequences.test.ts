import { randomInt } from 'node:crypto'
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

test('generated sequences that are new each time; PARITY_SEED repeats one', async () => {
  await holdTogether(Number(process.env.PARITY_SEED ?? randomInt(2 ** 31)), 2)
}, 600_000)
