import { livingTransactions, type TransactionState } from '../domain/transaction.ts'
import { transactions } from '../tables/transactions.ts'
import { followTransaction } from './follow-transaction.ts'
import { fundTransaction } from './fund-transaction.ts'
import type { Pursuit } from './mark-transaction.ts'
import { mayAct } from './may-act.ts'
import { noteLostInputs } from './note-lost-inputs.ts'
import { publishTransaction } from './publish-transaction.ts'
import { signTransaction } from './sign-transaction.ts'

/**
 * Takes a transaction as far as it goes now. Every step is decided from what is stored and what LND shows,
 * recorded, and only then the next one taken, so that it may be called again after any crash, any number of times.
 * `isNewBlock`: LND has seen a block since the last call (or this is the first).
 */
export async function pursueTransaction(
  pursuit: Pursuit,
  id: string,
  isNewBlock: boolean,
): Promise<void> {
  const { context, signal } = pursuit
  let [hasFunded, hasFollowed] = [false, false]
  while (!signal.aborted) {
    const row = await context.storage.get(transactions, [id])
    const state = row?.state as TransactionState | undefined
    if (!row || !state || !livingTransactions.includes(state) || !mayAct(pursuit)) return
    if (state === 'intended') {
      // Its locks seem to have run out at once: a clock is wrong, or somebody gives them back. Not over and over.
      if (hasFunded) return
      hasFunded = true
      if (!(await fundTransaction(pursuit, row))) return
    } else if (state === 'funded') {
      if (!(await signTransaction(pursuit, row))) return
    } else if (state === 'signed') {
      if (await publishTransaction(pursuit, row)) continue
      const now = await context.storage.get(transactions, [id])
      if (isNewBlock && now?.state === 'signed' && now.reason !== 'inputs-spent')
        await noteLostInputs(pursuit, now)
      return
    } else {
      if (hasFollowed || !isNewBlock) return
      hasFollowed = true
      await followTransaction(pursuit, row)
    }
  }
}
