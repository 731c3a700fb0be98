import type { LightningNode, PaymentFailure } from '@payment-node/core'

/** Who takes part, in both worlds: the node under test, its peer, and a payee behind that peer. */
export type Party = 'tested' | 'peer' | 'payee'

/** Everybody but the node under test. */
export type Counterparty = Exclude<Party, 'tested'>

/**
 * One of the two networks that the same operations run on: tested - peer - payee, with channels of
 * 10 000 000 sat, half of it on each side. Members that change something resolve when it is done.
 */
export interface World {
  readonly kind: 'simulated' | 'lnd'
  /** The node under test; the other two are seen through {@link counterparties} only. */
  readonly node: LightningNode
  readonly publicKeys: Readonly<Record<Party, string>>
  /** `host:port` at which a party listens. */
  readonly addresses: Readonly<Record<Party, string>>
  readonly counterparties: Readonly<Record<Counterparty, WorldCounterparty>>
  /** Height of the chain when the network was ready. */
  readonly baseHeight: number
  /** Channel point of tested - peer. */
  readonly firstChannel: string
  mine(blocks: number): Promise<void>
  /** Lets everything that an operation started come to its end. LND is looked at until it has. */
  calm(): Promise<void>
  /** Lets time pass; in the simulated network it is virtual. */
  passTime(milliseconds: number): Promise<void>
  waitFor(awaited: string, condition: () => Promise<boolean>): Promise<void>
  /** Ends the process of the node under test. */
  stop(): Promise<void>
  /** Starts it again: its wallet is locked. */
  startLocked(): Promise<void>
  unlock(): Promise<void>
  /** Resolves with the channel point when the funding transaction is published. */
  openChannel(opener: 'tested' | 'peer', terms: ChannelTerms): Promise<string>
  /** Resolves when the closing transaction is published. */
  closeChannel(closer: 'tested' | 'peer', channelPoint: string, isForce: boolean): Promise<void>
  remove(): Promise<void>
}

/** A channel between the node under test and its peer. */
export interface ChannelTerms {
  readonly capacitySat: bigint
  readonly pushSat: bigint
  readonly isPrivate: boolean
  readonly satPerVbyte: number
}

/** The other end of payments. */
export interface WorldCounterparty {
  /** Returns the BOLT11 text. */
  createInvoice(invoice: CounterpartyInvoice): Promise<string>
  /** An invoice whose payment is held until {@link settleHold} or {@link cancelInvoice}. */
  createHoldInvoice(invoice: CounterpartyInvoice): Promise<string>
  /** Whether a payment is held for it. */
  isHeld(paymentHash: string): Promise<boolean>
  settleHold(preimage: Uint8Array): Promise<void>
  cancelInvoice(paymentHash: string): Promise<void>
  /** Pays an invoice to the end; `amountMsat` may differ from the invoice's amount. */
  pay(paymentRequest: string, amountMsat?: bigint): Promise<CounterpartyPayment>
  /** Pays without an invoice. */
  keysend(publicKey: string, amountMsat: bigint): Promise<CounterpartyPayment>
}

/** Terms of a counterparty's invoice. */
export interface CounterpartyInvoice {
  /** 32 bytes: the same in both worlds, so that the payment hashes are equal. */
  readonly preimage: Uint8Array
  /** null: the payer chooses. */
  readonly amountMsat: bigint | null
  readonly memo: string
  readonly expirySeconds: number
}

/** How a counterparty's payment ended. */
export interface CounterpartyPayment {
  readonly state: 'succeeded' | 'failed'
  readonly failure?: PaymentFailure
}
