import type { Context } from '../context.ts'
import { PaymentNodeError } from '../errors.ts'
import { readId, readObject, readSignal } from '../read-input.ts'
import { findInvoice } from './get-invoice.ts'
import { type Invoice, invoiceView } from './invoice-view.ts'

/** How a wait may end early. */
export interface WaitOptions {
  /** Ends the wait with `wait.aborted`; the invoice is not touched. */
  readonly signal?: AbortSignal
}

/**
 * Resolves when the invoice is paid and credited. Throws `invoice.expired`, `invoice.canceled`,
 * `invoice.not-found`, `wait.aborted`, and `node.unavailable` when the payment node is stopped.
 */
export async function waitUntilSettled(
  context: Context,
  id: string,
  options: WaitOptions = {},
): Promise<Invoice> {
  readId(id, 'id')
  readObject(options, 'options', ['signal'])
  const signal = readSignal(options.signal, 'signal')
  for (;;) {
    if (signal?.aborted) {
      throw new PaymentNodeError(
        'wait.aborted',
        `The wait for invoice ${id} was aborted.`,
        {},
        { cause: signal.reason },
      )
    }
    // Watching starts before reading, so that nothing falls between.
    const next = context.live.watchSubject(`invoice/${id}`, signal)
    try {
      const row = await findInvoice(context, id)
      if (row.state === 'settled') return invoiceView(row)
      if (row.state !== 'open') {
        const code = row.state === 'expired' ? 'invoice.expired' : 'invoice.canceled'
        throw new PaymentNodeError(
          code,
          `Invoice ${id} has ${row.state === 'expired' ? 'expired' : 'been canceled'}.`,
          {
            invoice: id,
          },
        )
      }
      await next.happened
    } finally {
      next.stop()
    }
  }
}
