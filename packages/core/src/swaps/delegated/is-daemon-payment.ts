import type { Context, Identity } from '../../context.ts'
import type { PaymentUpdate } from '../../ports/lightning-node.ts'
import { readQuote } from '../stored-quote.ts'
import { livingDelegatedSwaps } from './living-delegated.ts'
import { readStart } from './stored-start.ts'

/**
 * Whether a payment in LND's history that the books did not make is one that a daemon made for a swap of theirs: it
 * is no sign of an old copy of the books. By the daemon's id for the swap, which is the hash; and where that is not
 * known yet, and for the prepayment, by exactly the amount that was quoted.
 */
export async function isDaemonPayment(
  context: Pick<Context, 'storage'>,
  identity: Identity,
  payment: Pick<PaymentUpdate, 'paymentHash' | 'index' | 'amountMsat'>,
): Promise<boolean> {
  for (const swap of await livingDelegatedSwaps(context, identity)) {
    if (swap.provider_id === payment.paymentHash) return true
    if (swap.asked_at === null || payment.index <= readStart(swap.verified).after) continue
    const quote = readQuote(swap.quote)
    const prepayMsat = quote.prepayAtRiskSat * 1000n
    if (prepayMsat > 0n && payment.amountMsat === prepayMsat) return true
    const mainMsat = swap.amount_msat + quote.serviceSat * 1000n - prepayMsat
    if (swap.provider_id === null && payment.amountMsat === mainMsat) return true
  }
  return false
}
