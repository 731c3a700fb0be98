import type { SwapQuote } from '../ports/swap-provider.ts'

/** A quote as JSON; amounts are text. */
export function writeQuote(quote: SwapQuote): unknown {
  return {
    amountSat: quote.amountSat.toString(),
    serviceSat: quote.serviceSat.toString(),
    lockupSat: quote.lockupSat.toString(),
    claimSat: quote.claimSat.toString(),
    prepayAtRiskSat: quote.prepayAtRiskSat.toString(),
    expiresAt: quote.expiresAt,
    ...(quote.priceId !== undefined && { priceId: quote.priceId }),
  }
}

/** What {@link writeQuote} wrote. */
export function readQuote(stored: unknown): SwapQuote {
  const quote = stored as Record<keyof SwapQuote, string> & {
    readonly expiresAt: number
    readonly priceId?: string
  }
  return {
    amountSat: BigInt(quote.amountSat),
    serviceSat: BigInt(quote.serviceSat),
    lockupSat: BigInt(quote.lockupSat),
    claimSat: BigInt(quote.claimSat),
    prepayAtRiskSat: BigInt(quote.prepayAtRiskSat),
    expiresAt: quote.expiresAt,
    ...(quote.priceId !== undefined && { priceId: quote.priceId }),
  }
}
