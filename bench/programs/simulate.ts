import { simulateSeed } from '@payment-node/testkit'
import type { SimulatedRound } from '../sections/simulator.ts'

const { rounds, seeds } = JSON.parse(process.argv[2]!) as { rounds: number; seeds: number }

async function runSeeds(from: number, count: number): Promise<number> {
  let events = 0
  for (let seed = from; seed < from + count; seed++) {
    const result = await simulateSeed(seed)
    if (result.violation) throw new Error(`seed ${seed}: ${result.violation.found}`)
    events += result.events
  }
  return events
}

await runSeeds(1, 3)
// Every round the same seeds: what differs is the machine.
for (let round = 0; round < rounds; round++) {
  const start = performance.now()
  const events = await runSeeds(100, seeds)
  const said: SimulatedRound = { seeds, events, milliseconds: performance.now() - start }
  process.send?.(said)
}
process.disconnect?.()
