import type { Section } from '../bench.ts'
import { startProgram } from '../start-program.ts'
import { median, rangeOf } from '../statistics.ts'

const rounds = 3
/** Seeds of one round, after a few that warm up. */
const seeds = 25

/** What the program says of one round. */
export interface SimulatedRound {
  readonly seeds: number
  readonly events: number
  readonly milliseconds: number
}

/** How fast the deterministic simulator is: one thread, all invariants after every commit. */
export const simulator: Section = {
  name: 'simulator',
  says: 'seeds and events per second of the deterministic simulator',
  async measure({ report }) {
    report(`simulator: ${rounds} rounds of ${seeds} seeds`)
    await using program = startProgram<SimulatedRound>('simulate', { rounds, seeds })
    const measured: SimulatedRound[] = []
    for (let round = 0; round < rounds; round++) measured.push(await program.listen())
    const perSecond = (count: (round: SimulatedRound) => number): number[] =>
      measured.map((round) => count(round) / (round.milliseconds / 1000))
    const section = simulator.name
    const bySeed = perSecond((round) => round.seeds)
    const byEvent = perSecond((round) => round.events)
    return [
      {
        section,
        what: 'seeds, each minutes to hours of virtual time with faults',
        value: median(bySeed),
        range: rangeOf(bySeed),
        unit: 'per second',
      },
      {
        section,
        what: 'events: calls, commits, faults',
        value: median(byEvent),
        range: rangeOf(byEvent),
        unit: 'per second',
      },
    ]
  },
}
