import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, inject, test } from 'vitest'
import { nodes, run, runCompiler } from './run-in-consumer.ts'

/** Everything that can be imported from the packed packages. */
const modules = inject('packageNames').flatMap((name) => {
  const path = join(inject('consumer'), 'node_modules', name, 'package.json')
  const manifest: { exports: Record<string, unknown> } = JSON.parse(readFileSync(path, 'utf8'))
  return Object.keys(manifest.exports)
    .filter((path) => path !== './package.json')
    .map((path) => join(name, path))
})

/** What `load.mjs` or `load.cjs` finds exported, and what Node has to complain about. */
async function load(node: string, program: string) {
  const { exitCode, output, errors } = await run(nodes[node]!, program, ...modules)
  expect(exitCode, errors).toBe(0)
  const exported: Record<string, string[]> = JSON.parse(output)
  const empty = Object.keys(exported).filter((name) => exported[name]!.length === 0)
  expect(empty, 'modules that export nothing').toEqual([])
  return { exported, errors }
}

test('JavaScript modules import every package', async () => {
  const { exported, errors } = await load('current', 'load.mjs')
  expect(Object.keys(exported).length).toBeGreaterThan(0)
  expect(errors).toBe('')
})

test('CommonJS JavaScript requires every package and finds the same', async () => {
  const [imported, required] = [
    await load('current', 'load.mjs'),
    await load('current', 'load.cjs'),
  ]
  expect(required.exported).toEqual(imported.exported)
  expect(required.errors).toBe('')
})

/** Takes a payment with the packed packages and checks that it is credited. */
async function takePayment(node: string): Promise<void> {
  const { exitCode, output, errors } = await run(nodes[node]!, 'take-payment.mjs')
  expect(exitCode, errors).toBe(0)
  expect(JSON.parse(output)).toEqual({ memory: '25000 sat', sqlite: '25000 sat' })
}

/** What each compiler finds wrong with the file. */
async function compile(file: string, ...versions: string[]): Promise<void> {
  const wrong: string[] = []
  for (const version of versions) {
    const { exitCode, output, errors } = await runCompiler(version, file)
    if (exitCode !== 0) wrong.push(`TypeScript ${version}: ${output}${errors}`)
  }
  expect(wrong).toEqual([])
}

test('a host takes a payment on memory and on SQLite', () => takePayment('current'))

test('TypeScript modules import with TypeScript 5.4 and with the latest', () =>
  compile('import-types.mts', '5.4', 'latest'))

test('CommonJS TypeScript requires with TypeScript 5.8 and with the latest', () =>
  compile('require-types.cts', '5.8', 'latest'))

test('the command runs', async () => {
  const program = join(inject('consumer'), 'node_modules', '.bin', 'payment-node')
  const { exitCode, output, errors } = await run(program, '--help')
  expect(exitCode, errors).toBe(0)
  expect(output).toContain('payment-node')
})

test('the oldest supported Node imports and requires every package and finds the same', async () => {
  const { exported } = await load('current', 'load.mjs')
  const version = await run(nodes.oldest!, '--version')
  expect(version).toMatchObject({ output: 'v22.16.0\n' })
  for (const program of ['load.mjs', 'load.cjs']) {
    const oldest = await load('oldest', program)
    expect(oldest.exported).toEqual(exported)
    // node:sqlite says so in Node 22; nothing else may.
    expect(oldest.errors.replace(/^\(node:\d+\) ExperimentalWarning: SQLite .*\n.*\n$/, '')).toBe(
      '',
    )
  }
  await takePayment('oldest')
})
