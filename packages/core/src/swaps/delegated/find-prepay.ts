import type { PaymentUpdate } from '../../ports/lightning-node.ts'
import { ledgerTransactions } from '../../tables/ledger.ts'
import { usedHashes } from '../../tables/payouts.ts'
import { prepayFactId } from './book-delegated.ts'
import type { DelegatedEnding } from './mark-delegated.ts'

/** What to look for in LND's history. */
export interface WantedPrepay {
  /** Index of LND's newest payment before the swap was started. */
  readonly after: bigint
  /** Exactly, without routing. */
  readonly amountMsat: bigint
  /** The swap's main payment. */
  readonly notHash: string
}

const page = 1000

/**
 * The payment that was the swap's prepayment: loopd tells neither its hash nor, when the swap fails, whether it was
 * paid. It has exactly the amount that the server asked for, none of our payouts has it, and no other swap. `open`: one
 * that may be it is in flight.
 */
export async function findPrepay(
  { context, identity, signal }: DelegatedEnding,
  { after, amountMsat, notHash }: WantedPrepay,
): Promise<Pick<PaymentUpdate, 'paymentHash' | 'amountMsat' | 'feeMsat'> | 'open' | undefined> {
  if (amountMsat === 0n) return undefined
  const { storage, lightning } = context
  const { publicKey } = identity
  let isOpen = false
  for (let through = after; ; ) {
    const listed = await lightning.listPayments({ afterIndex: through, limit: page }, signal)
    for (const payment of listed) {
      if (payment.index > through) through = payment.index
      const { paymentHash, state } = payment
      if (payment.amountMsat !== amountMsat || paymentHash === notHash || state === 'failed')
        continue
      if (await storage.get(usedHashes, [publicKey, paymentHash])) continue
      if (await storage.get(ledgerTransactions, [publicKey, prepayFactId(paymentHash)])) continue
      if (state === 'succeeded') return payment
      isOpen = true
    }
    if (listed.length < page) return isOpen ? 'open' : undefined
  }
}
