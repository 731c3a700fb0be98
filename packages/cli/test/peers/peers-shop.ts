import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { PeersReport } from '../../src/peers/prepare-peers.ts'
import { openFolder, type ShopFolder, simulatedShop } from '../shop-folder.ts'
import type { SampleRow } from './sample-ranking.ts'

/** What LND's graph says of a node, as the shop's `graph.json` has it. */
export interface GraphRow {
  readonly publicKey: string
  readonly alias: string
  readonly addresses: readonly string[]
  readonly channels: number
  /** sat */
  readonly capacity: number
  readonly smallestChannel: number
  readonly lastUpdateAt: number
}

/** A shop whose node is simulated, and whose graph is what the test says. */
export interface PeersShop extends Disposable {
  readonly folder: ShopFolder
  readonly configuration: string
  readonly list: string
  writeGraph(rows: readonly GraphRow[]): void
  readList(): string
  /** `payment-node peers … --json`. */
  prepare(...argv: string[]): Promise<{ exitCode: number; report: Read }>
}

// biome-ignore lint/suspicious/noExplicitAny: parsed JSON, in which amounts are text
type Read = Record<keyof PeersReport | 'error', any>

/** `lines` run before the options are made. */
export function openShop(lines = '', options = ''): PeersShop {
  const folder = openFolder()
  const configuration = folder.write(
    'payment-node.config.ts',
    `import { readFileSync } from 'node:fs'
import { peerList } from '@payment-node/core'
${simulatedShop({
  lines: `${lines}
function findNode(key) {
  const rows = JSON.parse(readFileSync(new URL('graph.json', import.meta.url), 'utf8'))
  const row = rows.find(({ publicKey }) => publicKey === key)
  return row && {
    ...row,
    capacitySat: BigInt(row.capacity),
    smallestChannelSat: BigInt(row.smallestChannel),
  }
}
`,
  options: `
  lightning: { ...shop.connect(), graph: { findNode: async (key) => findNode(key) } },
  channelSources: [peerList('peers.json')],
  ${options}`,
})}`,
  )
  const list = join(folder.path, 'peers.json')
  return {
    folder,
    configuration,
    list,
    writeGraph: (rows) => void folder.write('graph.json', JSON.stringify(rows)),
    readList: () => readFileSync(list, 'utf8'),
    async prepare(...argv) {
      const { exitCode, stdout, stderr } = await folder.run('peers', ...argv, '--json')
      if (stderr !== '') throw new Error(stderr)
      return { exitCode, report: JSON.parse(stdout) }
    },
    [Symbol.dispose]: () => folder[Symbol.dispose](),
  }
}

/** The graph that agrees with a ranking: everybody is alive. */
export function graphOf(rows: readonly SampleRow[]): GraphRow[] {
  return rows.map(({ publicKey, alias, channels, capacity }, index) => ({
    publicKey,
    alias,
    channels: channels - 3,
    capacity,
    addresses: [`198.51.100.${index + 1}:9735`],
    smallestChannel: 20_000,
    lastUpdateAt: Date.now() - 3_600_000 * (index + 1),
  }))
}
