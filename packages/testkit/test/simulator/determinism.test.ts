import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { planRun, runPlan, simulateSeed } from '@payment-node/testkit'
import { expect, test } from 'vitest'

const program = fileURLToPath(new URL('programs/print-fingerprint.ts', import.meta.url))

async function inProcess(...parameters: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [
    '--conditions=dev-source',
    program,
    ...parameters,
  ])
  return stdout
}

test('the same seeds give the same traces, byte for byte, in two processes and here', {
  timeout: 120_000,
}, async () => {
  const [one, other] = await Promise.all([inProcess('1', '6'), inProcess('1', '6')])
  expect(one).toBe(other)
  const lines = one.trim().split('\n')
  expect(lines).toHaveLength(6)
  expect(new Set(lines.map((line) => line.split(' ')[3])).size).toBe(6)
  const { fingerprint, lines: trace } = await simulateSeed(3)
  expect(lines[2]).toContain(fingerprint)
  expect(trace.length).toBeGreaterThan(100)
})

test('a fault that is left out leaves the others as they were', () => {
  const plan = planRun(5)
  expect(planRun(5)).toEqual(plan)
  expect(JSON.parse(JSON.stringify(plan.faults))).toEqual(plan.faults)
  expect(plan.faults.length).toBeGreaterThan(1)
})

test('a recorded plan is replayed as JSON', { timeout: 60_000 }, async () => {
  const plan = planRun(7)
  const first = await runPlan(plan)
  const again = await runPlan(JSON.parse(JSON.stringify(plan)) as typeof plan)
  expect(again.fingerprint).toBe(first.fingerprint)
})
