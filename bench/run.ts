import { parseArgs } from 'node:util'
import { createBench, type Report, type Section } from './bench.ts'
import { type Machine, watchMachine } from './machine.ts'
import type { Measurement } from './measurement.ts'
import { printMeasurements } from './print-measurements.ts'
import { catchUp } from './sections/catch-up.ts'
import { create } from './sections/create.ts'
import { keeper } from './sections/keeper.ts'
import { ledger } from './sections/ledger.ts'
import { liquidity } from './sections/liquidity.ts'
import { load } from './sections/load.ts'
import { payouts } from './sections/payouts.ts'
import { sandbox } from './sections/sandbox.ts'
import { settle } from './sections/settle.ts'
import { simulator } from './sections/simulator.ts'
import { storage } from './sections/storage.ts'
import { swaps } from './sections/swaps.ts'
import { swapsResume } from './sections/swaps-resume.ts'
import { webhooks } from './sections/webhooks.ts'

const sections: readonly Section[] = [
  create,
  settle,
  catchUp,
  storage,
  ledger,
  payouts,
  webhooks,
  keeper,
  liquidity,
  swaps,
  swapsResume,
  simulator,
  sandbox,
  load,
]

const usage = `Measures the library against what it is built on. Ratios compare two things of one run and
decide; the other figures depend on the machine. A missed target fails nothing.

  pnpm bench [section …] [--json | --markdown]

${sections.map(({ name, says }) => `  ${name.padEnd(14)}${says}`).join('\n')}

With --json, "pnpm --silent bench …" prints nothing else to standard output.
`

async function main(): Promise<number> {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: {
      json: { type: 'boolean', default: false },
      markdown: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  const chosen = sections.filter(
    ({ name }) => positionals.length === 0 || positionals.includes(name),
  )
  const isUnknown = positionals.some((name) => !sections.some((section) => section.name === name))
  if (values.help || isUnknown) {
    process.stderr.write(usage)
    return values.help ? 0 : 2
  }
  const { measurements, machine } = await measure(chosen)
  const table = printMeasurements(measurements)
  if (values.json) print(JSON.stringify({ machine, measurements }, undefined, 2))
  else if (values.markdown) print(`${describe(machine)}\n\n${table}`)
  else print(`\n${table}\n\n${describe(machine)}`)
  return 0
}

async function measure(
  chosen: readonly Section[],
): Promise<{ measurements: Measurement[]; machine: Machine }> {
  const machine = watchMachine()
  const report = reportToStandardError()
  await using bench = createBench(report)
  const interrupt = (): void => {
    const exit = (): never => process.exit(130)
    bench[Symbol.asyncDispose]().then(exit, exit)
  }
  process.once('SIGINT', interrupt)
  process.once('SIGTERM', interrupt)
  const measurements: Measurement[] = []
  for (const section of chosen) {
    report(`${section.name}: ${section.says}`)
    measurements.push(...(await section.measure(bench)))
  }
  return { measurements, machine: machine(await bench.lndVersion()) }
}

function describe(machine: Machine): string {
  const { cores, processor, memoryGb, platform, node, lnd, loadBefore, loadAfter } = machine
  const versions = [`Node ${node}`, ...(lnd ? [`LND ${lnd}`] : [])].join(', ')
  return `${cores} cores (${processor}), ${memoryGb} GB, ${platform}, ${versions}. Load of the machine: ${loadBefore.toFixed(1)} before, ${loadAfter.toFixed(1)} after.`
}

function reportToStandardError(): Report {
  const start = performance.now()
  return (line) => {
    const seconds = ((performance.now() - start) / 1000).toFixed(0).padStart(4)
    process.stderr.write(`[${seconds} s] ${line}\n`)
  }
}

function print(text: string): void {
  process.stdout.write(`${text}\n`)
}

process.exitCode = await main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`)
  return 1
})
