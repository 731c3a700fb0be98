import type { SwapLockup } from '../domain/swap-decision.ts'
import type { Lockup } from './kit/verify-lockup.ts'
import type { VerifiedSwap } from './kit/verify-reverse-terms.ts'
import type { SwapRow } from './mark-swap.ts'
import { reverify } from './stored-terms.ts'
import type { SwapPursuit } from './swap-pursuit.ts'

/** The stored terms, verified (again) by this process: once, before anything is believed of a lockup. */
export async function ensureVerified(
  { context, identity, follower }: SwapPursuit,
  row: SwapRow,
): Promise<VerifiedSwap | undefined> {
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
  if (!verified) return { word: 'none' }
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
