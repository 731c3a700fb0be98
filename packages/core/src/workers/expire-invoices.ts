import type { Context, Identity, Leadership } from '../context.ts'
import { PaymentNodeError } from '../errors.ts'
import { endInvoice } from '../invoices/end-invoice.ts'
import { settleInvoice } from '../invoices/settle-invoice.ts'
import type { NodeInvoice } from '../ports/lightning-node.ts'
import { invoices } from '../tables/invoices.ts'
import type { RowOf } from '../tables/table.ts'

const page = 100
/** Milliseconds between looks, and before an invoice that LND still holds open is looked up again. */
const poll = 1000
const patience = 2000
const longPatience = 30_000

/**
 * Ends invoices whose time has passed, by LND's word alone: LND cancels them by its own clock, and
 * says whether a payment was faster. A jump of our clock therefore ends nothing.
 */
export async function expireInvoices(
  context: Context,
  identity: Identity,
  leadership: Leadership,
  signal: AbortSignal,
): Promise<void> {
  /** Invoice → by the monotonic clock, not before then. */
  let waiting = new Map<string, number>()
  while (!signal.aborted) {
    const now = context.clock.monotonic()
    const still = new Map<string, number>()
    // Many at once is a clock that is wrong, not a busy minute: then LND is asked rarely.
    const pause = waiting.size > page ? longPatience : patience
    for await (const due of duePages(context, identity)) {
      await Promise.all(
        due.map(async (row) => {
          const notBefore = waiting.get(row.id) ?? 0
          if (notBefore > now) still.set(row.id, notBefore)
          else if (!(await expireOne(context, identity, leadership, row))) {
            still.set(row.id, now + pause)
          }
        }),
      )
      if (signal.aborted) return
    }
    waiting = still
    await context.clock.sleep(waiting.size > page ? longPatience : poll, signal)
  }
}

async function* duePages(
  context: Context,
  { publicKey }: Identity,
): AsyncGenerator<RowOf<typeof invoices>[]> {
  const upTo = context.clock.now()
  let after: (string | number)[] | undefined
  for (;;) {
    const rows = await context.storage.find(invoices, {
      index: 'expiry',
      equals: [publicKey, 'open'],
      upTo,
      limit: page,
      ...(after && { after }),
    })
    yield rows
    const last = rows.at(-1)
    if (!last || rows.length < page) return
    after = [last.expires_at, last.id]
  }
}

/** Whether LND said how it ended. */
async function expireOne(
  context: Context,
  identity: Identity,
  leadership: Leadership,
  row: RowOf<typeof invoices>,
): Promise<boolean> {
  const seen = await lookup(context, row.payment_hash)
  if (seen?.state === 'settled') {
    await settleInvoice(context, identity, seen, leadership.fence)
    return true
  }
  if (seen?.state === 'accepted' || seen?.state === 'open') return false
  await endInvoice(context, identity, row.id, 'expired', leadership.fence)
  return true
}

async function lookup(context: Context, paymentHash: string): Promise<NodeInvoice | undefined> {
  try {
    return await context.lightning.lookupInvoice(paymentHash)
  } catch (error) {
    // LND can be set to forget canceled invoices.
    if (PaymentNodeError.is(error, 'node.invoice-not-found')) return undefined
    throw error
  }
}
