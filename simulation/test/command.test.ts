import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from 'vitest'

interface Ended {
  readonly code: number
  readonly out: string
  readonly errors: string
}

/** Runs the command as `pnpm simulate` does. */
function simulate(...parameters: string[]): Promise<Ended> {
  const program = join(import.meta.dirname, '..', 'simulate.ts')
  const command = ['--conditions=dev-source', program, ...parameters]
  return new Promise((resolve) => {
    execFile(process.execPath, command, (error, out, errors) => {
      resolve({ code: error === null ? 0 : Number(error.code), out, errors })
    })
  })
}

test('prints which faults happened and how fast it was', { timeout: 60_000 }, async () => {
  const { code, out } = await simulate('--seeds', '3', '--from', '40')
  expect(out).toMatch(/\d+ kinds of faults \(\d+ did not happen\), \d+ invariants/)
  expect(out).toMatch(/seeds 40 to 42: 3 in [\d.]+ s, [\d.]+ virtual hours/)
  expect(out).toMatch(/[\d.]+ seeds\/s, \d+ events\/s\n$/)
  expect(code).toBe(0)
})

test('prints the trace of a seed when asked', { timeout: 60_000 }, async () => {
  const { out } = await simulate('--seeds', '1', '--trace')
  expect(out).toMatch(/^0 process a1 opens$/m)
})

test('what makes no sense is refused by name', { timeout: 60_000 }, async () => {
  for (const [option, value] of [
    ['--seeds', 'many'],
    ['--from', '-1'],
    ['--minutes', '0'],
  ] as const) {
    const { code, errors } = await simulate(option, value)
    expect({ option, code }).toEqual({ option, code: 1 })
    expect(errors).toContain(option)
  }
})
