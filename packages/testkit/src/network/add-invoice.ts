import { invalid, PaymentNodeError } from '@payment-node/core'
import { encodeInvoice, type RouteHint } from './bolt11-invoice.ts'
import { isActive, otherSide, sideOf } from './channel.ts'
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
  /** A hold invoice for a hash whose preimage somebody else has; `preimage` is empty then. */
  readonly paymentHash?: string
  /** Blocks; default LND's 80. */
  readonly minFinalCltv?: number
}

/** LND's default `cltv_expiry` of own invoices, in blocks. */
const defaultFinalCltv = 80
const maximumHints = 20
const year = 31_536_000

/** AddInvoice with our own preimage: the same hash a second time is `node.invoice-exists`. */
export function addInvoice(
  simulation: Simulation,
  node: NodeState,
  terms: InvoiceTerms,
): InvoiceRecord {
  checkTerms(terms)
  if (terms.memo !== undefined && Buffer.byteLength(terms.memo) > 639) {
    throw refused('createInvoice', 'other', 'a memo has at most 639 bytes')
  }
  const paymentHash = terms.paymentHash ?? hashPreimage(terms.preimage)
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
    minFinalCltv: terms.minFinalCltv ?? defaultFinalCltv,
  }
  const routeHints = terms.isPrivate ? hintsOf(simulation, node) : []
  const paymentRequest = encodeInvoice(
    {
      ...shared,
      network: simulation.network,
      memo: terms.memo ?? '',
      routeHints,
    },
    node.privateKey,
  )
  simulation.noteEncoded(paymentRequest, {
    ...shared,
    destination: node.publicKey,
    description: descriptionHash === undefined ? (terms.memo ?? '') : '',
    hasPaymentSecret: true,
    hasBlindedPaths: false,
    routeHints: routeHints.map((hint) => [hint]),
  })
  const record: InvoiceRecord = {
    ...shared,
    paymentRequest,
    preimage: Buffer.from(terms.preimage).toString('hex'),
    isHold: terms.isHold,
    memo: terms.memo ?? '',
    addIndex: node.invoices.nextAddIndex(),
    // LND calls private what carries hints, whatever was asked for.
    isPrivate: routeHints.length > 0,
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

/** Refuses what no node may be asked. */
export function checkTerms(terms: Omit<InvoiceTerms, 'isHold'>): void {
  const isHashOnly = 'paymentHash' in terms && terms.preimage.length === 0
  if (terms.preimage.length !== 32 && !isHashOnly)
    throw invalid('preimage', 'malformed', 'must be 32 bytes')
  if (terms.amountMsat !== null && terms.amountMsat <= 0n) {
    throw invalid('amountMsat', 'not-positive', 'must be more than zero, or null')
  }
  if (terms.descriptionHash !== undefined && terms.descriptionHash.length !== 32) {
    throw invalid('descriptionHash', 'malformed', 'must be 32 bytes')
  }
  const { expirySeconds } = terms
  if (!Number.isInteger(expirySeconds) || expirySeconds < 1 || expirySeconds > year) {
    throw invalid('expirySeconds', 'out-of-range', 'must be 1 to 31536000')
  }
}

/**
 * Hints over our active private channels, the one that can receive most first, as LND adds them: only
 * peers that the payer can find in the graph.
 */
function hintsOf(simulation: Simulation, node: NodeState): RouteHint[] {
  const channels = [...simulation.channels.values()]
  const isPublic = (peer: NodeState): boolean =>
    channels.some((channel) => !channel.isPrivate && sideOf(channel, peer) !== undefined)
  return channels
    .flatMap((channel) => {
      const side = sideOf(channel, node)
      if (side === undefined || !channel.isPrivate || !isActive(channel)) return []
      const peer = otherSide(side)
      return isPublic(channel.ends[peer]) ? [{ channel, peer }] : []
    })
    .sort((a, b) => Number(b.channel.balances[b.peer] - a.channel.balances[a.peer]))
    .slice(0, maximumHints)
    .map(({ channel, peer }) => ({
      publicKey: channel.ends[peer].publicKey,
      channelId: channel.channelId,
      baseFeeMsat: channel.policies[peer].baseFeeMsat,
      feeRatePpm: channel.policies[peer].feeRatePpm,
      timeLockDeltaBlocks: channel.policies[peer].timeLockDeltaBlocks,
    }))
}
