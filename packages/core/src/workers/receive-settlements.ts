import { type Context, type Identity, type Leadership, rowBase } from '../context.ts'
import { settleInvoice } from '../invoices/settle-invoice.ts'
import type { NodeInvoice } from '../ports/lightning-node.ts'
import { bookIncomeOfOthers } from '../proof/book-foreign-income.ts'
import { record } from '../record.ts'
import { cursors } from '../tables/node.ts'
import { insert, update } from '../tables/table.ts'
import { sweepInvoices } from './sweep-invoices.ts'

/** Settlements credited at the same time; the storage groups them into few disk writes. */
const concurrency = 256

/** Milliseconds after subscribing: what the stream replays needs no sweep. */
const calm = 3000

/**
 * Money rule 9: the stream plus a sweep. The stream replays from the stored settle index; with index
 * 0 LND replays nothing, so the sweep comes first, after subscribing, so that nothing falls between.
 * Otherwise it comes a little later: an LND that was restored counts its settlements anew, and the
 * stream is then silent.
 */
export async function receiveSettlements(
  context: Context,
  identity: Identity,
  leadership: Leadership,
  signal: AbortSignal,
): Promise<void> {
  let position = await readPosition(context, identity)
  let sweeping: Promise<void> | undefined
  const ending = new AbortController()
  const ended = AbortSignal.any([signal, ending.signal])
  const warn = (error: unknown): void =>
    context.logger.warn('the sweep of invoices failed; the next one comes by itself', {
      error: String(error),
    })
  const sweepLater = async (): Promise<void> => {
    await context.clock.sleep(calm, ended)
    if (!ended.aborted) await sweepInvoices(context, identity, leadership, ended)
  }
  try {
    const stream = context.lightning.watchSettlements(
      { afterSettleIndex: BigInt(position) },
      signal,
    )
    for await (const batch of stream) {
      if (!sweeping && position === 0) {
        sweeping = sweepInvoices(context, identity, leadership, signal, { fromStart: true })
        await sweeping
      }
      // Nobody waits for it while the stream lives: a failure must not end the host's process.
      sweeping ??= sweepLater().catch(warn)
      position = await creditBatch(context, identity, leadership, batch, position)
      if (signal.aborted) return
    }
  } finally {
    ending.abort()
    await sweeping?.catch(warn)
  }
}

/** Credits all of a batch and stores how far the stream has come. */
async function creditBatch(
  context: Context,
  identity: Identity,
  leadership: Leadership,
  batch: readonly NodeInvoice[],
  position: number,
): Promise<number> {
  for (let start = 0; start < batch.length; start += concurrency) {
    const part = batch.slice(start, start + concurrency)
    await Promise.all(part.map((invoice) => credit(context, identity, leadership, invoice)))
  }
  // Only after the whole batch: a replay may come in any order.
  const highest = batch.reduce(
    (high, invoice) => Math.max(high, Number(invoice.settleIndex)),
    position,
  )
  if (highest > position) await storePosition(context, identity, leadership, highest)
  return highest
}

async function credit(
  context: Context,
  identity: Identity,
  leadership: Leadership,
  invoice: NodeInvoice,
): Promise<void> {
  const settlement = await settleInvoice(context, identity, invoice, leadership.fence)
  context.meter?.count('payment_node.settlements', 1, { settlement })
  if (settlement === 'foreign' || settlement === 'unsolicited') {
    await bookIncomeOfOthers(context, identity, invoice, leadership.fence)
  }
  if (settlement === 'unsolicited') {
    context.logger.warn('a payment without an invoice arrived; it belongs to the operator', {
      paymentHash: invoice.paymentHash,
      paidMsat: invoice.paidMsat.toString(),
    })
  }
}

const name = 'settlements'

async function readPosition(context: Context, identity: Identity): Promise<number> {
  return (await context.storage.get(cursors, [identity.publicKey, name]))?.position ?? 0
}

async function storePosition(
  context: Context,
  identity: Identity,
  leadership: Leadership,
  position: number,
): Promise<void> {
  const row = await context.storage.get(cursors, [identity.publicKey, name])
  if (row && row.position >= position) return
  const write = row
    ? update(cursors, row, { position })
    : insert(cursors, { ...rowBase(identity), name, position })
  // Lost or refused: the replay from the older position credits nothing twice.
  await record(context, { writes: [write], fence: leadership.fence }, async () => true)
}
