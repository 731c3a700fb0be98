import type { HtlcOutcome } from './carry-htlc.ts'
import { hashPreimage } from './hash-preimage.ts'
import {
  expireIfDue,
  fileInvoice,
  type HeldPart,
  type InvoiceRecord,
  settleInvoice,
} from './invoice-book.ts'
import type { NodeState } from './node-state.ts'
import { inBackground, type Simulation } from './simulation.ts'

/** What the last hop finds in the onion. */
export interface FinalHop {
  readonly paymentHash: string
  readonly paymentSecret: string | undefined
  /** Sum over all parts. */
  readonly totalMsat: bigint
  readonly amountMsat: bigint
  readonly expiryHeight: number
  /** A payment that no invoice asked for, with the preimage in the onion. */
  readonly spontaneous?: { readonly kind: 'keysend' | 'amp'; readonly preimage: string }
}

const incorrectDetails: HtlcOutcome = { kind: 'failed', code: 'incorrect-details' }
/** LND cancels a held HTLC this many blocks before it expires (`invoices.holdexpirydelta`). */
const holdExpiryDelta = 18

/** The payee's rules for an arriving part (LND's invoice registry). Resolves with its fate. */
export function acceptHtlc(
  simulation: Simulation,
  node: NodeState,
  hop: FinalHop,
): Promise<HtlcOutcome> {
  const now = simulation.clock.now() + node.clockSkew
  const record = hop.spontaneous
    ? fileSpontaneous(node, hop, now)
    : node.invoices.byHash.get(hop.paymentHash)
  if (!record) return Promise.resolve(incorrectDetails)
  expireIfDue(record, now)
  if (record.state !== 'open') return Promise.resolve(incorrectDetails)
  if (!hop.spontaneous && hop.paymentSecret !== record.paymentSecret) {
    return Promise.resolve(incorrectDetails)
  }
  // There is no upper bound: LND takes any amount above the invoice's.
  if (record.amountMsat !== null && hop.totalMsat < record.amountMsat) {
    return Promise.resolve(incorrectDetails)
  }
  if (hop.expiryHeight < node.height + record.minFinalCltv) {
    return Promise.resolve(incorrectDetails)
  }
  return addPart(simulation, node, record, hop)
}

function addPart(
  simulation: Simulation,
  node: NodeState,
  record: InvoiceRecord,
  hop: FinalHop,
): Promise<HtlcOutcome> {
  return new Promise((resolve) => {
    const patience = new AbortController()
    const part: HeldPart = {
      amountMsat: hop.amountMsat,
      totalMsat: hop.totalMsat,
      expiryHeight: hop.expiryHeight,
      stopPatience: () => patience.abort(),
      resolve(outcome) {
        patience.abort()
        resolve(outcome)
      },
    }
    record.held.add(part)
    const sum = [...record.held].reduce((total, held) => total + held.amountMsat, 0n)
    if (sum < hop.totalMsat) {
      inBackground(giveUpIncomplete(simulation, record, part, patience.signal))
      return
    }
    for (const held of record.held) held.stopPatience()
    if (record.isHold) {
      record.state = 'accepted'
      node.invoices.holdsChanged.fire()
    } else settleInvoice(node.invoices, record, simulation.clock.now() + node.clockSkew)
  })
}

async function giveUpIncomplete(
  simulation: Simulation,
  record: InvoiceRecord,
  part: HeldPart,
  signal: AbortSignal,
): Promise<void> {
  await simulation.clock.sleep(simulation.timing.partialSetMilliseconds, signal)
  if (record.state !== 'open' || !record.held.delete(part)) return
  part.resolve({ kind: 'failed', code: 'mpp-timeout' })
}

/** Registers a keysend or AMP payment as an invoice of its own, when the node takes such. */
function fileSpontaneous(node: NodeState, hop: FinalHop, now: number): InvoiceRecord | undefined {
  const { kind, preimage } = hop.spontaneous!
  if (kind === 'keysend' ? !node.acceptsKeysend : !node.acceptsAmp) return undefined
  if (hashPreimage(preimage) !== hop.paymentHash) {
    return undefined
  }
  const existing = node.invoices.byHash.get(hop.paymentHash)
  // An invoice wants its payment secret: its hash alone does not settle it.
  if (existing) return existing.isKeysend || existing.isAmp ? existing : undefined
  const record: InvoiceRecord = {
    paymentHash: hop.paymentHash,
    paymentRequest: '',
    paymentSecret: '',
    preimage,
    isHold: false,
    amountMsat: kind === 'keysend' ? hop.totalMsat : null,
    memo: '',
    expirySeconds: 0,
    createdAt: Math.floor(now / 1000) * 1000,
    addIndex: node.invoices.nextAddIndex(),
    minFinalCltv: 0,
    isPrivate: false,
    isKeysend: kind === 'keysend',
    isAmp: kind === 'amp',
    state: 'open',
    paidMsat: 0n,
    settleIndex: 0n,
    held: new Set(),
  }
  fileInvoice(node.invoices, record)
  return record
}

/** On each block: HTLCs of held invoices that come too close to their expiry are canceled. */
export function releaseExpiringHolds(node: NodeState): void {
  for (const record of node.invoices.byHash.values()) {
    if (record.state !== 'accepted') continue
    const parts = [...record.held]
    if (parts.some((part) => node.height >= part.expiryHeight - holdExpiryDelta)) {
      record.state = 'canceled'
      record.held.clear()
      for (const part of parts) part.resolve(incorrectDetails)
      node.invoices.holdsChanged.fire()
    }
  }
}
