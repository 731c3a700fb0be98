import type { LightningNode, NodeInvoice, PaymentUpdate } from '@payment-node/core'
import { addInvoice } from './add-invoice.ts'
import { sideOf } from './channel.ts'
import { type ChannelClosing, closeChannel } from './close-channel.ts'
import { disconnectAll, disconnectPeers, reconnectSoon } from './connections.ts'
import type { Faults } from './faults.ts'
import { hashPreimage } from './hash-preimage.ts'
import {
  cancelInvoice,
  expireIfDue,
  type InvoiceRecord,
  settleInvoice,
  showInvoice,
} from './invoice-book.ts'
import { issueCoin } from './issue-coins.ts'
import { connectClient } from './lightning-client.ts'
import type { NodeAnnouncement } from './node-announcement.ts'
import { catchUp, lockNode, startNode, stopNode } from './node-lifecycle.ts'
import type { Lifecycle, NodeState } from './node-state.ts'
import { type ChannelOpening, openChannel } from './open-channel.ts'
import { type PaymentRecord, showPayment } from './payment-book.ts'
import type { PeerConduct } from './peer-conduct.ts'
import { reviewReady } from './review-opening.ts'
import type { Simulation } from './simulation.ts'
import { type OutgoingPayment, sendPayment, sendSpontaneous } from './spontaneous-payment.ts'

export type { NodeOptions } from './create-node.ts'

/** A node of the simulated network: the port for core, and controls for the test. */
export interface SimulatedNode {
  readonly alias: string
  /** 33 bytes, compressed, hex. */
  readonly publicKey: string
  /** Where it listens, `host:port`: what a connect needs. */
  readonly address: string
  /** The node as core sees it. */
  readonly lightning: LightningNode
  /** Another connection to the same node, for a second process. */
  connect(): LightningNode
  /** Faults of the calls of all clients. */
  readonly faults: Faults

  /** An invoice of this node, at once. */
  createInvoice(terms: PeerInvoice): PeerInvoiceCreated
  /** An invoice whose payment is held until {@link settleHold} or {@link cancelHold}. */
  createHoldInvoice(terms: PeerHoldInvoice): PeerInvoiceCreated
  /**
   * Takes the held money. Throws unless a payment is held. The preimage (hex) is needed for an invoice that was made
   * for a hash.
   */
  settleHold(paymentHash: string, preimage?: string): void
  /** Resolves when a payment is held, or is held no longer. */
  holdsChanged(): Promise<void>
  /** Sends the held money back; also cancels an invoice that nobody has paid. */
  cancelHold(paymentHash: string): void
  /** The node's own record; undefined when it has none. */
  findInvoice(paymentHash: string): NodeInvoice | undefined
  /** The node's own record of an outgoing payment; undefined when it has none. */
  findPayment(paymentHash: string): PaymentUpdate | undefined
  /** Pays and resolves with the terminal update; time must move. */
  pay(paymentRequest: string, options?: OutgoingPayment): Promise<PaymentUpdate>
  /** Pays without an invoice; the receiver must accept it. The preimage (32 bytes) is random by default. */
  keysend(publicKey: string, amountMsat: bigint, preimage?: Uint8Array): Promise<PaymentUpdate>
  /** Pays by AMP without an invoice; the receiver must accept it. */
  payAmp(publicKey: string, amountMsat: bigint): Promise<PaymentUpdate>

  /** Gives the wallet a confirmed output, made from nothing. */
  fund(amountSat: bigint): void
  /**
   * Connects to the peer and opens a channel at once, without the conversation that the port has;
   * returns its channel point. It is usable after 3 blocks.
   */
  openChannel(peer: SimulatedNode, request: ChannelOpening): string
  /** Closes a channel; cooperative unless `kind` says otherwise. */
  closeChannel(channelPoint: string, request?: ChannelClosing): void

  readonly lifecycle: Lifecycle
  /** Ends the process: calls fail, streams break, channels are inactive. What is stored stays. */
  stop(): void
  /**
   * Starts the process, or unlocks the wallet. It serves calls after `takesMilliseconds` (default: at
   * once); peers connect a moment later.
   */
  start(options?: { readonly takesMilliseconds?: number }): void
  /** `stop`, then `start`. */
  restart(): void
  /** As after a start without a password. */
  lock(): void
  /** The same as {@link start}. */
  unlock(): void
  /** An unsynced node answers, and sees no new blocks. */
  setSynced(isSynced: boolean): void
  /** Milliseconds that this node's wall clock is ahead of the network's. */
  setClockSkew(milliseconds: number): void

  /** Public keys of the peers that are connected now. */
  readonly peers: readonly string[]
  /** How it behaves towards those who want channels with it; replaces all of it. */
  setConduct(conduct: PeerConduct): void
  /** What the graph says of it beyond its simulated channels; undefined: nothing. */
  setAnnouncement(announcement: NodeAnnouncement | undefined): void
  /** Its line is cut or mended: the process goes on, and nobody reaches it. */
  setReachable(isReachable: boolean): void
  /** Cuts the connection to one peer; the two connect again by themselves when they have a channel. */
  disconnect(peer: SimulatedNode): void
}

/** Terms of a peer's invoice. */
export interface PeerInvoice {
  /** null: the payer chooses. */
  readonly amountMsat: bigint | null
  readonly memo?: string
  readonly descriptionHash?: Uint8Array
  /** Seconds; default 3600. */
  readonly expirySeconds?: number
  /** Default false. */
  readonly isPrivate?: boolean
  /** 32 bytes; default random. */
  readonly preimage?: Uint8Array
}

/** Terms of an invoice whose payment is held. */
export interface PeerHoldInvoice extends PeerInvoice {
  /** Hex: somebody else has the preimage, and brings it with {@link SimulatedNode.settleHold}. */
  readonly paymentHash?: string
  /** Blocks; default 80. */
  readonly minFinalCltv?: number
}

/** A peer's invoice with its secret. */
export interface PeerInvoiceCreated {
  readonly paymentRequest: string
  readonly paymentHash: string
  /** Hex; empty for an invoice that was made for a hash. */
  readonly preimage: string
}

/** The controls of a node. */
export function createSimulatedNode(simulation: Simulation, node: NodeState): SimulatedNode {
  const add = (terms: PeerHoldInvoice, isHold: boolean): PeerInvoiceCreated => {
    requireRunning()
    const { expirySeconds = 3600, isPrivate = false } = terms
    const isHashOnly = terms.paymentHash !== undefined
    const preimage = terms.preimage ?? (isHashOnly ? new Uint8Array() : simulation.random.bytes(32))
    const record = addInvoice(simulation, node, {
      ...terms,
      preimage,
      expirySeconds,
      isPrivate,
      isHold,
    })
    const { paymentRequest, paymentHash } = record
    return { paymentRequest, paymentHash, preimage: record.preimage }
  }
  const requireRunning = (): void => {
    if (node.lifecycle !== 'running') throw new Error(`${node.alias} is ${node.lifecycle}`)
  }
  const findNode = (peer: SimulatedNode): NodeState => {
    const found = simulation.nodes.get(peer.publicKey)
    if (!found) throw new Error(`${peer.alias} is not a node of this network`)
    return found
  }
  const now = (): number => simulation.clock.now() + node.clockSkew
  const find = (paymentHash: string): InvoiceRecord | undefined => {
    const record = node.invoices.byHash.get(paymentHash)
    if (record) expireIfDue(record, now())
    return record
  }
  const toEnd = async (start: () => PaymentRecord): Promise<PaymentUpdate> => {
    requireRunning()
    const record = start()
    while (!record.isFinal) await record.changed.wait()
    return showPayment(record)
  }

  return {
    alias: node.alias,
    publicKey: node.publicKey,
    address: node.address,
    lightning: connectClient(simulation, node),
    connect: () => connectClient(simulation, node),
    faults: node.faults,

    createInvoice: (terms) => add(terms, false),
    createHoldInvoice: (terms) => add(terms, true),
    settleHold(paymentHash, preimage) {
      requireRunning()
      const record = find(paymentHash)
      if (record?.state !== 'accepted') throw new Error(`Nothing is held for ${paymentHash}`)
      record.preimage = preimage ?? record.preimage
      if (hashPreimage(record.preimage) !== paymentHash) {
        throw new Error(`This is not the preimage of ${paymentHash}`)
      }
      settleInvoice(node.invoices, record, now())
    },
    cancelHold(paymentHash) {
      requireRunning()
      const record = find(paymentHash)
      if (record?.state !== 'accepted' && record?.state !== 'open') {
        throw new Error(`There is nothing to cancel for ${paymentHash}`)
      }
      cancelInvoice(record)
    },
    holdsChanged: () => node.invoices.holdsChanged.wait(),
    findInvoice(paymentHash) {
      const record = find(paymentHash)
      return record && showInvoice(record)
    },
    findPayment(paymentHash) {
      const record = node.payments.byHash.get(paymentHash)
      return record && showPayment(record)
    },
    pay: (paymentRequest, options) =>
      toEnd(() => sendPayment(simulation, node, paymentRequest, options)),
    keysend: (publicKey, amountMsat, preimage) =>
      toEnd(() => sendSpontaneous(simulation, node, 'keysend', publicKey, amountMsat, preimage)),
    payAmp: (publicKey, amountMsat) =>
      toEnd(() => sendSpontaneous(simulation, node, 'amp', publicKey, amountMsat)),

    fund: (amountSat) => issueCoin(simulation, node.wallet, amountSat),
    openChannel(peer, request) {
      return openChannel(simulation, node, findNode(peer), request).channelPoint
    },
    closeChannel(channelPoint, request) {
      const channel = simulation.channels.get(channelPoint)
      if (!channel) throw new Error(`There is no channel ${channelPoint}`)
      closeChannel(simulation, node, channel, request)
    },

    get lifecycle() {
      return node.lifecycle
    },
    stop: () => stopNode(simulation, node),
    start: (startOptions) => startNode(simulation, node, startOptions?.takesMilliseconds),
    restart() {
      stopNode(simulation, node)
      startNode(simulation, node)
    },
    lock: () => lockNode(simulation, node),
    unlock: () => startNode(simulation, node),
    setSynced(isSynced) {
      node.isSynced = isSynced
      catchUp(simulation, node)
    },
    setClockSkew(milliseconds) {
      node.clockSkew = milliseconds
    },

    get peers() {
      return [...node.peers].map(({ publicKey }) => publicKey)
    },
    setConduct(conduct) {
      node.conduct = conduct
      for (const channel of simulation.channels.values()) {
        if (sideOf(channel, node) !== undefined) reviewReady(simulation, channel)
      }
    },
    setAnnouncement(announcement) {
      node.announcement = announcement
    },
    setReachable(isReachable) {
      node.isReachable = isReachable
      if (isReachable) reconnectSoon(simulation, node)
      else disconnectAll(simulation, node)
    },
    disconnect(peer) {
      disconnectPeers(simulation, node, findNode(peer))
      reconnectSoon(simulation, node)
    },
  }
}
