import type { PaymentFailure, PaymentHtlc, PaymentUpdate } from '@payment-node/core'
import { type ChangeSignal, createChangeSignal } from './change-signal.ts'
import type { SeededRandom } from './seeded-random.ts'
import type { Stream } from './stream.ts'

/** One attempt on the wire. */
export interface PaymentPart {
  state: PaymentHtlc['state']
  readonly amountMsat: bigint
  readonly feeMsat: bigint
  readonly firstChannelId: string
  readonly expiryHeight: number
}

/** A payment as the node stores it. */
export interface PaymentRecord {
  readonly paymentHash: string
  readonly amountMsat: bigint
  readonly index: bigint
  readonly createdAt: number
  parts: PaymentPart[]
  preimage?: string
  /** Why no further part is tried. Not failed before the last part is resolved. */
  failure?: PaymentFailure
  isFinal: boolean
  readonly watchers: Set<Stream<PaymentUpdate>>
  /** A part has got its result, or the payment has ended. */
  readonly changed: ChangeSignal
}

/** A node's payments. */
export interface PaymentBook {
  readonly byHash: Map<string, PaymentRecord>
  /** The highest index of a payment. */
  highest: bigint
  /** An index that is never given again. */
  nextIndex(): bigint
  /** The process ended: LND takes its indexes in blocks, and forgets what is left of one. */
  dropBlock(): void
}

/** LND's `paymentSeqBlockSize`. */
const indexBlock = 1000n

/** Empty books. With `random`, the index skips a number now and then. */
export function createPaymentBook(random: SeededRandom | undefined): PaymentBook {
  let index = 0n
  return {
    byHash: new Map(),
    highest: 0n,
    nextIndex() {
      index += random && random.integer(8) === 0 ? 2n : 1n
      return index
    },
    dropBlock() {
      index = ((index + indexBlock - 1n) / indexBlock) * indexBlock
    },
  }
}

/** Stores a payment before anything is sent; a failed one of the same hash gives way to it. */
export function filePayment(
  book: PaymentBook,
  payment: Pick<PaymentRecord, 'paymentHash' | 'amountMsat' | 'createdAt'>,
): PaymentRecord {
  const record: PaymentRecord = {
    ...payment,
    index: book.nextIndex(),
    parts: [],
    isFinal: false,
    watchers: new Set(),
    changed: createChangeSignal(),
  }
  book.highest = record.index
  book.byHash.delete(payment.paymentHash)
  book.byHash.set(payment.paymentHash, record)
  return record
}

/** Parts that have no result yet. */
export function partsInFlight(record: PaymentRecord): number {
  return record.parts.filter((part) => part.state === 'in-flight').length
}

/**
 * Ends the payment when its parts allow it: succeeded with the first settled part, failed with a
 * reason, and neither while a part is unresolved (LND's payment status table). Tells the watchers.
 */
export function reviewPayment(record: PaymentRecord): void {
  if (record.isFinal) return
  record.isFinal =
    partsInFlight(record) === 0 && (record.preimage !== undefined || record.failure !== undefined)
  const update = showPayment(record)
  for (const watcher of record.watchers) {
    watcher.push(update)
    if (record.isFinal) watcher.end()
  }
  // LND deletes failed attempts of a payment that has ended (`keep-failed-payment-attempts=false`).
  if (record.isFinal) record.parts = record.parts.filter((part) => part.state !== 'failed')
  record.changed.fire()
}

/** The record as the port shows it: a copy of this moment. */
export function showPayment(record: PaymentRecord): PaymentUpdate {
  const state = !record.isFinal
    ? 'in-flight'
    : record.preimage === undefined
      ? 'failed'
      : 'succeeded'
  const paid = record.parts.filter((part) => part.state !== 'failed')
  return {
    paymentHash: record.paymentHash,
    state,
    amountMsat: record.amountMsat,
    feeMsat: paid.reduce((sum, part) => sum + part.feeMsat, 0n),
    ...(state === 'succeeded' && record.preimage ? { preimage: record.preimage } : {}),
    ...(state === 'failed' && record.failure ? { failure: record.failure } : {}),
    index: record.index,
    createdAt: record.createdAt,
    htlcs: record.parts.map((part) => ({ ...part })),
  }
}
