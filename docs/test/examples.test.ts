import { execFile } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { type Example, findExamples, readExamples } from '../read-examples.ts'

const root = join(import.meta.dirname, '..', '..')
// Inside docs/, because that package has all public packages as dependencies.
const folder = join(root, 'docs', '.examples')
const packageFile = createRequire(join(root, 'package.json')).resolve('typescript/package.json')

/** What the compiler says about the examples, with the place in the file they come from. */
async function checkExamples(examples: readonly Example[]): Promise<string[]> {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder)
  for (const [index, { code }] of examples.entries()) {
    // Every example is a module of its own, also one without an import.
    writeFileSync(join(folder, `${index}.ts`), `${code}\nexport {}\n`)
  }
  writeFileSync(
    join(folder, 'tsconfig.json'),
    JSON.stringify({
      extends: '../../tsconfig.test.json',
      compilerOptions: { types: ['node'] },
      include: ['*.ts'],
    }),
  )
  const tsc = join(dirname(packageFile), 'bin', 'tsc')
  const output = await new Promise<string>((resolve) => {
    execFile(
      process.execPath,
      [tsc, '--pretty', 'false', '-p', folder],
      { cwd: folder },
      (_, out) => resolve(out),
    )
  })
  return output
    .split('\n')
    .filter((line) => line.includes('error TS'))
    .map((line) => {
      const [, index, offset, says] = /^(\d+)\.ts\((\d+),\d+\): (.*)$/.exec(line) ?? []
      const example = examples[Number(index)]
      if (example === undefined) return line
      return `${example.file}:${example.line + Number(offset) - 1} ${says}`
    })
}

test('every example of doc comments, README and docs compiles', async () => {
  const examples = readExamples(root)
  expect(examples.length).toBeGreaterThan(0)
  expect(await checkExamples(examples)).toEqual([])
}, 120_000)

test('an example that does not compile is named with its line', async () => {
  const comment = '/**\n * ```ts\n * const one = 1\n * const two: string = one\n * ```\n */\n'
  const markdown = '# Title\n```ts\nconst one = 1\n```\ntext\n```ts continued\none.nope\n```\n'
  const examples = [...findExamples('a.ts', comment), ...findExamples('b.md', markdown)]
  const errors = await checkExamples(examples)
  expect(errors.map((error) => error.split(' ', 1)[0])).toEqual(['a.ts:4', 'b.md:7'])
}, 120_000)
