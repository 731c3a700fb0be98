import type { DelegatedSwapState } from '../../domain/swap.ts'
import type { Pursuit } from '../../transactions/mark-transaction.ts'
import { endDelegated } from './end-delegated.ts'
import { readLastWord } from './last-word.ts'
import { type DelegatedRow, markDelegated } from './mark-delegated.ts'

/** Milliseconds without an answer after which somebody is told: only the daemon can sweep its coins. */
const toldAfter = 3_600_000

/**
 * A daemon that gives no answer. What it has ended itself goes on without it: LND says what became of the payment.
 * Nothing is concluded for any other swap; it says what it waits for, and after a while that somebody must help.
 */
export async function bearSilence(pursuit: Pursuit, row: DelegatedRow): Promise<void> {
  const { context } = pursuit
  const word = readLastWord(row)
  if (word) {
    await endDelegated(
      pursuit,
      row,
      word,
      word.state === 'failed' ? (word.failure ?? 'unknown') : null,
    )
    return
  }
  if ((row.state as DelegatedSwapState) === 'needs-operator') return
  if (row.reason !== 'daemon-away') {
    await markDelegated(pursuit, row, { set: { reason: 'daemon-away' } })
    return
  }
  if (context.clock.now() - row.updated_at < toldAfter) return
  context.logger.error('the daemon of a swap does not answer, and only it can sweep its coins', {
    swap: row.id,
    provider: row.provider,
  })
  await markDelegated(pursuit, row, { fact: 'stuck', event: 'swap.needs-operator' })
}
