import { largest, toNextSat } from './bigints.ts'
import type { LiquidityOption } from './liquidity-options.ts'
import type { PayablePartner, SwapOffer } from './liquidity-snapshot.ts'

const whole = 1_000_000n

/**
 * A partner's on-chain payout, paid straight by the claim of a swap. What leaves over Lightning is more than the
 * payout: what the claim may cost at most must be locked up as well, and the rest of it comes to LND's wallet. It
 * costs the swap, less what the payout would have cost on chain by itself. Where the partner would have paid for that, it
 * counts in the order of options only, so that partners come first: the operator's costs are those of the swap. Undefined:
 * this provider's claims pay no payout.
 */
export function throughSwap(
  { partner, payout, amountMsat, savedMsat, savesOperator }: PayablePartner,
  offer: SwapOffer,
): Omit<LiquidityOption, 'notBefore' | 'receivableMsat'> | undefined {
  const { paysPayout: terms, fixedMsat, ppm, worstFixedMsat, worstPpm, minimumMsat } = offer
  const keptPpm = whole - BigInt(Math.max(ppm, worstPpm))
  if (!terms || keptPpm <= 0n) return undefined
  const lockedMsat = amountMsat + terms.reservedMsat + fixedMsat
  const neededMsat = toNextSat((lockedMsat * whole) / keptPpm)
  const leavesMsat = largest(neededMsat, minimumMsat)
  const swapMsat = fixedMsat + terms.fixedMsat + (leavesMsat * BigInt(ppm)) / whole
  return {
    lever: 'pay-partner-through-swap',
    subject: partner,
    payout,
    offer,
    amountMsat: leavesMsat,
    gainMsat: leavesMsat,
    costMsat: savesOperator ? swapMsat - savedMsat : swapMsat,
    worstMsat: worstFixedMsat + terms.worstFixedMsat + (leavesMsat * BigInt(worstPpm)) / whole,
    pricePpm: Number(((swapMsat - savedMsat) * whole) / leavesMsat),
    leadTime: offer.leadTime,
  }
}
