import type { Clock, Network, NodeChannel } from '@payment-node/core'
import { createChain, maximumDepth } from './chain.ts'
import type { ChainTransaction } from './chain-transaction.ts'
import {
  type Channel,
  createChannel,
  defaultPolicy,
  type ForwardingPolicy,
  isFunded,
} from './channel.ts'
import { connectPeers } from './connections.ts'
import { createNodeState, type NodeOptions } from './create-node.ts'
import { decodeInvoice, type ReadInvoice } from './decode-bolt11.ts'
import { issueFunding, payAddress } from './issue-coins.ts'
import { evictTransaction, waitingTransactions } from './mempool.ts'
import { outputsTo } from './outputs-to.ts'
import { type OutsidePublishing, publishReal, type SpendJudge } from './real-transaction.ts'
import { doubleSpend, mineBlocks, raiseMinimum, reorganize } from './reorganize.ts'
import { cancelFunding } from './review-opening.ts'
import { createSeededRandom } from './seeded-random.ts'
import { createSimulatedNode, type SimulatedNode } from './simulated-node.ts'
import type { Simulation, Timing } from './simulation.ts'
import { createVirtualClock } from './virtual-clock.ts'

/** Options of {@link createSimulatedNetwork}. */
export interface NetworkOptions<C extends Clock = Clock> {
  /** Default: a new virtual clock. With a real one, everything happens in real time. */
  readonly clock?: C
  /** The same seed and the same calls give the same run. Default `'payment-node'`. */
  readonly seed?: string | number
  /** Prefix of the invoices. Default `'regtest'`. */
  readonly network?: Network
  readonly timing?: Partial<Timing>
  /**
   * What its own nodes have encoded is known without reading it and checking its signature, which takes
   * longer than everything else of a payment. Default false.
   */
  readonly trustsOwnInvoices?: boolean
  /** Invoice and payment indexes skip a number now and then, as LND's do. Default true. */
  readonly hasIndexGaps?: boolean
}

/** A channel that was open before the test began. */
export interface EstablishedChannel {
  readonly from: SimulatedNode
  readonly to: SimulatedNode
  readonly capacitySat: bigint
  /** What the opener gave to the peer; default 0. */
  readonly pushSat?: bigint
  /** Not announced; reachable by route hints only. Default false. */
  readonly isPrivate?: boolean
  /** Default `'anchors'`. */
  readonly commitmentType?: NodeChannel['commitmentType']
  /** sat per 1000 weight units; default 253, the lowest that relays. */
  readonly feePerKw?: bigint
  /** What both ends ask for forwarding; default LND's: 1 sat + 1 ppm, 80 blocks, at least 1 sat. */
  readonly policy?: Partial<ForwardingPolicy>
  readonly memo?: string
}

/** Where all money of the network is, in msat: `issued` = the sum of the others, always. */
export interface NetworkAudit {
  readonly issuedMsat: bigint
  readonly channelsMsat: bigint
  readonly walletsMsat: bigint
  readonly feesMsat: bigint
}

/** An output that somebody made to an address. */
export interface PaidOutput {
  readonly transactionId: string
  readonly amountSat: bigint
  /** 0: it waits for a block. */
  readonly confirmations: number
}

/** A transaction that somebody looked up. */
export interface FoundTransaction {
  readonly transactionId: string
  readonly rawTransaction: Uint8Array
  /** undefined: it waits. */
  readonly blockHeight: number | undefined
}

/** A Lightning network in one process. */
export interface SimulatedNetwork<C extends Clock = Clock> {
  readonly clock: C
  /** Adds a running node; its key depends on the seed and the alias. */
  addNode(alias: string, options?: NodeOptions): SimulatedNode
  /** A channel that is open at once, with money made for it. Returns its channel point. */
  establishChannel(channel: EstablishedChannel): string
  /** Adds blocks; every node that runs and is synced processes each one. */
  mine(blocks?: number): void
  readonly blockHeight: number
  /**
   * The newest `depth` blocks (1 to 6) give way to `newBlocks` empty ones (default `depth` + 1). What they
   * held waits for a block again; nodes that run and are synced go down and up with it, others
   * follow when they look. With fewer new blocks the nodes stand lower until more are mined.
   */
  reorganize(depth: number, options?: { readonly newBlocks?: number }): void
  /** What the next block asks, in sat/vB: what pays less waits. */
  setFeerate(satPerVbyte: number): void
  /**
   * What the mempool asks, in sat/vB: what pays less falls out and is not taken. A funding is then made,
   * and its broadcast fails, although the open was answered.
   */
  setMempoolMinimum(satPerVbyte: number): void
  /** What the mempool holds. */
  readonly waitingTransactions: readonly { readonly id: string; readonly satPerVbyte: number }[]
  /**
   * The mempool forgets a transaction. Wallets still count it, and their LND hands it to the network again with
   * the next block and at its start.
   */
  evict(transactionId: string): void
  /**
   * Another transaction of the same wallet spends its coin (`txid:index`), and is in the newest block; what waited
   * with that coin can never confirm any more. Returns the id of the other transaction.
   */
  doubleSpend(outpoint: string): string
  /** Somebody outside of the network pays an address of a node; it waits for a block. Returns its id. */
  payOnChain(address: string, amountSat: bigint): string
  /**
   * Somebody outside of the network publishes the bytes of a Bitcoin transaction. Returns its id; throws with the
   * reason when the mempool does not take it.
   */
  publishRaw(rawTransaction: Uint8Array, publishing?: OutsidePublishing): string
  /** A transaction that waits or is in a block; undefined: there is none. */
  findTransaction(transactionId: string): FoundTransaction | undefined
  /** What spends an outpoint (`txid:index`), in the mempool or in a block. */
  findSpending(outpoint: string): FoundTransaction | undefined
  /** Resolves with the next change of the mempool or the blocks. */
  chainChanged(): Promise<void>
  /** Judges the scripts of real transactions that nodes publish; without a judge none is taken. */
  setSpendJudge(judge: SpendJudge): void
  /** What pays an address, of nodes and of people outside: waiting, or in a block. */
  outputsTo(address: string): readonly PaidOutput[]
  /** A shortcut: the funding will never be, the opener has his coins, and both ends forget the channel. */
  cancelFunding(channelPoint: string): void
  /** The opener changes the commitment feerate (BOLT2 update_fee), in sat per 1000 weight units. */
  setCommitmentFeerate(channelPoint: string, feePerKw: bigint): void
  /** Sums up all money of the network. */
  audit(): NetworkAudit
}

/** Height of the chain when a network begins. */
const firstHeight = 500

/**
 * A deterministic Lightning network: nodes, channels, real BOLT11 invoices, multi-hop payments,
 * blocks, faults. Its nodes implement core's `LightningNode`.
 *
 * @example
 * ```ts
 * import { createSimulatedNetwork } from '@payment-node/testkit'
 *
 * const network = createSimulatedNetwork({ seed: 7 })
 * const [alice, bob] = [network.addNode('alice'), network.addNode('bob')]
 * network.establishChannel({ from: alice, to: bob, capacitySat: 1_000_000n })
 * const { paymentRequest } = bob.createInvoice({ amountMsat: 25_000_000n })
 * const paid = await network.clock.run(alice.pay(paymentRequest))
 * ```
 */
export function createSimulatedNetwork(
  options?: NetworkOptions<never> & { clock?: undefined },
): SimulatedNetwork<ReturnType<typeof createVirtualClock>>
export function createSimulatedNetwork<C extends Clock>(
  options: NetworkOptions<C> & { clock: C },
): SimulatedNetwork<C>
export function createSimulatedNetwork(options: NetworkOptions = {}): SimulatedNetwork {
  const network = options.network ?? 'regtest'
  const decoded = new Map<string, ReadInvoice>()
  let features: ReadInvoice['features'] | undefined
  const simulation: Simulation = {
    clock: options.clock ?? createVirtualClock(),
    random: createSeededRandom(options.seed ?? 'payment-node'),
    network,
    timing: {
      callMilliseconds: 2,
      hopMilliseconds: 20,
      reconnectMilliseconds: 1000,
      graphMilliseconds: 2500,
      partialSetMilliseconds: 120_000,
      connectMilliseconds: 10_000,
      peerDeadlineMilliseconds: 120_000,
      forwardMilliseconds: 15_000,
      ...options.timing,
    },
    hasIndexGaps: options.hasIndexGaps ?? true,
    nodes: new Map(),
    channels: new Map(),
    chain: createChain(firstHeight),
    addresses: new Map(),
    spendJudge: undefined,
    decode(paymentRequest) {
      const known = decoded.get(paymentRequest)
      if (known) return known
      const read = decodeInvoice(paymentRequest, network)
      decoded.set(paymentRequest, read)
      return read
    },
    noteEncoded(paymentRequest, says) {
      if (!options.trustsOwnInvoices) return
      // All nodes set the same ones.
      features ??= decodeInvoice(paymentRequest, network).features
      decoded.set(paymentRequest, { ...says, features })
    },
  }
  const { chain, nodes, channels } = simulation
  let nextChannel = 1n
  const find = (channelPoint: string): Channel => {
    const channel = channels.get(channelPoint)
    if (!channel) throw new Error(`There is no channel ${channelPoint}`)
    return channel
  }

  return {
    clock: simulation.clock,

    addNode(alias, nodeOptions = {}) {
      const node = createNodeState(simulation, alias, nodeOptions)
      if (nodes.has(node.publicKey)) throw new Error(`There is a node ${alias} already`)
      nodes.set(node.publicKey, node)
      return createSimulatedNode(simulation, node)
    },

    establishChannel(request) {
      const [opener, peer] = [request.from, request.to].map((end) => nodes.get(end.publicKey)!)
      const funding = issueFunding(simulation, request.capacitySat, firstHeight - maximumDepth)
      const channelPoint = `${funding.id}:0`
      channels.set(
        channelPoint,
        createChannel({
          channelPoint,
          channelId: (BigInt(funding.confirmedAt!) << 40n) + (nextChannel++ << 16n),
          opener: opener!,
          peer: peer!,
          capacityMsat: request.capacitySat * 1000n,
          pushMsat: (request.pushSat ?? 0n) * 1000n,
          commitmentType: request.commitmentType ?? 'anchors',
          feePerKw: request.feePerKw ?? 253n,
          isPrivate: request.isPrivate ?? false,
          ...(request.memo === undefined ? {} : { memo: request.memo }),
          policy: { ...defaultPolicy, ...request.policy },
          funding,
          fundedAt: funding.confirmedAt!,
          stage: 'open',
          knownFrom: simulation.clock.monotonic(),
        }),
      )
      connectPeers(simulation, opener!, peer!)
      return channelPoint
    },

    mine: (blocks = 1) => mineBlocks(simulation, blocks),
    get blockHeight() {
      return chain.height
    },
    reorganize: (depth, { newBlocks = depth + 1 } = {}) => reorganize(simulation, depth, newBlocks),
    setFeerate(satPerVbyte) {
      chain.satPerVbyte = satPerVbyte
    },
    setMempoolMinimum: (satPerVbyte) => raiseMinimum(simulation, satPerVbyte),
    get waitingTransactions() {
      return waitingTransactions(chain).map(({ id, satPerVbyte }) => ({ id, satPerVbyte }))
    },
    evict(transactionId) {
      const transaction = chain.transactions.get(transactionId)
      if (transaction?.state !== 'waiting') throw new Error(`${transactionId} does not wait`)
      evictTransaction(chain, transaction)
    },
    doubleSpend: (outpoint) => doubleSpend(simulation, outpoint),
    payOnChain: (address, amountSat) => payAddress(simulation, address, amountSat),
    publishRaw(rawTransaction, publishing = { hasOutsideInputs: true }) {
      const { acceptance, transaction } = publishReal(simulation, rawTransaction, publishing)
      if (transaction && (acceptance === 'accepted' || acceptance === 'known')) {
        return transaction.id
      }
      throw new Error(`The mempool does not take it: ${acceptance}`)
    },
    findTransaction: (transactionId) => showFound(chain.transactions.get(transactionId)),
    findSpending: (outpoint) => showFound(chain.spenders.get(outpoint)),
    chainChanged: () => chain.changed.wait(),
    setSpendJudge(judge) {
      simulation.spendJudge = judge
    },
    outputsTo: (address) => outputsTo(simulation, address),
    cancelFunding: (channelPoint) => cancelFunding(simulation, find(channelPoint)),
    setCommitmentFeerate(channelPoint, feePerKw) {
      const channel = find(channelPoint)
      channel.feePerKw = feePerKw
      channel.updateCount++
    },
    audit: () => audit(simulation),
  }
}

function showFound(transaction: ChainTransaction | undefined): FoundTransaction | undefined {
  if (transaction?.state !== 'waiting' && transaction?.state !== 'confirmed') return undefined
  const { id, raw, confirmedAt } = transaction
  return { transactionId: id, rawTransaction: new Uint8Array(raw), blockHeight: confirmedAt }
}

function audit({ chain, channels, nodes }: Simulation): NetworkAudit {
  let channelsMsat = 0n
  for (const channel of channels.values()) {
    // Without funding the ends only believe in it.
    if (!isFunded(channel)) continue
    channelsMsat += channel.balances[0] + channel.balances[1]
    for (const htlc of channel.htlcs.values()) channelsMsat += htlc.amountMsat
  }
  let walletsMsat = 0n
  for (const node of nodes.values()) {
    for (const coin of node.wallet.coins.values()) walletsMsat += coin.amountSat * 1000n
  }
  return { issuedMsat: chain.issuedMsat, channelsMsat, walletsMsat, feesMsat: chain.feesMsat }
}
