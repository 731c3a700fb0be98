import type { Channel } from './channels/channel-view.ts'
import type { ChannelClosing } from './channels/closing-view.ts'
import type { ChannelOpening } from './channels/opening-view.ts'
import type { UnavailableReason } from './errors.ts'
import type { Invoice } from './invoices/invoice-view.ts'
import type { KeeperDecision } from './keeper/decision-view.ts'
import type { LiquidityRun } from './liquidity/run-view.ts'
import type { DestinationChanged } from './partners/change-destinations.ts'
import type { Payout } from './payouts/payout-view.ts'
import type { PeerMark } from './peers/peer-mark.ts'
import type { Proof } from './proof/proof-view.ts'
import type { Comparison } from './safety/difference-view.ts'
import type { Swap } from './swaps/swap-view.ts'
import type { StuckAdvice } from './transactions/explain-stuck.ts'
import type { OnchainTransaction } from './transactions/transaction-view.ts'
import type { WebhookEndpoint } from './webhooks/endpoint-view.ts'

/** Every event and its data: one line each. The body of a signed webhook will be the same object. */
export interface PaymentNodeEvents {
  /** LND answers, is unlocked and synced; the first time since `start()`. */
  'node.ready': { node: NodeSnapshot }
  /** LND cannot be used; verbs that need it throw `node.unavailable` until `node.recovered`. */
  'node.degraded': { reason: UnavailableReason | 'misconfigured'; says: string }
  /** LND can be used again after `downFor` milliseconds. */
  'node.recovered': { node: NodeSnapshot; downFor: number }

  /**
   * These books are an old copy, or cannot be told from one: LND did what they do not know. Outgoing money
   * is halted; `safety.differences()` lists it, and `safety.resume()` books it as the operator's.
   */
  'node.books-behind': { comparison: Comparison }
  /** LND came back with an old state. Outgoing money is halted. Do NOT force close any channel. */
  'node.behind': { comparison: Comparison }

  /**
   * For minutes they could not be compared with LND, which could be used: nothing is paid until they are. `says` why,
   * `status().warnings` whether it is still so.
   */
  'books.uncompared': { says: string }
  /** They are compared again, `uncomparedFor` milliseconds after `books.uncompared` was told, by whichever process. */
  'books.compared': { uncomparedFor: number }
  /** Missing value: LND has less than the books say. Outgoing money is halted; `safety.resume()` books the loss. */
  'books.short': { comparison: Comparison }
  /** LND has more than the books knew: booked as the operator's. */
  'books.surplus': { proof: Proof }

  'invoice.created': { invoice: Invoice }
  /** Paid and credited, once; also late (`isLate`), also more than asked (`paid` > `amount`). */
  'invoice.settled': { invoice: Invoice }
  /** The partner can be paid out of it now: `availableAfter` has passed since it was settled. */
  'invoice.available': { invoice: Invoice }
  'invoice.expired': { invoice: Invoice }
  'invoice.canceled': { invoice: Invoice }

  /**
   * Somebody set where a partner is paid: it is in effect from `effectiveAt` on. Tell the partner, who may
   * know nothing of it; setting the former one again cancels the change.
   */
  'partner.destination-changed': { change: DestinationChanged }

  /** On chain: waits for its transaction; again when one was given up before anything was signed. */
  'payout.queued': { payout: Payout }
  /** Ended before it was sent; the reservation was released. */
  'payout.canceled': { payout: Payout }
  /** Handed to LND; from here on only LND's word ends it. */
  'payout.sending': { payout: Payout }
  'payout.succeeded': { payout: Payout }
  /** Failed for certain; the reservation was released. */
  'payout.failed': { payout: Payout }
  /**
   * An operator had resolved it as failed, and its transaction confirmed all the same: it is charged again, with
   * `fee`. It stays `failed`, with the reason `revived`.
   */
  'payout.revived': { payout: Payout }
  /** No answer about a payment that may be under way. The money stays reserved; nothing is retried under another hash. */
  'payout.unknown': { payout: Payout }

  /** The network has a transaction with payouts; from here on only the chain's word ends it. */
  'transaction.published': { transaction: OnchainTransaction }
  /** A child was published that speeds up `transaction.parent`. */
  'transaction.bumped': { transaction: OnchainTransaction }
  'transaction.confirmed': { transaction: OnchainTransaction }
  /** A reorganization took its block away: it is published again. */
  'transaction.reorganized': { transaction: OnchainTransaction }
  /** Deep enough to be taken for good. */
  'transaction.final': { transaction: OnchainTransaction }
  /** No block takes it: `transaction.reason` says why, `says` what to do; with `fundsAtRisk` an operator must look. */
  'transaction.stuck': { transaction: OnchainTransaction } & StuckAdvice
  /** Its inputs went elsewhere for good: it never confirms, and its payouts wait for another one. */
  'transaction.conflicted': { transaction: OnchainTransaction }
  /** It was given up, and confirmed all the same: what it paid is taken from the partners that got it back. */
  'transaction.revived': { transaction: OnchainTransaction }

  /** Somebody wants a channel: written down before LND is asked. */
  'channel.intended': { opening: ChannelOpening }
  /** It will not be opened; no money left the wallet. */
  'channel.open-failed': { opening: ChannelOpening }
  /** The funding has waited long for its confirmation; it is published again at each block. */
  'channel.stuck': { opening: ChannelOpening }
  /** Its funding can never confirm: an input went elsewhere. */
  'channel.abandoned': { opening: ChannelOpening }
  /** The operator wants a channel closed: written down before LND is asked; again when it is asked for by force. */
  'channel.close-intended': { closing: ChannelClosing }
  /** It can never be closed by us; `closing.reason` says why. */
  'channel.close-refused': { closing: ChannelClosing }
  /** Its funding transaction is not confirmed yet. */
  'channel.opening': { channel: Channel }
  'channel.active': { channel: Channel }
  'channel.inactive': { channel: Channel }
  /** A close is under way, or the channel is in no list of LND (`closeType` is then unknown). */
  'channel.closing': { channel: Channel }
  /** `channel.attribution` says who closed it, and why we think so. */
  'channel.closed': { channel: Channel }
  /** What may be done with the channel has changed. */
  'channel.adopted': { channel: Channel }

  /** No channel is opened to this peer any more, until the operator allows it; with the evidence. */
  'peer.blacklisted': { peer: PeerMark }
  /** The peer is left alone for a while. */
  'peer.cooled-down': { peer: PeerMark }
  /** The operator took the mark away, and said why. */
  'peer.allowed': { peer: PeerMark; reason: string }

  'keeper.paused': { reason: string }
  'keeper.resumed': { reason: string }
  /** Channels are missing, and something keeps the keeper from opening them; again when the reason changes. */
  'keeper.blocked': { reason: string; says: string }
  /** Fewer channels than wanted are active now; told at once, before any grace period. */
  'keeper.below-minimum': { active: number; minimum: number }
  'keeper.restored': { active: number; minimum: number }
  /** Many channels were closed within a day and nobody asked for it. */
  'keeper.mass-close': { closes: number; within: '24h' }
  /** In the mode `recommend`: what it would do now. */
  'keeper.recommended': { decision: KeeperDecision }

  /** Keys, price and limits of a swap are stored; its budget is charged. */
  'swap.created': { swap: Swap }
  /** The provider's terms are stored and hold. */
  'swap.verified': { swap: Swap }
  /** Its invoice is handed to LND; from here on only LND's word ends it. */
  'swap.paying': { swap: Swap }
  /** The provider holds the payment. */
  'swap.held': { swap: Swap }
  /**
   * Its provider holds the payment for longer than a lockup takes: that money is no inbound to come, and the provider
   * gets no new swap before it is back. It comes back by itself, at the latest at its timeout.
   */
  'swap.lockup-overdue': { swap: Swap }
  /** LND's chain has the lockup, exactly as agreed. */
  'swap.lockup-confirmed': { swap: Swap }
  /** The preimage may be known from now on: the swap must be claimed. */
  'swap.revealed': { swap: Swap }
  /** The coins are there for good, and what it cost is booked. */
  'swap.claimed': { swap: Swap }
  /** Nothing was paid, or the payment came back: `swap.reason` says why. */
  'swap.failed': { swap: Swap }
  /** The payment is gone, and the coins are somebody else's: an operator must look. */
  'swap.lost': { swap: Swap }
  /** The timeout comes near and nothing is claimed: 72, 36 and 12 blocks before it. */
  'swap.deadline-near': { swap: Swap; blocksLeft: number }
  /**
   * A claim has paid `swap.payout`, which was no longer this swap's to pay: a fault, or damaged books. Outgoing money is
   * halted; look whether its partner was paid twice.
   */
  'swap.paid-twice': { swap: Swap; transactionId: string; says: string }
  /**
   * A daemon does not go on by itself, the stored terms of a swap were changed (reason `terms-damaged`), or the key that
   * it was made with is not here while there is still time to give it (`no-key`).
   */
  'swap.needs-operator': { swap: Swap }
  /** Not asked for swaps any more before `swaps.enableProvider`. */
  'swap.provider-disabled': { provider: string; reason: string; says: string }

  'liquidity.paused': { reason: string }
  'liquidity.resumed': { reason: string }
  /** Inbound is missing, and nothing can be done for it; again when the reason changes. `inboundShare` in ppm. */
  'liquidity.blocked': { reason: string; says: string; inboundShare: number; runId: string }
  /** In the mode `recommend`: what it would do now. */
  'liquidity.recommended': { run: LiquidityRun }
  /** What it does now; the swaps and payouts that follow tell of themselves. */
  'liquidity.acting': { run: LiquidityRun }

  /** Nothing more is sent there until it is enabled; `endpoint.reason` says why. */
  'webhook.disabled': { endpoint: WebhookEndpoint }
  /** Events from now on are sent there. */
  'webhook.enabled': { endpoint: WebhookEndpoint }
}

/** The name of an event: a key of {@link PaymentNodeEvents}. */
export type EventType = keyof PaymentNodeEvents

/** What the node was when it became usable. */
export interface NodeSnapshot {
  readonly publicKey: string
  readonly network: string
  readonly alias: string
  readonly version: string
  /** Things an operator should read: keysend accepted, an untested version, … */
  readonly warnings: readonly string[]
}

/** The envelope: everything but `cursor` is fixed before the commit and never changes. */
export interface PaymentNodeEvent<T extends EventType = EventType> {
  readonly id: string
  readonly type: T
  readonly version: 1
  /** Milliseconds since 1970. */
  readonly occurredAt: number
  readonly data: PaymentNodeEvents[T]
  /** Position in the log as decimal text: pass it to `events.after()`. */
  readonly cursor: string
}

/** An event of any type, discriminated by `type`. */
export type AnyEvent = { [T in EventType]: PaymentNodeEvent<T> }[EventType]
