import {
  type Context,
  type Identity,
  identityOf,
  newId,
  requireReady,
  rowBase,
} from '../context.ts'
import type { AmountInput } from '../domain/amount.ts'
import type { Duration } from '../domain/duration.ts'
import { invalid, PaymentNodeError } from '../errors.ts'
import { newEvent } from '../events/new-event.ts'
import { invoiceId, invoicePreimage, type PurposeKey, sha256Hex } from '../keys.ts'
import { readTraceparent } from '../metrics/read-traceparent.ts'
import { findPartner } from '../partners/get-partner.ts'
import type { NewNodeInvoice } from '../ports/lightning-node.ts'
import { type Metadata, readId, readObject } from '../read-input.ts'
import { record } from '../record.ts'
import { requireSameRequest } from '../same-request.ts'
import { invoices } from '../tables/invoices.ts'
import { type Fields, insert, type RowOf } from '../tables/table.ts'
import { type AddedInvoice, addToNode } from './add-to-node.ts'
import { type InvoiceRequest, readRequest, writeRequest } from './invoice-request.ts'
import { type Invoice, invoiceView } from './invoice-view.ts'
import { metadataWrites } from './metadata-writes.ts'
import { requireReceivable } from './require-receivable.ts'

/** What to ask a payer for. */
export interface InvoiceInput {
  /** Whose balance is credited. */
  readonly partner: string
  /** Left out: the payer chooses the amount. */
  readonly amount?: AmountInput
  /** Seconds or `'15m'`; 1 minute to 1 year. Default: the partner's, else the node's. */
  readonly expiresIn?: Duration
  /** What the payer reads, at most 639 bytes. Excludes `descriptionHash`. */
  readonly memo?: string
  /** SHA-256 of a longer description, 64 hex characters (BOLT11 `h`). */
  readonly descriptionHash?: string
  /** The host's own labels; `invoices.list({ metadata })` finds by them. */
  readonly metadata?: Metadata
  /** Adds route hints, so that it can be paid over private channels. Default false. */
  readonly privateRouteHints?: boolean
  /** What the operator keeps of the payment beside the partner's fee; never more than what was paid. */
  readonly commission?: InvoiceCommission
  /** Create it although the node cannot receive that much now. Default false. */
  readonly allowUnreceivable?: boolean
}

/** Rounded down to the msat. */
export interface InvoiceCommission {
  /** Parts per million of what was paid. Default 0. */
  readonly ppm?: number
  /** Default 0 sat. */
  readonly fixed?: AmountInput
}

/** How a repeated call is recognised. */
export interface InvoiceOptions {
  /** Same key and parameters give the same invoice for ever; other parameters are an error. 1 to 255 printable ASCII characters. */
  readonly idempotencyKey?: string
  /** W3C Trace Context of whoever asks: no part of the request, the first call's is kept. */
  readonly traceparent?: string
}

/**
 * Creates a one-time invoice. LND first, then one durable change (money rule 8): nothing is lost when
 * the process dies between, because the payment request was not given out yet.
 *
 * Throws `input.invalid`, `partner.not-found`, `invoice.above-receivable`, `idempotency.conflict`,
 * `invoice.key-used`, `node.unavailable`, `storage.unavailable`.
 */
export async function createInvoice(
  context: Context,
  input: InvoiceInput,
  options: InvoiceOptions = {},
): Promise<Invoice> {
  const request = readRequest(input)
  readObject(options, 'options', ['idempotencyKey', 'traceparent'])
  const parent = readTraceparent(options.traceparent)
  const idempotencyKey =
    options.idempotencyKey === undefined ? null : readId(options.idempotencyKey, 'idempotencyKey')
  const identity = identityOf(context)
  const key = invoiceKeyOf(context)
  const written = writeRequest(request)
  const id =
    idempotencyKey === null
      ? newId(context)
      : invoiceId(key, identity, request.partner, idempotencyKey)

  const earlier = idempotencyKey === null ? undefined : await context.storage.get(invoices, [id])
  if (earlier) return sameInvoice(earlier, written, idempotencyKey!)

  requireReady(context)
  const attributes = {
    'payment_node.invoice.id': id,
    'payment_node.partner.id': request.partner,
  }
  return context.tracer.run('payment_node.invoice.create', { attributes, parent }, (traced) =>
    makeInvoice(context, identity, input, {
      request,
      written,
      id,
      key,
      idempotencyKey,
      traceparent: traced.traceparent,
    }),
  )
}

/** A call as it was read, and what it comes to. */
interface NewInvoice {
  readonly request: InvoiceRequest
  readonly written: string
  readonly id: string
  readonly key: PurposeKey
  readonly idempotencyKey: string | null
  readonly traceparent: string | null
}

async function makeInvoice(
  context: Context,
  identity: Identity,
  input: InvoiceInput,
  { request, written, id, key, idempotencyKey, traceparent }: NewInvoice,
): Promise<Invoice> {
  const partner = await findPartner(context, request.partner)
  const expirySeconds = chooseExpiry(
    context,
    request.expirySeconds,
    partner.default_expiry,
    partner.maximum_expiry,
  )
  if (request.amountMsat !== null && !input.allowUnreceivable)
    await requireReceivable(context, request.amountMsat)

  const wanted: Omit<NewNodeInvoice, 'preimage'> = {
    amountMsat: request.amountMsat,
    ...(request.memo !== null && { memo: request.memo }),
    ...(request.descriptionHash !== null && {
      descriptionHash: Buffer.from(request.descriptionHash, 'hex'),
    }),
    expirySeconds,
    isPrivate: request.isPrivate,
  }
  const isExpiryAsked = request.expirySeconds !== null
  let added: AddedInvoice
  try {
    added = await add(
      context,
      id,
      (time) => invoicePreimage(key, identity, id, time),
      wanted,
      isExpiryAsked,
    )
  } catch (error) {
    // A call with the same key was faster, and its invoice may be paid or canceled by now.
    const winner = idempotencyKey === null ? undefined : await context.storage.get(invoices, [id])
    if (!winner) throw error
    return sameInvoice(winner, written, idempotencyKey!)
  }

  const row = {
    ...rowBase(identity),
    id,
    partner: request.partner,
    state: 'open',
    amount_msat: request.amountMsat,
    paid_msat: null,
    is_late: false,
    memo: request.memo,
    description_hash: request.descriptionHash,
    is_private: request.isPrivate,
    metadata: request.metadata,
    payment_hash: added.paymentHash,
    payment_request: added.paymentRequest,
    add_index: Number(added.addIndex),
    settle_index: null,
    created_at: added.createdAt,
    expires_at: added.createdAt + added.expirySeconds * 1000,
    ended_at: null,
    idempotency_key: idempotencyKey,
    request: written,
    key_id: key.keyId,
    commission_ppm: request.commission?.ppm ?? null,
    commission_fixed_msat: request.commission?.fixedMsat ?? null,
    fee_msat: null,
    commission_msat: null,
    available_at: null,
    is_adopted: null,
    traceparent,
  }
  return store(context, identity, row)
}

/** Invoices under one key that LND may have canceled before the books knew them. */
const maximumTimes = 100

/** Adds under the first preimage that LND has not canceled: a crash long ago must not burn a key. */
async function add(
  context: Context,
  id: string,
  preimageOf: (time: number) => Uint8Array,
  wanted: Omit<NewNodeInvoice, 'preimage'>,
  isExpiryAsked: boolean,
): Promise<AddedInvoice> {
  for (let time = 1; time <= maximumTimes; time++) {
    const preimage = preimageOf(time)
    const added = await addToNode(
      context,
      id,
      sha256Hex(preimage),
      { ...wanted, preimage },
      isExpiryAsked,
    )
    if (added) return added
  }
  throw new PaymentNodeError(
    'invoice.key-used',
    `LND has canceled every invoice of this key.`,
    {
      invoice: id,
      field: 'state',
    },
    { advice: 'Use a new idempotency key.' },
  )
}

type InvoiceFields = Fields<typeof invoices>

async function store(context: Context, identity: Identity, row: InvoiceFields): Promise<Invoice> {
  const invoice = invoiceView(row)
  const writes = [insert(invoices, row), ...metadataWrites(identity, row, invoice.metadata)]
  const events = [newEvent(context, identity, 'invoice.created', `invoice/${row.id}`, { invoice })]
  const stored = async (): Promise<RowOf<typeof invoices> | undefined> =>
    context.storage.get(invoices, [row.id])
  const refused = await record(
    context,
    { writes, events },
    async () => (await stored())?.request === row.request,
  )
  if (!refused) return invoice
  // Somebody with the same idempotency key was faster: the row is theirs, and equal or an error.
  const winner = await stored()
  if (winner && row.idempotency_key !== null)
    return sameInvoice(winner, row.request, row.idempotency_key)
  throw new PaymentNodeError('invoice.key-used', `Invoice ${row.id} collides with another one.`, {
    invoice: row.id,
    field: refused.uniqueKey ?? 'id',
  })
}

function sameInvoice(
  row: RowOf<typeof invoices>,
  written: string,
  idempotencyKey: string,
): Invoice {
  requireSameRequest(row.request, written, idempotencyKey)
  return invoiceView(row)
}

function chooseExpiry(
  context: Context,
  asked: number | null,
  partnerDefault: number | null,
  partnerMaximum: number | null,
): number {
  const { defaultExpirySeconds, maximumExpirySeconds } = context.settings
  const maximum = Math.min(partnerMaximum ?? maximumExpirySeconds, maximumExpirySeconds)
  if (asked === null) return Math.min(partnerDefault ?? defaultExpirySeconds, maximum)
  if (asked > maximum) {
    throw invalid(
      'expiresIn',
      'above-maximum',
      `${asked} s is more than this partner's maximum of ${maximum} s`,
    )
  }
  return asked
}

function invoiceKeyOf(context: Context): PurposeKey {
  const key = context.live.invoiceKey
  if (key) return key
  throw new PaymentNodeError('keys.missing', 'The key for invoices is not loaded.', {
    purpose: 'invoices',
  })
}
