import { rmSync } from 'node:fs'
import { isRunning, signalProcess } from './process-identity.ts'
import type { Report } from './report-progress.ts'
import {
  type NamedProcess,
  readRunningNetwork,
  removeRunningNetwork,
} from './running-network-file.ts'
import { waitUntil } from './wait-until.ts'

/** Ends the network that `up` left running. False when there is none. */
export async function down(report: Report): Promise<boolean> {
  const noted = readRunningNetwork()
  if (noted === undefined) return false
  // The nodes first: LND's own stop waits for its chain.
  const [btcd, ...nodes] = noted.processes as [NamedProcess, ...NamedProcess[]]
  await Promise.all(nodes.map((node) => end(node, report)))
  await end(btcd, report)
  for (const { folder } of noted.processes) {
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
  }
  removeRunningNetwork()
  return true
}

async function end({ name, identity }: NamedProcess, report: Report): Promise<void> {
  if (!signalProcess(identity, 'SIGINT')) {
    report(`${name}: process ${identity.pid} is gone already, or is another program now`)
    return
  }
  await waitUntil(`${name} to end`, () => !isRunning(identity), {
    deadlineMilliseconds: 30_000,
  }).catch(async () => {
    report(`${name} did not end within 30 s: killed`)
    signalProcess(identity, 'SIGKILL')
    await waitUntil(`${name} to be gone`, () => !isRunning(identity))
  })
  report(`${name} ended`)
}
