import { type Identity, rowBase } from '../context.ts'
import type { Write } from '../ports/storage.ts'
import { invoiceMetadata, type invoices } from '../tables/invoices.ts'
import { type Fields, insert } from '../tables/table.ts'

/** The rows by which an invoice is found by its metadata. */
export function metadataWrites(
  identity: Identity,
  invoice: Pick<Fields<typeof invoices>, 'id' | 'created_at'>,
  metadata: Readonly<Record<string, string>>,
): Write[] {
  return Object.entries(metadata).map(([name, value]) =>
    insert(invoiceMetadata, {
      ...rowBase(identity),
      name,
      value,
      created_at: invoice.created_at,
      invoice: invoice.id,
    }),
  )
}
