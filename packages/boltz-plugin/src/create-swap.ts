import type { NewSwap, SwapTerms } from '@payment-node/core'
import { PaymentNodeError } from '@payment-node/core'
import type { PriceList } from './price-list.ts'
import { readCreated } from './read-terms.ts'
import type { Server } from './server.ts'

const largestAnswer = 65_536

/** `POST /swap/reverse`, for an amount of the invoice: then the answer says what arrives on chain. */
export async function createSwap(
  server: Server,
  prices: PriceList,
  swap: NewSwap,
  signal: AbortSignal | undefined,
): Promise<SwapTerms> {
  try {
    return await server.ask({
      method: 'POST',
      path: '/swap/reverse',
      body: {
        from: 'BTC',
        to: 'BTC',
        invoiceAmount: Number(swap.amountSat),
        preimageHash: swap.paymentHash,
        claimPublicKey: swap.claimPublicKey,
        ...(swap.priceId !== undefined && { pairHash: swap.priceId }),
        invoiceExpiry: swap.invoiceExpirySeconds,
        metadata: swap.metadata,
      },
      maximumBytes: largestAnswer,
      isChange: true,
      signal,
      read: readCreated,
    })
  } catch (error) {
    if (PaymentNodeError.is(error, 'swap.refused')) prices.forget()
    throw error
  }
}
