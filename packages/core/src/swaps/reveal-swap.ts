import { payouts } from '../tables/payouts.ts'
import { requireUnchanged } from '../tables/table.ts'
import { mayAct } from '../transactions/may-act.ts'
import { readBoundPayout } from './bound-payout.ts'
import { claimWrite, deriveKeysOf, lockupOf, readClaimFeerate } from './claim-swap.ts'
import { markSwap, type SwapRow } from './mark-swap.ts'
import { ensureVerified } from './see-lockup.ts'
import { payoutOf } from './stored-terms.ts'
import type { SwapPursuit } from './swap-pursuit.ts'

/**
 * Intent to reveal, and the bytes of a claim by script, in one change: from here on the swap can be claimed whatever
 * the provider does, also by whoever finds these books. Everything is checked once more. Answers whether it was done.
 */
export async function revealSwap(pursuit: SwapPursuit, row: SwapRow): Promise<boolean> {
  const { context, follower } = pursuit
  const { checkRevealAllowed, buildClaim, signScriptClaim } = await import('./kit/index.ts')
  const verified = await ensureVerified(pursuit, row)
  if (!verified || !mayAct(pursuit)) return false
  const reveal = checkRevealAllowed(
    {
      timeoutHeight: verified.timeoutHeight,
      lockupHeight: row.lockup_height ?? undefined,
      requiredConfirmations: context.settings.swapping.confirmations,
    },
    context.live.info?.blockHeight ?? 0,
  )
  // Who has our payment already learns nothing from the claim.
  const isPaid = follower.sight.payment.evidence.kind === 'succeeded'
  if (!reveal.allowed && !isPaid) return wait(pursuit, row, reveal.reason)
  const bound = await readBoundPayout(context, row)
  // It can only be another's by a fault of ours: nothing is revealed for a partner who is paid elsewhere.
  if (row.payout !== null && !bound && !isPaid) return wait(pursuit, row, 'payout-not-bound')
  const payout = bound && payoutOf(row)
  const { feerate } = await readClaimFeerate(pursuit, row)
  const built = buildClaim({
    verified,
    lockup: lockupOf(row),
    path: 'script',
    feerate,
    isRevealed: isPaid,
    maximumFeeSat: row.claim_limit_msat / 1000n,
    ...(payout && { payout }),
  })
  if (!built.ok) return wait(pursuit, row, built.refusal.reason)
  const keys = await deriveKeysOf(pursuit, row)
  const signed = signScriptClaim(built.claim, keys, context.random.bytes(32))
  if (!mayAct(pursuit)) return false
  await markSwap(pursuit, row, {
    fact: 'revealed',
    set: { reason: null, revealed_at: context.clock.now(), claims: row.claims + 1 },
    writes: [
      claimWrite(pursuit, row, built.claim, signed),
      ...(bound && built.claim.paysPayout ? [requireUnchanged(payouts, bound)] : []),
    ],
    event: 'swap.revealed',
  })
  return true
}

async function wait(pursuit: SwapPursuit, row: SwapRow, reason: string): Promise<boolean> {
  if (row.reason !== reason) await markSwap(pursuit, row, { set: { reason } })
  return false
}
