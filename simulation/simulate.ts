import { Command, InvalidArgumentError } from 'commander'
import { printSummary, printViolation } from './print-run.ts'
import { createProgress } from './progress.ts'
import { runSeeds } from './run-seeds.ts'
import { runWithBug } from './run-with-bug.ts'

/** What the command was asked for. */
interface Asked {
  readonly seeds?: number
  readonly from: number
  readonly minutes?: number
  readonly bug?: string
  readonly trace?: true
}

const defaultSeeds = 100

async function main(): Promise<number> {
  const asked = readCommand()
  if (asked.bug !== undefined) return runWithBug(asked.bug, asked)
  const seeds =
    asked.seeds ?? (asked.minutes === undefined ? defaultSeeds : Number.POSITIVE_INFINITY)
  const progress = createProgress(process.stderr)
  const run = await runSeeds({
    from: asked.from,
    seeds,
    ...(asked.minutes !== undefined && { milliseconds: asked.minutes * 60_000 }),
    onSeed: progress.show,
  })
  progress.end()
  if (asked.trace) process.stdout.write(`${run.last?.lines.join('\n')}\n`)
  process.stdout.write(`${printSummary(run)}\n`)
  if (!run.failed) return 0
  process.stdout.write(`\n${printViolation(run.failed)}\n`)
  return 1
}

function readCommand(): Asked {
  return new Command('pnpm simulate')
    .description(
      'Runs the whole core under virtual time, one world per seed, and asks every invariant after every commit. Ends at the first violation, with exit code 1.',
    )
    .option(
      '--seeds <n>',
      `how many (default ${defaultSeeds}; with --minutes: no limit)`,
      readCount,
    )
    .option('--from <seed>', 'the first one', readCount, 1)
    .option('--minutes <m>', 'ends after so many minutes', readMinutes)
    .option('--bug <name>', 'plants a bug of the museum into a copy of core, and looks for it')
    .option('--trace', "prints the last seed's trace")
    .parse()
    .opts<Asked>()
}

function readCount(text: string): number {
  const count = Number(text)
  if (!Number.isSafeInteger(count) || count < 1)
    throw new InvalidArgumentError('a number from 1 on')
  return count
}

function readMinutes(text: string): number {
  const minutes = Number(text)
  if (!(minutes > 0)) throw new InvalidArgumentError('a number above zero')
  return minutes
}

process.exitCode = await main()
