import { type Invariant, planRun, runPlan, shrinkFaults } from '@payment-node/testkit'
import { expect, test } from 'vitest'
import { printViolation } from '../print-run.ts'
import { createProgress } from '../progress.ts'
import type { SeedsRun } from '../run-seeds.ts'

const noStart: Invariant = {
  name: 'nothing-starts',
  says: 'No process ever becomes ready.',
  begin: ({ books }) => ({ commit: () => (books.events.length > 0 ? 'it did' : undefined) }),
}

test('a violation is told with its words, the command that replays it and its faults', {
  timeout: 30_000,
}, async () => {
  const options = { invariants: [noStart] }
  const result = await runPlan(planRun(12), options)
  const told = printViolation({ result, shrunk: await shrinkFaults(result, options) })
  expect(told).toContain('VIOLATION of nothing-starts')
  expect(told).toContain('No process ever becomes ready.')
  expect(told).toContain('found: it did')
  expect(told).toContain('Replay: pnpm simulate --seeds 1 --from 12')
  expect(told).toContain(`0 of its ${result.plan.faults.length} faults are enough:\n  none at all`)
  expect(told).toContain('VIOLATION nothing-starts: it did')
})

test('progress is one line that changes on a terminal, and rare plain lines elsewhere', () => {
  const run: SeedsRun = {
    from: 1,
    seeds: 10,
    milliseconds: 2000,
    events: 50,
    virtual: 0,
    happenings: new Map(),
    last: undefined,
    failed: undefined,
  }
  for (const isTTY of [true, false]) {
    const written: string[] = []
    let now = 0
    const stream = { isTTY, write: (text: string) => written.push(text) > 0 }
    const progress = createProgress(stream, () => now)
    for (let count = 0; count < 100; count++) {
      now += 250
      progress.show(run)
    }
    progress.end()
    const line = 'seed 10: 10 run, 5.0 seeds/s, 50 events'
    expect(written[0]).toBe(isTTY ? `\r\u001b[2K${line}` : `${line}\n`)
    expect(written).toHaveLength(isTTY ? 101 : 2)
  }
})
