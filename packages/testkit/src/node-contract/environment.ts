import type { LightningNode, Network, PaymentFailure } from '@payment-node/core'

/**
 * What the contract needs around the node under test. Over LND's own RPCs each member is a call or two.
 * The node has a channel of at least 2 000 000 sat, balanced enough for payments of 100 000 sat in
 * both directions, to a third node that forwards for a fee to {@link ContractPeer}.
 */
export interface NodeContractEnvironment {
  readonly node: LightningNode
  readonly network: Network
  readonly peer: ContractPeer
  /** A BOLT11 invoice with a good checksum for another network. */
  readonly otherNetworkInvoice: string
  /** Adds blocks; resolves when the node under test knows them. */
  mine(blocks: number): Promise<void>
  /** Looks again and again until `condition` is true; rejects, naming `awaited`, when it takes too long. */
  waitFor(awaited: string, condition: () => Promise<boolean>): Promise<void>
  /** Lets time pass for the node and its peers. */
  passTime(milliseconds: number): Promise<void>
  /** Needed with the option `restarts`: ends the process of the node under test. */
  stopNode?(): Promise<void>
  /** Needed with the option `restarts`: starts it again; resolves when it answers calls. */
  startNode?(): Promise<void>
  /**
   * Needed with the option `opensChannels`: the node under test opens a channel to the peer or to
   * the third node. Resolves with the channel point when the funding transaction is published.
   */
  openChannel?(capacitySat: bigint): Promise<string>
  /**
   * Needed with the option `opensChannels`: the node under test closes a channel. Resolves when
   * the closing transaction is published.
   */
  closeChannel?(channelPoint: string, options: { isForce: boolean }): Promise<void>
  /**
   * Needed with the option `managesChannels`: somebody pays an address on chain. Resolves when the
   * transaction waits for a block.
   */
  payOnChain?(address: string, amountSat: bigint): Promise<void>
  /**
   * Needed with the option `managesChannels`: a running node that the node under test may open channels
   * to. The same wish may get the same node again, with the channels of earlier cases.
   */
  channelPeer?(wish?: ChannelPeerWish): Promise<ContractChannelPeer>
  /**
   * Needed with the option `watchesChain`: a longer branch takes the place of the newest blocks. What they held
   * waits again, or is in the new branch. Resolves when the node under test has followed.
   */
  reorganize?(blocks: number): Promise<void>
  /** Needed with the option `managesChannels`: a second node like the one under test, without coins and channels. */
  poorNode?(): Promise<LightningNode>
  /**
   * Needed with the option `forwards`: a payment of other people crosses the node under test, which
   * takes a fee; `amountMsat` arrives at the payee. Resolves when it succeeded.
   */
  forward?(amountMsat: bigint): Promise<void>
}

/** What kind of node to open channels to. */
export interface ChannelPeerWish {
  /** It refuses smaller channels (LND: `minchansize`). */
  readonly minimumChannelSat?: bigint
  /** It refuses larger channels (LND: `maxchansize`). */
  readonly maximumChannelSat?: bigint
}

/** A node that takes channels; one unconfirmed channel at a time, as LND does by default. */
export interface ContractChannelPeer {
  /** 33 bytes, compressed, hex. */
  readonly publicKey: string
  /** Where it listens, `host:port`. */
  readonly address: string
  /** Ends its process. */
  stop(): Promise<void>
  /** Starts it again; resolves when it takes connections. */
  start(): Promise<void>
  /** An invoice whose payment it keeps. */
  createHoldInvoice(terms: ContractInvoiceTerms): Promise<ContractHoldInvoice>
}

/** The other end of the payments, controlled without the port. */
export interface ContractPeer {
  /** 33 bytes, compressed, hex. */
  readonly publicKey: string
  /** An invoice of the peer. */
  createInvoice(
    terms: ContractInvoiceTerms,
  ): Promise<{ paymentRequest: string; paymentHash: string }>
  /** An invoice whose payment the peer keeps. */
  createHoldInvoice(terms: ContractInvoiceTerms): Promise<ContractHoldInvoice>
  /** Cancels an invoice of the peer that nobody has paid. */
  cancelInvoice(paymentHash: string): Promise<void>
  /**
   * Pays and resolves with the end of it. `amountMsat` for an invoice without amount; for an invoice
   * with one it is paid all the same (by hash and payment secret), because payers do.
   */
  pay(paymentRequest: string, amountMsat?: bigint): Promise<ContractPayment>
  /** Pays without an invoice. */
  keysend(publicKey: string, amountMsat: bigint): Promise<ContractPayment>
}

/** Terms of an invoice of the peer. */
export interface ContractInvoiceTerms {
  /** null: the payer chooses. */
  readonly amountMsat: bigint | null
  readonly memo?: string
  /** Seconds; default 3600. */
  readonly expirySeconds?: number
}

/** An invoice whose payment the peer keeps until it decides. */
export interface ContractHoldInvoice {
  readonly paymentRequest: string
  readonly paymentHash: string
  /** Resolves when a payment is held. */
  waitAccepted(): Promise<void>
  /** Takes the money. */
  settle(): Promise<void>
  /** Sends the money back. */
  cancel(): Promise<void>
}

/** How a payment of the peer ended. */
export interface ContractPayment {
  readonly state: 'succeeded' | 'failed'
  readonly failure?: PaymentFailure
}
