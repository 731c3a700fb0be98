import type { Channel } from './channels/channel-view.ts'
import type { UnavailableReason } from './errors.ts'
import type { Invoice } from './invoices/invoice-view.ts'
import type { Payout } from './payouts/payout-view.ts'

/** Every event and its data: one line each. The body of a signed webhook will be the same object. */
export interface PaymentNodeEvents {
  /** LND answers, is unlocked and synced; the first time since `start()`. */
  'node.ready': { node: NodeSnapshot }
  /** LND cannot be used; verbs that need it throw `node.unavailable` until `node.recovered`. */
  'node.degraded': { reason: UnavailableReason | 'misconfigured'; says: string }
  /** LND can be used again after `downFor` milliseconds. */
  'node.recovered': { node: NodeSnapshot; downFor: number }

  'invoice.created': { invoice: Invoice }
  /** Paid and credited, once; also late (`isLate`), also more than asked (`paid` > `amount`). */
  'invoice.settled': { invoice: Invoice }
  'invoice.expired': { invoice: Invoice }
  'invoice.canceled': { invoice: Invoice }

  /** Handed to LND; from here on only LND's word ends it. */
  'payout.sending': { payout: Payout }
  'payout.succeeded': { payout: Payout }
  /** Failed for certain; the reservation was released. */
  'payout.failed': { payout: Payout }
  /** No answer about a payment that may be under way. The money stays reserved; nothing is retried under another hash. */
  'payout.unknown': { payout: Payout }

  /** Its funding transaction is not confirmed yet. */
  'channel.opening': { channel: Channel }
  'channel.active': { channel: Channel }
  'channel.inactive': { channel: Channel }
  /** A close is under way, or the channel is in no list of LND (`closeType` is then unknown). */
  'channel.closing': { channel: Channel }
  'channel.closed': { channel: Channel }
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
