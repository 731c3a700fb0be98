import { parseArgs } from 'node:util'
import { describeNetwork } from './describe-network.ts'
import { down } from './down.ts'
import { reportToStandardError } from './report-progress.ts'
import { status } from './status.ts'
import { up } from './up.ts'

const usage = `A small real Lightning network on this machine: alice - bob - carol, with channels.

  pnpm regtest up [--json] [--network simnet|regtest]   start it and leave it running
  pnpm regtest status [--json]                          what runs, heights, channels
  pnpm regtest down                                     end it and remove its folders

With --json, "pnpm --silent regtest …" prints nothing else to standard output.
`

async function main(): Promise<number> {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: {
      json: { type: 'boolean', default: false },
      network: { type: 'string', default: 'simnet' },
      help: { type: 'boolean', default: false },
    },
  })
  const print = (text: string, data: unknown): void => {
    process.stdout.write(`${values.json ? JSON.stringify(data, undefined, 2) : text}\n`)
  }
  const [command] = positionals
  const report = reportToStandardError()

  if (command === 'up' && (values.network === 'simnet' || values.network === 'regtest')) {
    const { network, started } = await up(values.network, report)
    const title = started ? 'The network runs.' : 'The network was running already.'
    print(`${title} End it with "pnpm regtest down".\n\n${describeNetwork(network)}`, network)
    return 0
  }
  if (command === 'down') {
    const ended = await down(report)
    print(ended ? 'The network has ended.' : 'No network is running.', { ended })
    return 0
  }
  if (command === 'status') {
    const parts = await status()
    if (parts === undefined) print('No network is running.', [])
    else if (values.json) print('', parts)
    else console.table(parts)
    return parts?.every(({ running, error }) => running && error === undefined) ? 0 : 1
  }
  process.stderr.write(usage)
  return values.help ? 0 : 2
}

process.exitCode = await main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  return 1
})
