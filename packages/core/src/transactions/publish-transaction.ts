import { writeCounterOutside } from '../safety/count-intent.ts'
import { readSafety } from '../safety/require-not-halted.ts'
import type { RowOf } from '../tables/table.ts'
import { transactions } from '../tables/transactions.ts'
import { followTransaction } from './follow-transaction.ts'
import { handToNetwork } from './hand-to-network.ts'
import { markPublished, markWaits, type Pursuit } from './mark-transaction.ts'

type Transaction = RowOf<typeof transactions>

/**
 * signed → published. It may have been published before, by somebody who died before the answer came:
 * publishing the same bytes again is safe. Answers whether it was taken further.
 */
export async function publishTransaction(pursuit: Pursuit, row: Transaction): Promise<boolean> {
  const { context, identity } = pursuit
  const { is_halted: isHalted } = await readSafety(context, identity)
  if (isHalted || !(await isCountedOutside(pursuit))) {
    await waitFor(pursuit, row, isHalted ? 'halted' : 'counter-unreachable')
    // It may be out all the same.
    await followTransaction(pursuit, await latest(pursuit, row))
    return false
  }
  const answer = await handToNetwork(pursuit, row)
  if (answer === 'not-now') return false
  if (answer === 'accepted') {
    await markPublished(pursuit, row)
    return true
  }
  await followTransaction(pursuit, row)
  const now = await latest(pursuit, row)
  if (now.state !== 'signed') return true
  if (now.reason !== 'inputs-spent' && now.lost_height === null)
    await waitFor(pursuit, now, 'refused')
  return false
}

/** Money rule 15: the intent reaches the counter outside before the network hears of it. */
async function isCountedOutside({ context, identity }: Pursuit): Promise<boolean> {
  try {
    await writeCounterOutside(context, identity)
    return true
  } catch (error) {
    context.logger.error(
      'the intent counter cannot be written; nothing is published until it can',
      {
        error: error instanceof Error ? error.message : String(error),
      },
    )
    return false
  }
}

async function waitFor(pursuit: Pursuit, row: Transaction, reason: string): Promise<void> {
  if (row.reason === reason) return
  await markWaits(pursuit, row, reason, reason === 'refused' ? 'transaction.stuck' : undefined)
}

async function latest({ context }: Pursuit, row: Transaction): Promise<Transaction> {
  return (await context.storage.get(transactions, [row.id])) ?? row
}
