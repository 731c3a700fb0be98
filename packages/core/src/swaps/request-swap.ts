import { type Context, identityOf, requireReady } from '../context.ts'
import type { Amount } from '../domain/amount.ts'
import { least } from '../domain/bigints.ts'
import { PaymentNodeError } from '../errors.ts'
import { maximumDecisions, tooContended } from '../record.ts'
import { requireNotHalted } from '../safety/require-not-halted.ts'
import { findPayoutForSwap } from './bound-payout.ts'
import { findRequest } from './find-request.ts'
import { collectOffers, type RawOffer } from './quote-swaps.ts'
import { storeSwaps } from './store-swaps.ts'
import type { SwapRequest } from './swap-request.ts'
import type { Swap } from './swap-view.ts'

/**
 * Stores a request's swaps once per key: keys, price, limits, caps and budget in one change. What follows is the
 * worker's. Throws, with nothing stored: `swap.no-offer`, `swap.above-cap`, `swap.over-budget`, `keys.missing`,
 * `idempotency.conflict`, `safety.halted`, `node.unavailable`; with a payout `payout.not-found`,
 * `payout.not-queued`, `payout.in-swap`, `payout.maybe-paid`.
 */
export async function requestSwap(
  context: Context,
  request: SwapRequest,
): Promise<readonly Swap[]> {
  const identity = identityOf(context)
  let offers: readonly RawOffer[] | undefined
  for (let decision = 0; decision < maximumDecisions; decision++) {
    const earlier = await findRequest(context, identity, request)
    if (earlier) return earlier
    requireReady(context)
    const guard = await requireNotHalted(context, identity)
    const payout =
      request.payout === undefined
        ? undefined
        : await findPayoutForSwap(context, guard, request.payout)
    offers ??= await collectOffers(context, identity, {
      ...request.limits,
      // Whoever asks: the host's cap holds.
      maximumPpm: least(request.limits.maximumPpm, context.settings.swapping.maximumPpm),
      ...(payout && { payoutSat: payout.amount_msat / 1000n }),
      amountSat: request.amount.msat / 1000n,
      ...(request.providers && { providers: request.providers }),
    })
    const chosen = offers.find(({ offer }) => offer.isAcceptable)
    if (!chosen) throw noOffer(request.amount, offers)
    const basis = { guard, payout }
    const stored = await storeSwaps(context, identity, basis, request, chosen, offers)
    if (!stored) continue
    context.live.wakeSwaps()
    return stored
  }
  throw tooContended('swaps.request')
}

function noOffer(amount: Amount, offers: readonly RawOffer[]): PaymentNodeError<'swap.no-offer'> {
  const rejected = offers.map(({ offer }) => ({
    provider: offer.provider,
    reason: offer.reason ?? 'unknown',
  }))
  const says = rejected.map(({ provider, reason }) => `${provider}: ${reason}`).join(', ')
  return new PaymentNodeError(
    'swap.no-offer',
    `Nobody swaps ${amount} within the limits (${says || 'there is no provider'}).`,
    { amount, rejected },
    { advice: 'See swaps.quote() and swaps.providers().' },
  )
}
