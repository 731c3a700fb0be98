import { join } from 'node:path'
import type { Section } from '../bench.ts'
import type { Measurement } from '../measurement.ts'
import { startProgram } from '../start-program.ts'
import { median, rangeOf } from '../statistics.ts'

const rounds = 9

/** Payouts recorded and reserved per second, 64 at a time. */
export interface PayoutRound {
  /** Of 1,000 partners. */
  readonly many: number
  /** All of one partner. */
  readonly one: number
  /** The rows of `many` again, by bare node:sqlite, 64 payouts in one transaction. */
  readonly bare: number
}

/** What recording and reserving a payout costs beside its rows, and that one busy partner is no bottleneck. */
export const payouts: Section = {
  name: 'payouts',
  says: 'payouts.request (durable, money reserved) on SQLite, and bare node:sqlite writing the same rows',
  async measure({ report, folder }) {
    const at = await folder()
    await using program = startProgram<PayoutRound>('payout-requests', {
      file: join(at, 'books.db'),
      bareFile: join(at, 'bare.db'),
      rounds,
    })
    const measured: PayoutRound[] = []
    for (let round = 1; round <= rounds; round++) {
      const said = await program.listen()
      measured.push(said)
      const [many, one, bare] = [said.many, said.one, said.bare].map((value) => value.toFixed(0))
      report(
        `payouts: round ${round} of ${rounds}: ${many}/s, one partner ${one}/s, bare ${bare}/s`,
      )
    }
    const section = payouts.name
    const over = (values: readonly number[]) => ({ value: median(values), range: rangeOf(values) })
    const ratio = (what: string, values: readonly number[], atLeast: number): Measurement => ({
      section,
      what,
      ...over(values),
      unit: 'ratio',
      target: { atLeast },
    })
    const rate = (what: string, of: keyof PayoutRound): Measurement => ({
      section,
      what,
      ...over(measured.map((round) => round[of])),
      unit: 'per second',
      ...(of === 'bare' && { isReference: true }),
    })
    return [
      ratio(
        '64 payouts.request at once, of the same rows by bare node:sqlite in transactions of 64',
        measured.map(({ many, bare }) => many / bare),
        0.8,
      ),
      ratio(
        'the same for one partner, of 1,000 partners',
        measured.map(({ one, many }) => one / many),
        0.3,
      ),
      rate('payouts.request, 1,000 partners', 'many'),
      rate('payouts.request, one partner', 'one'),
      rate('their rows by bare node:sqlite', 'bare'),
    ]
  },
}
