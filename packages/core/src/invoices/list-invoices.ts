import { type Context, identityOf } from '../context.ts'
import type { InvoiceState } from '../domain/invoice.ts'
import { invalid } from '../errors.ts'
import { type Page, type PageInput, readCursor, readLimit, writeCursor } from '../pages.ts'
import type { Find } from '../ports/storage.ts'
import { readId, readMetadata, readObject, readOneOf } from '../read-input.ts'
import { invoiceMetadata, invoices } from '../tables/invoices.ts'
import { type Invoice, invoiceView } from './invoice-view.ts'

/** Which invoices; all of them when empty. */
export interface InvoiceFilter extends PageInput {
  readonly partner?: string
  readonly state?: InvoiceState
  /** Exactly one label, e.g. `{ orderId: '42' }`. Excludes the other filters. */
  readonly metadata?: Readonly<Record<string, string>>
}

/** Invoices by partner, state or label, newest first. Throws `input.invalid`. */
export async function listInvoices(
  context: Context,
  filter: InvoiceFilter = {},
): Promise<Page<Invoice>> {
  readObject(filter, 'filter', ['partner', 'state', 'metadata', 'cursor', 'limit'])
  const { publicKey } = identityOf(context)
  const limit = readLimit(filter.limit)
  const after = readCursor(filter.cursor)
  const paging = { descending: true, limit, ...(after && { after }) } as const
  if (filter.metadata !== undefined) return listByLabel(context, publicKey, filter, paging)

  const partner = filter.partner === undefined ? undefined : readId(filter.partner, 'partner')
  const state =
    filter.state === undefined
      ? undefined
      : readOneOf(filter.state, 'state', ['open', 'settled', 'expired', 'canceled'])
  const index =
    partner && state ? 'partner_state' : partner ? 'partner' : state ? 'state' : 'created'
  const equals = [publicKey, ...(partner ? [partner] : []), ...(state ? [state] : [])]
  const rows = await context.storage.find(invoices, { index, equals, ...paging })
  const last = rows.at(-1)
  return {
    items: rows.map(invoiceView),
    cursor: last && rows.length === limit ? writeCursor([last.created_at, last.id]) : undefined,
  }
}

async function listByLabel(
  context: Context,
  node: string,
  filter: InvoiceFilter,
  paging: Pick<Find, 'descending' | 'limit' | 'after'>,
): Promise<Page<Invoice>> {
  if (filter.partner !== undefined || filter.state !== undefined) {
    throw invalid('metadata', 'excludes-others', 'cannot be combined with partner or state')
  }
  const labels = Object.entries(readMetadata(filter.metadata, 'metadata'))
  if (labels.length !== 1) throw invalid('metadata', 'not-one-label', 'give exactly one label')
  const [name, value] = labels[0]!
  const places = await context.storage.find(invoiceMetadata, {
    index: 'key',
    equals: [node, name, value],
    ...paging,
  })
  const rows = await Promise.all(
    places.map((place) => context.storage.get(invoices, [place.invoice])),
  )
  const last = places.at(-1)
  return {
    items: rows.filter((row) => row !== undefined).map(invoiceView),
    cursor:
      last && places.length === paging.limit
        ? writeCursor([last.created_at, last.invoice])
        : undefined,
  }
}
