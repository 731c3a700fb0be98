import type { Context, Identity, Leadership } from '../context.ts'
import { settleInvoice } from '../invoices/settle-invoice.ts'
import { bookIncomeOfOthers } from '../proof/book-foreign-income.ts'
import { invoices } from '../tables/invoices.ts'
import { nodes } from '../tables/node.ts'

const page = 1000

/**
 * Compares every invoice from the oldest open one on with LND's own list, and credits what the stream
 * did not show. `fromStart`: those that have ended in our books as well, for as long as LND has no
 * settle index to replay from. Gaps in the indexes are normal.
 */
export async function sweepInvoices(
  context: Context,
  identity: Identity,
  leadership: Leadership,
  signal: AbortSignal,
  { fromStart = false } = {},
): Promise<void> {
  const [oldest] = await context.storage.find(invoices, {
    index: 'added',
    equals: [identity.publicKey, 'open'],
    limit: 1,
  })
  if (!oldest && !fromStart) return
  let afterAddIndex = fromStart ? await firstAddIndex(context) : BigInt(oldest!.add_index) - 1n
  while (!signal.aborted) {
    const listed = await context.lightning.listInvoices({ afterAddIndex, limit: page }, signal)
    const settled = listed.filter((invoice) => invoice.state === 'settled')
    await Promise.all(
      settled.map(async (invoice) => {
        const settlement = await settleInvoice(context, identity, invoice, leadership.fence)
        if (settlement !== 'foreign' && settlement !== 'unsolicited') return
        await bookIncomeOfOthers(context, identity, invoice, leadership.fence)
      }),
    )
    if (listed.length < page) return
    afterAddIndex = listed.at(-1)!.addIndex
  }
}

/** Where LND's list ended when these books began. */
async function firstAddIndex(context: Context): Promise<bigint> {
  const row = await context.storage.get(nodes, [context.settings.name])
  return BigInt(row?.invoice_add_index ?? 0)
}
