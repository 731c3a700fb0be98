import { type Context, type Identity, newId, requireReady, rowBase } from '../context.ts'
import { PaymentNodeError } from '../errors.ts'
import { newEvent } from '../events/new-event.ts'
import { findPartner } from '../partners/get-partner.ts'
import type { NodeInvoice } from '../ports/lightning-node.ts'
import { type Metadata, readId, readMetadata, readObject, readText } from '../read-input.ts'
import { maximumDecisions, record, tooContended } from '../record.ts'
import { requireSameRequest } from '../same-request.ts'
import { invoices } from '../tables/invoices.ts'
import { nodes } from '../tables/node.ts'
import { type Fields, insert, type RowOf } from '../tables/table.ts'
import { type Invoice, invoiceView } from './invoice-view.ts'
import { metadataWrites } from './metadata-writes.ts'
import { findInvoiceByHash, settleInvoice } from './settle-invoice.ts'

/** Which invoice of another program to take over, and for whom. */
export interface AdoptInput {
  /** 64 hex characters. */
  readonly paymentHash: string
  /** Whose balance is credited with what was or will be paid. */
  readonly partner: string
  /** The host's own labels. */
  readonly metadata?: Metadata
}

/**
 * Takes over an invoice that another program made in this LND: what is paid to it is credited to the
 * partner, once; at once when it was paid already, from the operator, whose it was until then. Calling again with
 * the same input gives the same invoice. Throws `input.invalid`, `partner.not-found`, `node.invoice-not-found`,
 * `invoice.not-adoptable`, `idempotency.conflict`, `node.unavailable`.
 */
export async function adoptInvoice(context: Context, input: AdoptInput): Promise<Invoice> {
  const request = readAdopt(input)
  const identity = requireReady(context)
  const { paymentHash, partner } = request
  for (let decision = 0; decision < maximumDecisions; decision++) {
    const known = await findInvoiceByHash(context, identity, paymentHash)
    if (known) {
      if (!known.is_adopted) throw refused(paymentHash, 'known', 'these books made it themselves')
      requireSameRequest(known.request, writeAdopt(request), paymentHash)
      return finish(context, identity, known)
    }
    await findPartner(context, partner)
    const seen = await context.lightning.lookupInvoice(paymentHash)
    await requireAdoptable(context, seen)
    const row = rowOf(context, identity, request, seen)
    const writes = [insert(invoices, row), ...metadataWrites(identity, row, request.metadata)]
    const invoice = invoiceView(row)
    const events = [
      newEvent(context, identity, 'invoice.created', `invoice/${row.id}`, { invoice }),
    ]
    // Refused: somebody else adopted it; the next round tells.
    await record(context, { writes, events }, async () => true)
  }
  throw tooContended('invoices.adopt')
}

/** Credits it when LND shows it paid: now, or at a call that died before it did. */
async function finish(
  context: Context,
  identity: Identity,
  row: RowOf<typeof invoices>,
): Promise<Invoice> {
  if (row.state !== 'open') return invoiceView(row)
  const seen = await context.lightning.lookupInvoice(row.payment_hash)
  await settleInvoice(context, identity, seen)
  return invoiceView((await context.storage.get(invoices, [row.id])) ?? row)
}

interface AdoptRequest {
  readonly paymentHash: string
  readonly partner: string
  readonly metadata: Metadata
}

function readAdopt(input: AdoptInput): AdoptRequest {
  readObject(input, 'invoice', ['paymentHash', 'partner', 'metadata'])
  return {
    paymentHash: readText(input.paymentHash, 'paymentHash', {
      maximum: 64,
      pattern: /^[0-9a-f]{64}$/,
      says: 'expected 64 lower-case hex characters',
    }),
    partner: readId(input.partner, 'partner'),
    metadata: readMetadata(input.metadata, 'metadata'),
  }
}

function writeAdopt({ paymentHash, partner, metadata }: AdoptRequest): string {
  const labels = Object.entries(metadata).sort(([a], [b]) => (a < b ? -1 : 1))
  return JSON.stringify({ paymentHash, partner, metadata: labels })
}

async function requireAdoptable(context: Context, seen: NodeInvoice): Promise<void> {
  const { paymentHash, state } = seen
  if (seen.isKeysend || seen.isAmp)
    throw refused(paymentHash, 'unsolicited', 'keysend and AMP payments are never a partner’s')
  if (state === 'canceled')
    throw refused(paymentHash, 'canceled', 'LND has canceled it: nothing can be paid to it')
  if (state !== 'settled') return
  const begin = await context.storage.get(nodes, [context.settings.name])
  if (begin && seen.addIndex > BigInt(begin.invoice_add_index)) return
  // Paid before or after these books began: LND's times are too coarse to tell, and it may be in the opening balance.
  throw refused(
    paymentHash,
    'older-than-books',
    'it was made before these books began and is paid; nobody can tell whether the opening balance has it',
    'Credit the partner with ledger.importOpening or ledger.correct.',
  )
}

function refused(
  paymentHash: string,
  reason: 'known' | 'unsolicited' | 'canceled' | 'older-than-books',
  says: string,
  advice = '',
): PaymentNodeError<'invoice.not-adoptable'> {
  return new PaymentNodeError(
    'invoice.not-adoptable',
    `The invoice ${paymentHash} cannot be adopted: ${says}.`,
    { paymentHash, reason },
    { advice },
  )
}

function rowOf(
  context: Context,
  identity: Identity,
  request: AdoptRequest,
  seen: NodeInvoice,
): Fields<typeof invoices> {
  return {
    ...rowBase(identity),
    id: newId(context),
    partner: request.partner,
    // Also when it is paid already: settling it is one step for all.
    state: 'open',
    amount_msat: seen.amountMsat,
    paid_msat: null,
    is_late: false,
    memo: seen.memo === '' ? null : seen.memo,
    description_hash: seen.descriptionHash ?? null,
    is_private: seen.isPrivate,
    metadata: request.metadata,
    payment_hash: seen.paymentHash,
    payment_request: seen.paymentRequest,
    add_index: Number(seen.addIndex),
    settle_index: null,
    created_at: seen.createdAt,
    expires_at: seen.createdAt + seen.expirySeconds * 1000,
    ended_at: null,
    idempotency_key: null,
    request: writeAdopt(request),
    // No key of ours made its preimage.
    key_id: '',
    commission_ppm: null,
    commission_fixed_msat: null,
    fee_msat: null,
    commission_msat: null,
    available_at: null,
    is_adopted: true,
    traceparent: null,
  }
}
