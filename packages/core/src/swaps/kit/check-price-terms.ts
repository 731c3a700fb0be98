import type { ReadTerms } from './read-terms.ts'
import { refuseTerms as no, type TermsRefusal } from './terms-refusal.ts'
import type {
  ChainView,
  ReverseLimits,
  ReverseRequest,
  VerifiedSwap,
} from './verify-reverse-terms.ts'

/**
 * What arrives on chain is what the quote said. One satoshi more may come of a fee that was rounded another way; less
 * is never taken, and more than that is another swap than the one that was asked for.
 */
export function checkAmount(
  { amountSat, quote }: Pick<ReverseRequest, 'amountSat' | 'quote'>,
  { onchainAmountSat }: Pick<ReadTerms, 'onchainAmountSat'>,
): TermsRefusal | undefined {
  const agreed = amountSat - quote.serviceSat - quote.lockupSat
  const isAgreed = onchainAmountSat === agreed || onchainAmountSat === agreed + 1n
  if (quote.amountSat === amountSat && isAgreed) return undefined
  const says = `${onchainAmountSat} sat, and the quote of ${quote.amountSat} sat says ${agreed} sat`
  return no('onchain-amount-differs', 'onchainAmountSat', says)
}

/** It is worth the swap and within the budget. */
export function checkCost(
  { amountSat }: ReverseRequest,
  { onchainAmountSat }: VerifiedSwap,
  limits: ReverseLimits,
): TermsRefusal | undefined {
  const field = 'onchainAmountSat'
  if (onchainAmountSat < limits.minimumOnchainSat) {
    const says = `less than ${limits.minimumOnchainSat} sat would arrive`
    return no('onchain-amount-too-small', field, says)
  }
  const cost = amountSat - onchainAmountSat + limits.claimFeeSat + limits.routingLimitSat
  if (cost <= limits.maximumCostSat) return undefined
  const says = `it may cost ${cost} sat, and ${limits.maximumCostSat} sat are allowed`
  return no('cost-above-limit', field, says)
}

/** Late enough to claim in time, and early enough that a frozen payment comes back soon. */
export function checkTimeout(
  { timeoutHeight }: VerifiedSwap,
  { tip }: ChainView,
  limits: ReverseLimits,
): TermsRefusal | undefined {
  const blocks = timeoutHeight - tip
  const says = `the provider can take the money back ${blocks} blocks from now`
  if (blocks < limits.minimumTimeoutBlocks) return no('timeout-too-soon', 'timeoutHeight', says)
  if (blocks > limits.maximumTimeoutBlocks) return no('timeout-too-late', 'timeoutHeight', says)
  return undefined
}
