import { execFileSync, fork } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { Command, InvalidArgumentError } from 'commander'
import { keepRows } from './keep-rows.ts'
import { operations } from './operations.ts'
import { type MatrixRow, runMatrix } from './run-matrix.ts'
import { writeMatrix } from './write-matrix.ts'

const page = join(import.meta.dirname, '../../docs/crash-matrix.md')

interface Asked {
  readonly every: number
  readonly write?: true
  readonly only?: readonly string[]
  readonly minutes?: number
}

const names = operations.map(({ name }) => name)

/** What a process of its own tells: it runs one operation. */
type Report = { readonly row: MatrixRow } | { readonly runs: number }

async function main(): Promise<number> {
  const asked = new Command('pnpm crash-matrix')
    .description(
      'Kills every operation at each of its steps, and again at each step that follows, and asks every invariant. Exit code 1 when something did not hold.',
    )
    .option('--every <n>', 'of the pairs only every n-th (default: all)', readCount, 1)
    .option('--only <operation...>', 'these operations')
    .option('--minutes <m>', 'begins no further pair of an operation after so many', readMinutes)
    .option('--write', 'writes docs/crash-matrix.md; operations that were not run keep their rows')
    .parse()
    .opts<Asked>()
  const chosen = operations.filter(({ name }) => asked.only?.includes(name) ?? true)
  const waiting = chosen.map(({ name }) => name)
  const rows = new Map<string, MatrixRow>()
  const work = async (): Promise<void> => {
    for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
      const row = await inProcess(name, asked)
      rows.set(name, row)
      process.stdout.write(`${tell(row)}\n`)
      if (asked.write) writeFileSync(page, writeMatrix(keepRows(row), names))
    }
  }
  await Promise.all(Array.from({ length: Math.min(availableParallelism(), 8) }, work))
  const ordered = chosen.map(({ name }) => rows.get(name)!)
  const runs = ordered.reduce((sum, { single, pairs }) => sum + single.run + pairs.run, 0)
  const problems = ordered.flatMap((row) => row.problems.map((one) => ({ row, ...one })))
  for (const { row, strikes, says } of problems.slice(0, 20)) {
    process.stdout.write(`${row.operation} killed at ${strikes.join(', then ')}: ${says}\n`)
  }
  process.stdout.write(`${runs} crashes, ${problems.length} did not hold\n`)
  return problems.length === 0 ? 0 : 1
}

function inProcess(name: string, { every, minutes = 0 }: Asked): Promise<MatrixRow> {
  const child = fork(import.meta.filename, ['--child', name, String(every), String(minutes)], {
    execArgv: ['--conditions=dev-source'],
  })
  return new Promise((resolve, reject) => {
    let row: MatrixRow | undefined
    child.on('message', (message: Report) => {
      if ('row' in message) row = message.row
      else if (process.stderr.isTTY) process.stderr.write(`\r${name}: ${message.runs} runs `)
    })
    child.on('error', reject)
    child.on('exit', (code) =>
      row ? resolve(row) : reject(new Error(`${name} ended with code ${code}`)),
    )
  })
}

async function child(name: string, everyPair: number, minutes: number): Promise<void> {
  const operation = operations.find((one) => one.name === name)
  if (!operation) throw new Error(`There is no operation ${name}`)
  const onRun = (_: string, runs: number): void => void process.send?.({ runs })
  const commit = execFileSync('git', ['rev-parse', '--short=7', 'HEAD'], {
    encoding: 'utf8',
  }).trim()
  const limit = minutes > 0 && { milliseconds: minutes * 60_000 }
  process.send?.({ row: await runMatrix(operation, { everyPair, commit, onRun, ...limit }) })
}

function tell({ operation, single, pairs }: MatrixRow): string {
  const of = (count: typeof single): string => `${count.held} of ${count.run} held`
  const share = pairs.run < pairs.exist ? ` (of ${pairs.exist} there are)` : ''
  return `${operation.padEnd(24)} single: ${of(single)}; pairs: ${of(pairs)}${share}`
}

function readCount(text: string): number {
  const count = Number(text)
  if (!Number.isSafeInteger(count) || count < 1) {
    throw new InvalidArgumentError('a number from 1 on')
  }
  return count
}

function readMinutes(text: string): number {
  const minutes = Number(text)
  if (!(minutes > 0)) throw new InvalidArgumentError('a number above zero')
  return minutes
}

const [first, name = '', every = '1', minutes = '0'] = process.argv.slice(2)
if (first === '--child') await child(name, Number(every), Number(minutes))
else process.exitCode = await main()
