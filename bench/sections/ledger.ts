import { join } from 'node:path'
import type { Bench, Section } from '../bench.ts'
import { startProgram } from '../start-program.ts'
import { median, rangeOf } from '../statistics.ts'

const few = 10_000
const many = 1_000_000

/** What the program says. */
export interface BalanceTimes {
  /** Milliseconds of looks at books that no leader has counted: every posting is read. */
  readonly all: readonly number[]
  /** Milliseconds of looks at the same books afterwards. */
  readonly counted: readonly number[]
  /** How fast the leader counted them. */
  readonly countedPerSecond: number
}

/** That reading the balances does not grow with the journal. */
export const ledger: Section = {
  name: 'ledger',
  says: `all balances of books with ${few.toLocaleString('en')} and with ${many.toLocaleString('en')} postings, on SQLite`,
  async measure(bench) {
    const small = await read(bench, few)
    const large = await read(bench, many)
    const section = ledger.name
    const [less, more] = [few, many].map((count) => count.toLocaleString('en'))
    const over = (times: readonly number[]) => ({
      value: median(times),
      range: rangeOf(times),
      unit: 'ms' as const,
    })
    return [
      {
        section,
        what: `all balances, ${more} postings to ${less}`,
        value: median(large.counted) / median(small.counted),
        unit: 'ratio',
        target: { atMost: 1.5 },
      },
      { section, what: `all balances, ${less} postings`, ...over(small.counted) },
      { section, what: `all balances, ${more} postings`, ...over(large.counted) },
      {
        section,
        what: `the same, read from all of its postings`,
        ...over(large.all),
        isReference: true,
      },
      {
        section,
        what: 'postings that the leader counts',
        value: large.countedPerSecond,
        unit: 'per second',
      },
    ]
  },
}

async function read({ report, folder }: Bench, postings: number): Promise<BalanceTimes> {
  report(`ledger: ${postings.toLocaleString('en')} postings`)
  const file = join(await folder(), 'books.db')
  await using program = startProgram<BalanceTimes>('ledger-balances', { file, postings })
  return await program.listen()
}
