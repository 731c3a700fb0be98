import type { Change, NodeInvoice, PaymentUpdate } from '@payment-node/core'
import type { PaidOutput } from '../../network/simulated-network.ts'
import type { Books, RowChange } from '../mirror-books.ts'
import type { Step } from '../steps.ts'
import type { DaemonTruth } from '../swaps/daemon-place.ts'
import type { SwapTruth } from '../swaps/market-place.ts'
import type { SwapLimits } from '../world.ts'

/** One promise that must hold at every moment of every run. */
export interface Invariant {
  /** Stable, kebab-case. */
  readonly name: string
  /** One sentence for people. */
  readonly says: string
  /** A judge for one run; it may remember what it has seen. */
  begin(witness: Witness): Judge
}

/** Looks at what happens; answers in words what is wrong, undefined when nothing is. */
export interface Judge {
  /** After each commit that was applied; `witness.books` holds it already. */
  commit?(commit: SeenCommit): string | undefined
  /** At each step of a process at LND: `lightning.pay/effect` and so on. */
  step?(step: Step): string | undefined
  /** When the faults have ended and the world had time to heal. */
  end?(): string | undefined
}

/** A change that the storage has applied. */
export interface SeenCommit {
  /** The place of the process that wrote it. */
  readonly process: string
  readonly change: Change
  readonly rows: readonly RowChange[]
}

/** What judges may look at: the books, and what the network itself knows. */
export interface Witness {
  readonly books: Books
  /** Public key of the LND that the books are about. */
  readonly publicKey: string
  readonly truth: Truth
  readonly records: Records
  /** msat. */
  readonly capPerDayMsat: bigint
  readonly capPerPayoutMsat: bigint
  /** Of on-chain fees for opening channels, per month. */
  readonly budgetPerMonthMsat: bigint
  /** sat/vB. */
  readonly hardCeiling: number
  /** Milliseconds. */
  readonly destinationCoolDown: number
  /** Of speeding up transactions, per UTC day. */
  readonly bumpBudgetPerDayMsat: bigint
  /** What payouts to the operator's own address leave the operator. */
  readonly operatorReserveMsat: bigint
  /** Hard caps of swaps. */
  readonly swapping: SwapLimits
  /** Where what is the operator's own goes. */
  readonly operatorAddress: string
}

/** A channel as LND shows it when the run ends: open, opening, closing or closed. */
export interface SeenChannel {
  readonly channelPoint: string
  readonly list: 'open' | 'opening' | 'closing' | 'closed'
  /** Opened by us. */
  readonly isOurs: boolean
  readonly memo: string | undefined
}

/** What the simulated network knows, whatever the books say. */
export interface Truth {
  /** LND's own record of an outgoing payment. */
  findPayment(paymentHash: string): PaymentUpdate | undefined
  /** LND's own record of an invoice. */
  findInvoice(paymentHash: string): NodeInvoice | undefined
  /** What the payee of this hash has received, in msat; 0n when nothing. */
  receivedMsat(paymentHash: string): bigint
  /** Milliseconds since 1970 by LND's clock. */
  now(): number
  /** The counter of intents outside of the books; undefined when there is none. */
  counter(): number | undefined
  /** LND's channels when the run has ended; none before. */
  channels(): readonly SeenChannel[]
  /** What pays an address, by the whole chain and the mempool. */
  outputsTo(address: string): readonly PaidOutput[]
  /** What chain and providers know of swaps; undefined in a world without any. */
  readonly swapping: SwapTruth | undefined
  /** What is known of the operator's swap daemon; undefined in a world without one. */
  readonly daemon: DaemonTruth | undefined
  /** Milliseconds since the run began. */
  elapsed(): number
  /** What the proof of the books says when the run has ended; undefined: it was not asked. */
  proof(): string | undefined
  /** In words, what is wrong with the sum of all money; undefined when nothing is. */
  audit(): string | undefined
}

/** What the host and others did in a run, as they themselves remember it. */
export interface Records {
  /** Debt → all payment hashes that were ever made for it: it must be paid once at most. */
  readonly debts: Map<string, Set<string>>
  /** Payment hash → the debt it was made for. */
  readonly debtOf: Map<string, string>
  /**
   * Hashes of payouts whose end an operator insisted on, against or without LND's word. By hash, since an
   * older copy of the books may not know the payout any more.
   */
  readonly insisted: Set<string>
  /** Hashes of payments and invoices of other programs on the same LND, and of keysend payments. */
  readonly foreign: Set<string>
  /** Hashes of payouts that another program on the same LND tried to pay as well. */
  readonly paidByOthers: Set<string>
  /** Payment hash → id of the invoice, as the host was given it. */
  readonly givenOut: Map<string, string>
  /** Consumer → what its handler has finished, in order. */
  readonly handled: Map<string, HandledEvent[]>
  /** The books were replaced by an older copy. */
  wasRestored: boolean
  /** A wall clock of ours was moved. */
  clocksJumped: boolean
  /** Address → the one amount in sat that it is to get; null: the whole balance, whatever it is. */
  readonly addresses: Map<string, bigint | null>
  /** What came to the host's receivers of webhooks, in order. */
  readonly arrivals: Arrival[]
  /** Payment hashes of invoices that a server made for something else than it was asked. */
  readonly lies: Set<string>
  /** URL → the secrets that the host has given the endpoint, newest last. */
  readonly secrets: Map<string, GivenSecret[]>
  /** URL → when the host was told that its endpoint is removed, in milliseconds since 1970. */
  readonly removed: Map<string, number>
  /** Id of an invoice or a payout → the trace that the host gave with it. */
  readonly traces: Map<string, string>
  /** Idempotency key of a swap to an address of the operator's own → the address. */
  readonly withdrawals: Map<string, string>
  /** What brought a coin of the wallet was taken out of its block: value is missing. */
  coinLost: boolean
}

/** A secret of an endpoint; times in milliseconds since 1970. */
export interface GivenSecret {
  readonly secret: string
  /** When the host was told that it signs; undefined: it was not. */
  since?: number
  /** How long it signs beside the next one; undefined: there is no next one. */
  until?: number
}

/** A request as a receiver of webhooks got it. */
export interface Arrival {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** An event that a durable handler has finished. */
export interface HandledEvent {
  readonly id: string
  readonly type: string
  readonly subject: string
  readonly cursor: bigint
}

/** Nothing has happened yet. */
export function createRecords(): Records {
  return {
    debts: new Map(),
    debtOf: new Map(),
    insisted: new Set(),
    foreign: new Set(),
    paidByOthers: new Set(),
    givenOut: new Map(),
    handled: new Map(),
    wasRestored: false,
    clocksJumped: false,
    addresses: new Map(),
    arrivals: [],
    secrets: new Map(),
    removed: new Map(),
    traces: new Map(),
    withdrawals: new Map(),
    coinLost: false,
    lies: new Set(),
  }
}
