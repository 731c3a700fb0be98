import type { Context, Identity } from '../context.ts'
import { Amount } from '../domain/amount.ts'
import { payoutReasonOf } from '../domain/payout-reason.ts'
import { invalid, PaymentNodeError } from '../errors.ts'
import { judgeFeerate } from '../fees/judge-feerate.ts'
import type { partners } from '../tables/partners.ts'
import type { RowOf } from '../tables/table.ts'
import { estimateOnchainFee } from '../transactions/estimate-onchain-fee.ts'
import { requireFunding } from '../transactions/require-funding.ts'
import { type DraftRequest, decideAmount, type PayoutDraft } from './draft-payout.ts'

/**
 * Decides amount, worst fee and place in the queue of an on-chain payout. Throws `payout.above-ceiling` for a
 * quick one that the chain would charge more for than the hard ceiling, `payout.below-minimum`,
 * `node.unavailable` when nobody knows the feerate, `node.unsupported`.
 */
export async function draftOnchain(
  context: Context,
  identity: Identity,
  partner: RowOf<typeof partners>,
  request: DraftRequest,
  address: string,
): Promise<PayoutDraft> {
  const { isQuick, ceiling, waitAtMost } = request.terms
  requireFunding(context)
  const price = await estimateOnchainFee(context, { address })
  const worst = { fixedMsat: price.worst.msat }
  const amount = await decideAmount(context, identity, partner, request, worst, 1000n)
  const amountMsat = requirePayable(context, amount)
  const deadline = waitAtMost === null ? null : context.clock.now() + waitAtMost
  const verdict = await judgeFeerate(context, {
    quick: isQuick,
    ceiling: ceiling === null ? null : ceiling / 1000,
    deadline,
  })
  if (isQuick && !verdict.isAcceptable) {
    throw new PaymentNodeError(
      'payout.above-ceiling',
      `${verdict.says} It would cost ${price.fee} now.`,
      { feerate: verdict.feerate, ceiling: verdict.ceiling, fee: price.fee },
      { advice: 'Ask without quick: it waits for a lower feerate.' },
    )
  }
  return {
    destination: address,
    kind: 'onchain-address',
    amountMsat,
    feeLimitMsat: price.worst.msat,
    deadline,
    queue: {
      reason: verdict.isAcceptable
        ? isQuick
          ? 'quick'
          : 'collecting'
        : payoutReasonOf(verdict.reason),
      isQuick,
      ceiling,
      fee: price.fee,
      feerate: verdict.feerate,
      ceilingNow: verdict.ceiling,
      isAcceptable: verdict.isAcceptable,
      says: verdict.says,
    },
  }
}

/** Whole satoshi, and more than what costs more to spend than it is worth. */
function requirePayable({ settings }: Context, amount: Amount | undefined): bigint {
  if (!amount) throw invalid('amount', 'missing', 'say how much to pay to the address')
  if (amount.msat % 1000n !== 0n)
    throw invalid('amount', 'not-whole-satoshi', 'the chain knows whole satoshi only')
  const { onchainMinimum: minimum } = settings.payouts
  if (amount.msat >= minimum.msat) return amount.msat
  throw new PaymentNodeError(
    'payout.below-minimum',
    `${amount} is below the minimum of ${minimum} for on-chain payouts.`,
    { minimum, requested: new Amount(amount.msat) },
    { advice: 'Pay it over Lightning, or lower payouts.onchainMinimum.' },
  )
}
