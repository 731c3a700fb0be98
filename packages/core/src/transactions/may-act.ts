import { isCompared } from '../safety/compared.ts'
import type { Pursuit } from './mark-transaction.ts'

/**
 * Asked directly before LND is (money rule 14): not while another LND may answer, nor on a lease that may be
 * somebody else's by now, nor with books that were not compared with LND.
 */
export function mayAct({ context, leadership, signal }: Pursuit): boolean {
  return (
    !signal.aborted &&
    context.live.state === 'ready' &&
    leadership.isFresh() &&
    isCompared(context, leadership)
  )
}
