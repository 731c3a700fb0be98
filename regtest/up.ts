import type { NetworkDetails } from './network.ts'
import { startNetwork } from './network.ts'
import type { Report } from './report-progress.ts'
import {
  readRunningNetwork,
  removeRunningNetwork,
  stillRunning,
  writeRunningNetwork,
} from './running-network-file.ts'

/** Starts alice, bob and carol with channels and lets them run on; a running network is kept. */
export async function up(
  network: 'simnet' | 'regtest',
  report: Report,
): Promise<{ network: NetworkDetails; started: boolean }> {
  const noted = readRunningNetwork()
  if (noted !== undefined) {
    const running = stillRunning(noted)
    if (running.length === noted.processes.length) return { network: noted.network, started: false }
    if (running.length > 0) {
      const names = running.map(({ name }) => name).join(', ')
      throw new Error(`of the network before, only ${names} still run: run "regtest down" first`)
    }
    removeRunningNetwork()
  }
  report('starting btcd and three LND nodes (about 15 s; the first time they are built)')
  const started = await startNetwork({
    network,
    report,
    nodes: [{ alias: 'alice' }, { alias: 'bob' }, { alias: 'carol' }],
    channels: [
      { from: 'alice', to: 'bob', capacitySat: 10_000_000, pushSat: 5_000_000 },
      { from: 'bob', to: 'carol', capacitySat: 10_000_000, pushSat: 5_000_000 },
    ],
  })
  // Noted before it is released: were this process killed in between, the watchdog ends all of it.
  writeRunningNetwork(started.details)
  await started.release()
  return { network: started.details, started: true }
}
