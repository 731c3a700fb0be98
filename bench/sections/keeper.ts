import { join } from 'node:path'
import type { Bench, Section } from '../bench.ts'
import type { Measurement } from '../measurement.ts'
import { startProgram } from '../start-program.ts'
import { median, rangeOf } from '../statistics.ts'

const few = 1000
const many = 1_000_000

/** What the program says: milliseconds of ticks, one after the other. */
export interface TickTimes {
  /** Nothing is missing. */
  readonly enough: readonly number[]
  /** One channel is missing, and 8,000 peers of the list are marked. */
  readonly missing: readonly number[]
}

/** What one look of the channel keeper costs, and that it does not grow with what has ended. */
export const keeper: Section = {
  name: 'keeper',
  says: 'one look with 1,000 channels and a list of 10,000, on SQLite, with few and many finished rows',
  async measure(bench) {
    const small = await tick(bench, few)
    const large = await tick(bench, many)
    const section = keeper.name
    const line = (what: string, times: readonly number[]): Measurement => ({
      section,
      what,
      value: median(times),
      range: rangeOf(times),
      unit: 'ms',
      target: { atMost: 50 },
    })
    return [
      line('a look, nothing missing', small.enough),
      line('a look, one channel missing, 8,000 marks', small.missing),
      line(`the same, ${many.toLocaleString('en')} finished rows`, large.missing),
      {
        section,
        what: `${many.toLocaleString('en')} finished rows to ${few.toLocaleString('en')}`,
        value: median(large.missing) / median(small.missing),
        unit: 'ratio',
        target: { atMost: 1.5 },
      },
    ]
  },
}

async function tick({ report, folder }: Bench, finished: number): Promise<TickTimes> {
  report(`keeper: ${finished.toLocaleString('en')} finished channels and openings`)
  const file = join(await folder(), 'books.db')
  await using program = startProgram<TickTimes>('keeper-tick', { file, finished })
  return await program.listen()
}
