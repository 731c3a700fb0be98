import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, inject, test } from 'vitest'
import { nodes, runNode } from './run-in-consumer.ts'

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
  const { exitCode, output, errors } = await runNode(nodes[node]!, program, ...modules)
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

test('the oldest supported Node imports and requires every package and finds the same', async () => {
  const { exported } = await load('current', 'load.mjs')
  const version = await runNode(nodes.oldest!, '--version')
  expect(version).toMatchObject({ output: 'v22.16.0\n' })
  for (const program of ['load.mjs', 'load.cjs']) {
    const oldest = await load('oldest', program)
    expect(oldest.exported).toEqual(exported)
    // node:sqlite says so in Node 22; nothing else may.
    expect(oldest.errors.replace(/^\(node:\d+\) ExperimentalWarning: SQLite .*\n.*\n$/, '')).toBe(
      '',
    )
  }
})
