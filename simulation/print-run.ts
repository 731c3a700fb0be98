import { allFaultKinds, allInvariants, type Fault } from '@payment-node/testkit'
import Table from 'cli-table3'
import colors from 'picocolors'
import type { Failure, SeedsRun } from './run-seeds.ts'

/** What was run, how fast, and which faults really happened, for people. */
export function printSummary(run: SeedsRun): string {
  const seconds = run.milliseconds / 1000
  const hours = run.virtual / 3_600_000
  const table = new Table({ head: ['fault', 'happened', 'fault', 'happened'], style: plain })
  const rows = allFaultKinds.map(({ name }) => [name, String(run.happenings.get(name) ?? 0)])
  const half = Math.ceil(rows.length / 2)
  for (let row = 0; row < half; row++) {
    table.push([...rows[row]!, ...(rows[row + half] ?? ['', ''])])
  }
  const never = rows.filter(([, count]) => count === '0').length
  return [
    table.toString(),
    `${rows.length} kinds of faults (${never} did not happen), ${allInvariants.length} invariants`,
    `seeds ${run.from} to ${run.from + run.seeds - 1}: ${run.seeds} in ${seconds.toFixed(1)} s, ${hours.toFixed(1)} virtual hours`,
    `${(run.seeds / seconds).toFixed(1)} seeds/s, ${Math.round(run.events / seconds)} events/s`,
  ].join('\n')
}

/** What broke, how to see it again, and the fewest faults that do it. */
export function printViolation({ result, shrunk }: Failure): string {
  const { invariant, says, found, at } = shrunk.violation!
  const { seed, faults } = shrunk.plan
  return [
    colors.red(`VIOLATION of ${invariant}`),
    `  ${says}`,
    `  found: ${found}`,
    `  ${(at / 1000).toFixed(3)} s after the run began`,
    '',
    `Replay: pnpm simulate --seeds 1 --from ${seed}`,
    '',
    `${faults.length} of its ${result.plan.faults.length} faults are enough:`,
    ...(faults.length > 0 ? faults.map(describeFault) : ['  none at all']),
    '',
    'The end of the shrunk trace:',
    ...shrunk.lines.slice(-20).map((line) => `  ${line.slice(0, 300)}`),
  ].join('\n')
}

const plain = { head: [], border: [], compact: true }

/** JSON, so that it can be recorded and replayed. */
function describeFault(fault: Fault): string {
  return `  ${JSON.stringify(fault)}`
}
