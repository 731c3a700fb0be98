import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import type { PlayedShops } from './two-shops/play-two-shops.ts'

const { values } = parseArgs({
  options: {
    regtest: { type: 'boolean', default: false },
    fast: { type: 'boolean', default: false },
    live: { type: 'boolean', default: false },
    port: { type: 'string', default: '0' },
    report: { type: 'string', default: resolve(import.meta.dirname, '../../../demo-report.html') },
  },
})
const { stdout } = process
const reportFile = resolve(values.report)
process.exitCode = (await (values.live ? playLive() : playDay())) ? 0 : 1

async function playLive(): Promise<boolean> {
  stdout.write('Two shops in the simulated Lightning network, live: opens the first channels.\n')
  const { playLive: play } = await import('./live/play-live.ts')
  return play({ port: Number(values.port), reportFile, output: stdout })
}

async function playDay(): Promise<boolean> {
  // Before anything is loaded: somebody is waiting.
  stdout.write(
    values.regtest
      ? "A shop's day on real LND: builds LND once (minutes), starts four nodes, then about two minutes.\n"
      : "A shop's day in the simulated Lightning network, then four days of two shops: about a minute.\n",
  )
  const folder = mkdtempSync(join(tmpdir(), 'shop-day-'))
  try {
    const pause = values.fast ? 0 : 200
    const stage = { file: join(folder, 'payments.db'), pause, output: stdout }
    const day = values.regtest
      ? await (await import('./play-regtest-day.ts')).playRegtestDay(stage)
      : await (await import('./play-simulated-day.ts')).playSimulatedDay(stage)
    const shops = values.regtest ? undefined : await playShops()
    const { finishDay } = await import('./finish-day.ts')
    return finishDay(day, { reportFile, output: stdout, ...(shops && { shops }) })
  } finally {
    rmSync(folder, { recursive: true })
  }
}

async function playShops(): Promise<PlayedShops> {
  const { playTwoShops } = await import('./two-shops/play-two-shops.ts')
  const { tellMarker, introduction } = await import('./two-shops/tell-marker.ts')
  stdout.write(introduction)
  return playTwoShops((marker) => tellMarker(marker, stdout))
}
