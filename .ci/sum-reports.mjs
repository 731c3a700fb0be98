/**
 * Reads what `.ci/run` wrote down, one line per step in `steps.tsv` (name, seconds, exit code, file
 * of the vitest JSON report or nothing), prints a table, the failures by name, and as its last line
 * `N passed, N failed`. Ends with 1 when anything failed or no test ran.
 *
 * Plain JavaScript, because the steps before it may have failed to install a newer Node.
 */
import { readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { pathToFileURL } from 'node:url'

/**
 * @typedef {{ name: string, seconds: number, exitCode: number, report: string }} Step
 * @typedef {{ passed: number, failures: string[] }} Count
 * @typedef {{ status: string, fullName: string, failureMessages?: string[] }} Test
 * @typedef {{ name: string, status: string, message?: string, assertionResults: Test[] }} File
 */

/**
 * @param {string} text
 * @returns {Step[]}
 */
export function readSteps(text) {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [name = '', seconds, exitCode, report = ''] = line.split('\t')
      return { name, seconds: Number(seconds), exitCode: Number(exitCode), report }
    })
}

/**
 * What one vitest JSON report says. A test that did not run proves nothing: it counts as failed.
 *
 * @param {string} text
 * @param {string} root folder that file names are shown relative to
 * @returns {Count}
 */
export function countReport(text, root) {
  /** @type {{ testResults: File[] }} */
  const { testResults } = JSON.parse(text)
  const failures = []
  let passed = 0
  for (const file of testResults) {
    const path = relative(root, file.name)
    for (const { status, fullName } of file.assertionResults) {
      if (status === 'passed') passed++
      else failures.push(`${path}: ${fullName}${status === 'failed' ? '' : ` (${status})`}`)
    }
    const named = file.assertionResults.some(({ status }) => status === 'failed')
    if (file.status === 'failed' && !named) failures.push(`${path}: ${firstLine(file.message)}`)
    else if (file.assertionResults.length === 0) failures.push(`${path}: no test in it`)
  }
  return { passed, failures }
}

/**
 * @param {Step} step
 * @param {(file: string) => string} read
 * @param {string} root
 * @returns {Count}
 */
export function countStep(step, read, root) {
  const says = `step "${step.name}" ended with exit code ${step.exitCode}`
  if (step.report === '') {
    return { passed: 0, failures: step.exitCode === 0 ? [] : [says] }
  }
  let count
  try {
    count = countReport(read(step.report), root)
  } catch (error) {
    return { passed: 0, failures: [`${says} and left no report that can be read: ${error}`] }
  }
  const { passed, failures } = count
  if (passed + failures.length === 0) failures.push(`step "${step.name}" ran no test`)
  if (step.exitCode !== 0 && failures.length === 0) failures.push(`${says}, no test failed`)
  return count
}

/**
 * The whole text to print, and whether all is well.
 *
 * @param {Step[]} steps
 * @param {(file: string) => string} read
 * @param {string} root
 * @returns {{ text: string, passes: boolean }}
 */
export function sumUp(steps, read, root) {
  const counts = steps.map((step) => countStep(step, read, root))
  const failures = counts.flatMap((count) => count.failures)
  const passed = counts.reduce((sum, count) => sum + count.passed, 0)
  if (passed + failures.length === 0) failures.push('no test ran')
  const width = Math.max(0, ...steps.map(({ name }) => name.length))
  const table = steps.map((step, index) => {
    const { passed, failures } = counts[index] ?? { passed: 0, failures: [] }
    const tests = step.report === '' ? '' : `  ${passed} passed, ${failures.length} failed`
    const verdict = failures.length === 0 ? 'ok    ' : 'FAILED'
    return `${verdict}  ${step.name.padEnd(width)}  ${String(step.seconds).padStart(5)} s${tests}`
  })
  const names = failures.length === 0 ? [] : ['', 'Failed:', ...failures.map((name) => `  ${name}`)]
  const lines = [...table, ...names, '', `${passed} passed, ${failures.length} failed`]
  return { text: lines.join('\n'), passes: failures.length === 0 }
}

/** @param {string} [text] */
function firstLine(text) {
  return text?.split('\n', 1)[0] || 'failed outside a test'
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const file = process.argv[2] ?? ''
  const { text, passes } = sumUp(
    readSteps(readFileSync(file, 'utf8')),
    (report) => readFileSync(join(dirname(file), report), 'utf8'),
    process.cwd(),
  )
  console.log(text)
  process.exitCode = passes ? 0 : 1
}
