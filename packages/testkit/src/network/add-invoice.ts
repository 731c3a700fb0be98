import { PaymentNodeError } from '@payment-node/core'
import { encodeInvoice, type RouteHint } from './bolt11-invoice.ts'
import { type Channel, isActive, otherSide, sideOf } from './channel.ts'
import { hashPreimage } from './hash-preimage.ts'
import { fileInvoice, type InvoiceRecord } from './invoice-book.ts'
import { refused } from './node-errors.ts'
import type { NodeState } from './node-state.ts'
import type { Simulation } from './simulation.ts'

/** What a node is asked to invoice. */
export interface InvoiceTerms {
  /** 32 bytes. */
  readonly preimage: Uint8Array
  /** null: the payer chooses. */
  readonly amountMsat: bigint | null
  readonly memo?: string
  readonly descriptionHash?: Uint8Array
  readonly expirySeconds: number
  readonly isPrivate: boolean
  /** Payments are held until somebody settles or cancels. */
  readonly isHold: boolean
}

/** LND's default `cltv_expiry` of own invoices, in blocks. */
const minFinalCltv = 80
const maximumHints = 20
const year = 31_536_000

/** AddInvoice with our own preimage: the same hash a second time is `node.invoice-exists`. */
export function addInvoice(
  simulation: Simulation,
  node: NodeState,
  terms: InvoiceTerms,
): InvoiceRecord {
  checkTerms(terms)
  const paymentHash = hashPreimage(terms.preimage)
  if (node.invoices.byHash.has(paymentHash)) {
    throw new PaymentNodeError(
      'node.invoice-exists',
      'An invoice with this payment hash already exists',
      { paymentHash },
    )
  }
  const createdAt = Math.floor((simulation.clock.now() + node.clockSkew) / 1000) * 1000
  const paymentSecret = Buffer.from(simulation.random.bytes(32)).toString('hex')
  const descriptionHash =
    terms.descriptionHash && Buffer.from(terms.descriptionHash).toString('hex')
  const shared = {
    paymentHash,
    paymentSecret,
    amountMsat: terms.amountMsat,
    ...(descriptionHash === undefined ? {} : { descriptionHash }),
    expirySeconds: terms.expirySeconds,
    createdAt,
    minFinalCltv,
  }
  const paymentRequest = encodeInvoice(
    {
      ...shared,
      network: simulation.network,
      memo: terms.memo ?? '',
      routeHints: terms.isPrivate ? hintsOf(simulation, node) : [],
    },
    node.privateKey,
  )
  const record: InvoiceRecord = {
    ...shared,
    paymentRequest,
    preimage: Buffer.from(terms.preimage).toString('hex'),
    isHold: terms.isHold,
    memo: terms.memo ?? '',
    addIndex: node.invoices.nextAddIndex(),
    isPrivate: terms.isPrivate,
    isKeysend: false,
    isAmp: false,
    state: 'open',
    paidMsat: 0n,
    settleIndex: 0n,
    held: new Set(),
  }
  fileInvoice(node.invoices, record)
  return record
}

function checkTerms(terms: InvoiceTerms): void {
  const refuse = (reason: string, says: string): never => {
    throw refused('createInvoice', reason, says)
  }
  if (terms.preimage.length !== 32) refuse('preimage-length', 'a preimage has 32 bytes')
  if (terms.amountMsat !== null && terms.amountMsat <= 0n) {
    refuse('amount-not-positive', 'an amount is positive')
  }
  if (terms.memo !== undefined && Buffer.byteLength(terms.memo) > 639) {
    refuse('memo-too-long', 'a memo has at most 639 bytes')
  }
  if (terms.descriptionHash !== undefined) {
    if (terms.descriptionHash.length !== 32) {
      refuse('description-hash-length', 'a description hash has 32 bytes')
    }
    if (terms.memo) refuse('memo-and-description-hash', 'either a memo or a description hash')
  }
  const { expirySeconds } = terms
  if (!Number.isInteger(expirySeconds) || expirySeconds < 1 || expirySeconds > year) {
    refuse('expiry-out-of-range', 'an expiry is 1 second to one year')
  }
}

/** Hints over our active private channels, the one that can receive most first, as LND adds them. */
function hintsOf(simulation: Simulation, node: NodeState): RouteHint[] {
  const receivable = (channel: Channel): bigint =>
    channel.balances[otherSide(sideOf(channel, node)!)]
  return [...simulation.channels.values()]
    .filter((channel) => {
      return channel.isPrivate && sideOf(channel, node) !== undefined && isActive(channel)
    })
    .sort((a, b) => (receivable(b) > receivable(a) ? 1 : receivable(b) < receivable(a) ? -1 : 0))
    .slice(0, maximumHints)
    .map((channel) => {
      const peer = otherSide(sideOf(channel, node)!)
      return {
        publicKey: channel.ends[peer].publicKey,
        channelId: channel.channelId,
        baseFeeMsat: channel.policies[peer].baseFeeMsat,
        feeRatePpm: channel.policies[peer].feeRatePpm,
        timeLockDeltaBlocks: channel.policies[peer].timeLockDeltaBlocks,
      }
    })
}
