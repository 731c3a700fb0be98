import { isCompared } from '../safety/compared.ts'
import type { Pursuit } from './mark-transaction.ts'

/**
 * Asked directly before LND is (money rule 14): not while another LND may answer, nor on a lease that may be
 * somebody else's by now, nor with books that were not compared with LND.
 */
export function mayAct(pursuit: Pursuit): boolean {
  return mayClaim(pursuit) && isCompared(pursuit.context, pursuit.leadership)
}

/**
 * The same for claims of a swap that is revealed, which go out also with books that were not compared, as those of an
 * old copy: all claims spend the one lockup, so that at most one confirms, and each pays the addresses that were stored
 * before anything was paid. Whether its payout was paid is settled when one is buried, and then none of the others can
 * confirm any more. What waited for the comparison could be lost.
 */
export function mayClaim({ context, leadership, signal }: Pursuit): boolean {
  return !signal.aborted && context.live.state === 'ready' && leadership.isFresh()
}
