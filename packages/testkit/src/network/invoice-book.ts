import type { NodeInvoice } from '@payment-node/core'
import type { HtlcOutcome } from './carry-htlc.ts'
import { type ChangeSignal, createChangeSignal } from './change-signal.ts'
import type { SeededRandom } from './seeded-random.ts'
import type { Stream } from './stream.ts'

/** A part that waits at the payee for the rest of its set, or for the holder's word. */
export interface HeldPart {
  readonly amountMsat: bigint
  readonly totalMsat: bigint
  readonly expiryHeight: number
  /** The set is complete: the time limit for the rest of it is over. */
  stopPatience(): void
  resolve(outcome: HtlcOutcome): void
}

/** An invoice as the node stores it. */
export interface InvoiceRecord {
  readonly paymentHash: string
  readonly paymentRequest: string
  readonly paymentSecret: string
  /** Empty while only its holder knows it. */
  preimage: string
  readonly isHold: boolean
  readonly amountMsat: bigint | null
  readonly memo: string
  readonly descriptionHash?: string
  readonly expirySeconds: number
  readonly createdAt: number
  readonly addIndex: bigint
  readonly minFinalCltv: number
  readonly isPrivate: boolean
  readonly isKeysend: boolean
  readonly isAmp: boolean
  state: NodeInvoice['state']
  paidMsat: bigint
  settledAt?: number
  settleIndex: bigint
  readonly held: Set<HeldPart>
}

/** A node's invoices and their two indexes. */
export interface InvoiceBook {
  readonly byHash: Map<string, InvoiceRecord>
  /** In add order. */
  readonly inOrder: InvoiceRecord[]
  addIndex: bigint
  settleIndex: bigint
  readonly watchers: Set<Stream<InvoiceRecord>>
  /** A payment is held, or is held no longer. */
  readonly holdsChanged: ChangeSignal
  nextAddIndex(): bigint
  nextSettleIndex(): bigint
}

/** Empty books. With `random`, indexes skip a number now and then, as LND's do. */
export function createInvoiceBook(random: SeededRandom | undefined): InvoiceBook {
  const step = (): bigint => (random && random.integer(8) === 0 ? 2n : 1n)
  return {
    byHash: new Map(),
    inOrder: [],
    addIndex: 0n,
    settleIndex: 0n,
    watchers: new Set(),
    holdsChanged: createChangeSignal(),
    nextAddIndex() {
      this.addIndex += step()
      return this.addIndex
    },
    nextSettleIndex() {
      this.settleIndex += step()
      return this.settleIndex
    },
  }
}

/** Files a new invoice. The hash must be new. */
export function fileInvoice(book: InvoiceBook, record: InvoiceRecord): void {
  if (book.byHash.has(record.paymentHash)) throw new Error('The payment hash is taken')
  book.byHash.set(record.paymentHash, record)
  book.inOrder.push(record)
}

/**
 * Cancels an open invoice whose time is over, as LND's expiry watcher does. No stream tells of it,
 * so doing it when somebody looks is the same as doing it in time. A held one stays: only the
 * holder or the HTLC's expiry ends it.
 */
export function expireIfDue(record: InvoiceRecord, now: number): void {
  if (record.state !== 'open' || record.isKeysend || record.isAmp) return
  if (now >= record.createdAt + record.expirySeconds * 1000) cancelInvoice(record)
}

/** Cancels, and sends everything held back. */
export function cancelInvoice(record: InvoiceRecord): void {
  record.state = 'canceled'
  releaseHeld(record, { kind: 'failed', code: 'incorrect-details' })
}

/** Gives every held part its result. */
function releaseHeld(record: InvoiceRecord, outcome: HtlcOutcome): void {
  const parts = [...record.held]
  record.held.clear()
  for (const part of parts) part.resolve(outcome)
}

/** Books what was paid and releases the preimage. */
export function settleInvoice(book: InvoiceBook, record: InvoiceRecord, now: number): void {
  record.paidMsat = [...record.held].reduce((sum, part) => sum + part.amountMsat, 0n)
  record.state = 'settled'
  const index = book.nextSettleIndex()
  // AMP: the number goes to the sub-invoice, the invoice itself shows none.
  if (!record.isAmp) {
    record.settleIndex = index
    record.settledAt = Math.floor(now / 1000) * 1000
  }
  for (const watcher of book.watchers) watcher.push(record)
  releaseHeld(record, { kind: 'settled', preimage: record.preimage })
}

/** The record as the port shows it: a copy of this moment. */
export function showInvoice(record: InvoiceRecord): NodeInvoice {
  return {
    paymentHash: record.paymentHash,
    paymentRequest: record.paymentRequest,
    state: record.state,
    amountMsat: record.amountMsat,
    paidMsat: record.state === 'settled' ? record.paidMsat : 0n,
    memo: record.memo,
    ...(record.descriptionHash === undefined ? {} : { descriptionHash: record.descriptionHash }),
    expirySeconds: record.expirySeconds,
    createdAt: record.createdAt,
    ...(record.settledAt === undefined ? {} : { settledAt: record.settledAt }),
    addIndex: record.addIndex,
    settleIndex: record.settleIndex,
    isPrivate: record.isPrivate,
    isKeysend: record.isKeysend,
    isAmp: record.isAmp,
  }
}
