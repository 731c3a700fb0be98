import type { LightningNode, PaymentFailure } from '@payment-node/core'

/** Who takes part, in both worlds: the node under test, its peer, and a payee behind that peer. */
export type Party = 'tested' | 'peer' | 'payee'

/** Everybody but the node under test. */
export type Counterparty = Exclude<Party, 'tested'>

/**
 * One of the two networks that the same operations run on: tested - peer - payee, with channels of
 * 10 000 000 sat, half of the first and most of the second on the peer's side. Members that change something resolve when it is done.
 */
export interface World {
  readonly kind: 'simulated' | 'lnd'
  /** The node under test. */
  readonly node: LightningNode
  /** All of them through the port, for opening and closing channels from either end. */
  readonly ports: Readonly<Record<Party, LightningNode>>
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
  remove(): Promise<void>
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
  /** Pays an invoice to the end, without splitting the amount. */
  payInOnePart(paymentRequest: string): Promise<CounterpartyPayment>
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
