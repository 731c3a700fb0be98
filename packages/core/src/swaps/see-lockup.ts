import type { SwapLockup } from '../domain/swap-decision.ts'
import type { Lockup } from './kit/verify-lockup.ts'
import type { VerifiedSwap } from './kit/verify-reverse-terms.ts'
import { markSwap, type SwapRow } from './mark-swap.ts'
import { reverify } from './stored-terms.ts'
import type { SwapPursuit } from './swap-pursuit.ts'

/**
 * The stored terms, verified (again) by this process: once, before it pays or believes anything of a lockup. What does
 * not hold any more was changed behind our back: nothing is paid or revealed for it, and an operator is told.
 */
export async function ensureVerified(
  pursuit: SwapPursuit,
  row: SwapRow,
): Promise<VerifiedSwap | undefined> {
  const { context, identity, follower } = pursuit
  const { sight } = follower
  if (sight.verified) return sight.verified
  const verdict = await reverify(context.lightning, identity, row)
  if (verdict.ok) {
    sight.verified = verdict.verified
    return verdict.verified
  }
  context.logger.error('the stored terms of a swap do not hold any more; the books were damaged', {
    swap: row.id,
    reason: verdict.refusal.reason,
    says: verdict.refusal.says,
  })
  if (!sight.isDamageTold) {
    const evidence = { ...verdict.refusal }
    const refused = await markSwap(pursuit, row, {
      set: { reason: 'terms-damaged', evidence },
      event: 'swap.needs-operator',
    })
    sight.isDamageTold = !refused
  }
  return undefined
}

/** What this process sees of a lockup, judged. */
export interface JudgedLockup {
  readonly word: SwapLockup
  readonly lockup?: Lockup & { readonly height: number }
  /** With `refused`. */
  readonly reason?: string
  readonly says?: string
}

/** Holds what LND's chain shows against the verified terms. */
export async function judgeLockup(pursuit: SwapPursuit, row: SwapRow): Promise<JudgedLockup> {
  const { context, follower } = pursuit
  const { lockup: seen, report } = follower.sight
  if (seen === 'gone') return { word: 'gone' }
  if (!seen) return { word: report?.lockupTransaction === undefined ? 'none' : 'hinted' }
  const verified = await ensureVerified(pursuit, row)
  if (!verified) return { word: 'refused', reason: 'terms-damaged' }
  const { verifyLockup } = await import('./kit/index.ts')
  const verdict = verifyLockup(verified, seen.rawTransaction, seen.transactionId)
  if (!verdict.ok) return { word: 'refused', ...verdict.refusal }
  const confirmations = (context.live.info?.blockHeight ?? 0) - seen.blockHeight + 1
  const isDeep = confirmations >= context.settings.swapping.confirmations
  return {
    word: isDeep ? 'ours' : 'hinted',
    lockup: { ...verdict.lockup, height: seen.blockHeight },
  }
}
