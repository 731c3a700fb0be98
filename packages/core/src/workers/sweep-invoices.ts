import type { Context, Identity, Leadership } from '../context.ts'
import { settleInvoice } from '../invoices/settle-invoice.ts'
import { invoices } from '../tables/invoices.ts'

const page = 1000

/**
 * Compares every invoice from the oldest open one on with LND's own list, and credits what the stream
 * did not show. Gaps in the indexes are normal.
 */
export async function sweepInvoices(
  context: Context,
  identity: Identity,
  leadership: Leadership,
  signal: AbortSignal,
): Promise<void> {
  const [oldest] = await context.storage.find(invoices, {
    index: 'added',
    equals: [identity.publicKey, 'open'],
    limit: 1,
  })
  if (!oldest) return
  let afterAddIndex = BigInt(oldest.add_index) - 1n
  while (!signal.aborted) {
    const listed = await context.lightning.listInvoices({ afterAddIndex, limit: page }, signal)
    const settled = listed.filter((invoice) => invoice.state === 'settled')
    await Promise.all(
      settled.map((invoice) => settleInvoice(context, identity, invoice, leadership.fence)),
    )
    if (listed.length < page) return
    afterAddIndex = listed.at(-1)!.addIndex
  }
}
