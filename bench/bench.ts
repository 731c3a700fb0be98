import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type RunningNetwork, startNetwork } from '@payment-node/regtest'
import type { Measurement } from './measurement.ts'

/** Takes one line of progress for a person. */
export type Report = (line: string) => void

/** One topic; each has a file in `sections/`. */
export interface Section {
  readonly name: string
  /** For the usage text. */
  readonly says: string
  readonly measure: (bench: Bench) => Promise<readonly Measurement[]>
}

/** What the sections share. */
export interface Bench extends AsyncDisposable {
  readonly report: Report
  /** A new folder on the disk that the books would lie on; removed at the end. */
  folder(): Promise<string>
  /** alice, who pays, and bob, the shop; real LND, started when first asked for. */
  network(): Promise<RunningNetwork>
  /** As LND says it; undefined when no section asked for the network. */
  lndVersion(): Promise<string | undefined>
}

export function createBench(report: Report): Bench {
  const folders: string[] = []
  let network: Promise<RunningNetwork> | undefined
  return {
    report,
    async folder() {
      const folder = await mkdtemp(join(tmpdir(), 'payment-node-bench-'))
      folders.push(folder)
      return folder
    },
    network() {
      network ??= startNetwork({
        nodes: [{ alias: 'alice' }, { alias: 'bob' }],
        channels: [{ from: 'alice', to: 'bob', capacitySat: 16_000_000 }],
        report,
      })
      return network
    },
    async lndVersion() {
      const lnd = (await network)?.node('bob')
      return lnd && (await lnd.info()).version
    },
    async [Symbol.asyncDispose]() {
      await (await network)?.remove()
      for (const folder of folders) await rm(folder, { recursive: true, force: true })
    },
  }
}
