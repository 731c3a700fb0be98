import { LostLeadership } from '../record.ts'
import type { SwapRow } from './mark-swap.ts'
import { type JudgedLockup, judgeLockup } from './see-lockup.ts'
import type { SwapPursuit } from './swap-pursuit.ts'
import { tellTrouble } from './tell-trouble.ts'

/** What is in sight of the lockup. Nothing that goes wrong here keeps a swap from its alarms, its claims or its end. */
export async function lookAtLockup(pursuit: SwapPursuit, row: SwapRow): Promise<JudgedLockup> {
  try {
    return await judgeLockup(pursuit, row)
  } catch (error) {
    if (error instanceof LostLeadership || pursuit.signal.aborted) throw error
    tellTrouble(pursuit.context, row.id, error, 'the lockup of a swap could not be looked at')
    return { word: 'unread' }
  }
}
