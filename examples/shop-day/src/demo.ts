import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import type { PlayedShops } from './two-shops/play-two-shops.ts'

const { values } = parseArgs({
  options: {
    regtest: { type: 'boolean', default: false },
    fast: { type: 'boolean', default: false },
    report: { type: 'string', default: resolve(import.meta.dirname, '../../../demo-report.html') },
  },
})
const { stdout } = process
// Before anything is loaded: somebody is waiting.
stdout.write(
  values.regtest
    ? "A shop's day on real LND: builds LND once (minutes), starts four nodes, then about two minutes.\n"
    : "A shop's day in the simulated Lightning network, then four days of two shops: about a minute.\n",
)

const folder = mkdtempSync(join(tmpdir(), 'shop-day-'))
try {
  const stage = { file: join(folder, 'payments.db'), pause: values.fast ? 0 : 200, output: stdout }
  const day = values.regtest
    ? await (await import('./play-regtest-day.ts')).playRegtestDay(stage)
    : await (await import('./play-simulated-day.ts')).playSimulatedDay(stage)
  const shops = values.regtest ? undefined : await playShops()
  const { finishDay } = await import('./finish-day.ts')
  const reportFile = resolve(values.report)
  const isGood = finishDay(day, { reportFile, output: stdout, ...(shops && { shops }) })
  process.exitCode = isGood ? 0 : 1
} finally {
  rmSync(folder, { recursive: true })
}

async function playShops(): Promise<PlayedShops> {
  const { playTwoShops } = await import('./two-shops/play-two-shops.ts')
  const { tellMarker, introduction } = await import('./two-shops/tell-marker.ts')
  stdout.write(introduction)
  return playTwoShops((marker) => tellMarker(marker, stdout))
}
