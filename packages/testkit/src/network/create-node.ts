import { createECDH } from 'node:crypto'
import { createFaults } from './faults.ts'
import { createInvoiceBook } from './invoice-book.ts'
import type { NodeAnnouncement } from './node-announcement.ts'
import { breakStreams } from './node-lifecycle.ts'
import type { NodeState } from './node-state.ts'
import { createPaymentBook } from './payment-book.ts'
import type { PeerConduct } from './peer-conduct.ts'
import type { Simulation } from './simulation.ts'
import { createWallet } from './wallet.ts'

/** What a new node is like. */
export interface NodeOptions {
  /** Default `'0.21.2-beta commit=v0.21.2-beta'`. */
  readonly version?: string
  /** LND's `accept-keysend`; default false. */
  readonly acceptsKeysend?: boolean
  /** LND's `accept-amp`; default false. */
  readonly acceptsAmp?: boolean
  /** Where it listens, `host:port`; default one of its own. */
  readonly address?: string
  /** How it behaves towards those who want channels with it; default like LND. */
  readonly conduct?: PeerConduct
  /** What the graph says of it beyond its simulated channels; without both it is not in the graph. */
  readonly announcement?: NodeAnnouncement
}

/** A node's first state: running, synced, without channels or money. */
export function createNodeState(
  simulation: Simulation,
  alias: string,
  options: NodeOptions,
): NodeState {
  const privateKey = simulation.random.fork(`node/${alias}`).bytes(32)
  const pair = createECDH('secp256k1')
  pair.setPrivateKey(privateKey)
  const gaps = simulation.hasIndexGaps ? simulation.random.fork(`indexes/${alias}`) : undefined
  const node: NodeState = {
    alias,
    privateKey,
    publicKey: pair.getPublicKey('hex', 'compressed'),
    version: options.version ?? '0.21.2-beta commit=v0.21.2-beta',
    acceptsKeysend: options.acceptsKeysend ?? false,
    acceptsAmp: options.acceptsAmp ?? false,
    address: options.address ?? addressOf(simulation.nodes.size + 1),
    conduct: options.conduct ?? {},
    announcement: options.announcement,
    announcedAt: simulation.clock.now(),
    lifecycle: 'running',
    run: 1,
    isSynced: true,
    isReachable: true,
    peers: new Set(),
    departures: new Set(),
    orphans: [],
    height: simulation.chain.height,
    forksSeen: simulation.chain.forks.length,
    clockSkew: 0,
    invoices: createInvoiceBook(gaps),
    payments: createPaymentBook(gaps),
    forwards: [],
    wallet: createWallet(),
    faults: createFaults(() => breakStreams(node)),
    streams: new Set(),
    hints: new Set(),
    chainWatches: new Set(),
  }
  return node
}

/** An address of its own for each node; 9735 is Lightning's port. */
function addressOf(number: number): string {
  return `10.0.${number >> 8}.${number & 255}:9735`
}
