import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { sumUp } from '../sum-reports.mjs'

const vitest = join(
  dirname(createRequire(import.meta.url).resolve('vitest/package.json')),
  'vitest.mjs',
)
const script = join(import.meta.dirname, '..', 'sum-reports.mjs')

interface Ended {
  exitCode: number
  output: string
}

function run(folder: string, ...args: string[]): Promise<Ended> {
  return new Promise((resolve) => {
    execFile(process.execPath, args, { cwd: folder }, (error, stdout, stderr) =>
      resolve({ exitCode: error ? Number(error.code) : 0, output: stdout + stderr }),
    )
  })
}

/** Runs vitest on these test files and sums up what it reports, as `.ci/run` does. */
async function runTests(files: Record<string, string>, ...vitestArguments: string[]) {
  const folder = mkdtempSync(join(tmpdir(), 'sum-reports-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  for (const [name, text] of Object.entries(files)) {
    writeFileSync(join(folder, name), text)
  }
  mkdirSync(join(folder, 'reports'))
  const reporter = ['--reporter=json', '--outputFile=reports/unit.json']
  const common = ['--globals', '--root', folder, ...reporter, ...vitestArguments]
  const tests = await run(folder, vitest, 'run', ...common)
  writeFileSync(join(folder, 'reports', 'steps.tsv'), `test\t3\t${tests.exitCode}\tunit.json\n`)
  return { ...(await run(folder, script, 'reports/steps.tsv')), tests }
}

test('what vitest really reports is summed up, and everything but a pass counts as failed', async () => {
  const { exitCode, output } = await runTests({
    'a.test.ts': `
      test('holds', () => {})
      test('breaks', () => expect(1).toBe(2))
      test.skip('sleeps', () => {})
      test.todo('is planned')`,
    'b.test.ts': `throw new Error('cannot be loaded')`,
    'c.test.ts': `
      beforeAll(() => { throw new Error('no ground') })
      test('stands on it', () => {})`,
  })
  expect(exitCode, output).toBe(1)
  for (const name of [
    'a.test.ts: breaks\n',
    'a.test.ts: sleeps (',
    'a.test.ts: is planned (todo)',
    'b.test.ts: ',
    'c.test.ts: ',
  ]) {
    expect(output).toContain(`  ${name}`)
  }
  expect(output).toMatch(/\n1 passed, 6 failed\n$/)
}, 60_000)

test('passing tests end with 0, and an error outside of them does not', async () => {
  const clean = await runTests({ 'a.test.ts': `test('holds', () => {})` })
  expect(clean).toMatchObject({ exitCode: 0 })
  expect(clean.output).toMatch(/\n1 passed, 0 failed\n$/)
  const stray = await runTests({
    'a.test.ts': `test('holds', () => { void Promise.reject(new Error('stray')) })`,
  })
  expect(stray).toMatchObject({ exitCode: 1 })
  expect(stray.output).toContain('ended with exit code 1, no test failed')
}, 60_000)

test('a run without a test fails, also when vitest is content', async () => {
  const { exitCode, output, tests } = await runTests({}, '--passWithNoTests')
  expect(tests.exitCode).toBe(0)
  expect(exitCode, output).toBe(1)
  expect(output).toMatch(/step "test" ran no test\n\n0 passed, 1 failed\n$/)
}, 60_000)

test('steps without tests, missing reports and broken reports count as failures', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sum-reports-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const passing = {
    testResults: [{ name: '/r/a.test.ts', status: 'passed', assertionResults: [] }],
  }
  Object.assign(passing.testResults[0]!, {
    assertionResults: [{ status: 'passed', fullName: 'holds' }],
  })
  writeFileSync(join(folder, 'passing.json'), JSON.stringify(passing))
  writeFileSync(join(folder, 'broken.json'), '{"testResults": [')
  const rows: [string, [string, number, string][], number, number][] = [
    [
      'all well',
      [
        ['test', 0, 'passing.json'],
        ['lint', 0, ''],
      ],
      1,
      0,
    ],
    [
      'lint fails',
      [
        ['test', 0, 'passing.json'],
        ['lint', 2, ''],
      ],
      1,
      1,
    ],
    ['no report', [['test', 0, 'nothing.json']], 0, 1],
    ['broken report', [['test', 0, 'broken.json']], 0, 1],
    [
      'two reports',
      [
        ['test', 0, 'passing.json'],
        ['regtest', 0, 'passing.json'],
      ],
      2,
      0,
    ],
    [
      'one of two reports missing',
      [
        ['test', 0, 'passing.json'],
        ['regtest', 1, 'x'],
      ],
      1,
      1,
    ],
    ['no step with tests', [['lint', 0, '']], 0, 1],
    ['no step at all', [], 0, 1],
  ]
  const wrong = rows.flatMap(([name, cases, passed, failed]) => {
    const steps = cases.map(([name, exitCode, report]) => ({ name, exitCode, report, seconds: 1 }))
    const sum = sumUp(steps, (file) => readFileSync(join(folder, file), 'utf8'), '/r')
    const right = sum.text.split('\n').at(-1) === `${passed} passed, ${failed} failed`
    return right && sum.passes === (failed === 0) ? [] : [`${name}:\n${sum.text}`]
  })
  expect(wrong).toEqual([])
})
