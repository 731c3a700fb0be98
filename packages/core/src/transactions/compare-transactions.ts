import { booksBegin } from '../channels/wallet-cursors.ts'
import { rowBase } from '../context.ts'
import type { WalletTransaction } from '../ports/node-onchain.ts'
import type { Write } from '../ports/storage.ts'
import { record } from '../record.ts'
import { haltForDifferences } from '../safety/halt-for-differences.ts'
import type { NewDifference } from '../safety/new-difference.ts'
import { differences } from '../tables/comparison.ts'
import { cursors } from '../tables/node.ts'
import { insert, update } from '../tables/table.ts'
import { transactions } from '../tables/transactions.ts'
import { markFound, type Pursuit } from './mark-transaction.ts'
import { requireFunding } from './require-funding.ts'
import { labelledTransaction } from './transaction-label.ts'

/** Name of the cursor: the block height up to which every transaction with our label is known to the books. */
const compared = 'transactions-compared'
/** Blocks that are looked at again: more than any reorganization takes away. */
const margin = 144

/**
 * Money rule 15 on chain: what LND's wallet shows under our label, and these books did not sign, was made by
 * newer books: these are an old copy, and would pay again. Sets the kill switch then, and lists it. What was in a block
 * when these books began is somebody else's past. Answers whether they were compared and agree.
 */
export async function compareTransactions(pursuit: Pursuit): Promise<boolean> {
  const { context, identity, leadership, signal } = pursuit
  const { publicKey } = identity
  const begin = await booksBegin(context, identity)
  if (begin === undefined) return false
  const cursor = await context.storage.get(cursors, [publicKey, compared])
  const height = context.live.info?.blockHeight ?? 0
  const from = Math.max(begin + 1, (cursor?.position ?? 0) - margin)
  const listed = await requireFunding(context).onchain.transactions(from, signal)
  const rows: NewDifference[] = []
  for (const transaction of listed) {
    // What books before these have made is older than these.
    if ((transaction.blockHeight ?? Infinity) <= begin) continue
    if (await isKnown(pursuit, transaction)) continue
    rows.push(differenceOf(transaction, context.clock.now()))
  }
  if (rows.length > 0) {
    const found = { cause: 'books-behind', reasons: ['unknown-transactions'], rows } as const
    await haltForDifferences(context, identity, found, leadership.fence)
    await takeOver(pursuit, listed)
    return false
  }
  const write: Write | undefined = !cursor
    ? insert(cursors, { ...rowBase(identity), name: compared, position: height })
    : cursor.position < height
      ? update(cursors, cursor, { position: height })
      : undefined
  if (write) await record(context, { writes: [write], fence: leadership.fence }, async () => true)
  return true
}

/** What these books were about to make is published: from here on they follow it to its end. */
async function takeOver(pursuit: Pursuit, listed: readonly WalletTransaction[]): Promise<void> {
  for (const transaction of listed) {
    const id = labelledTransaction(transaction.label)
    const row = id && (await pursuit.context.storage.get(transactions, [id]))
    if (!row || (row.state !== 'intended' && row.state !== 'funded')) continue
    await markFound(pursuit, row, transaction)
  }
}

async function isKnown(
  { context, identity }: Pursuit,
  { label, transactionId }: WalletTransaction,
): Promise<boolean> {
  const id = labelledTransaction(label)
  if (id === undefined) return true
  const row = await context.storage.get(transactions, [id])
  if (row?.transaction_id === transactionId) return true
  const key = [identity.publicKey, differenceId(transactionId)]
  const listed = await context.storage.get(differences, key)
  return listed !== undefined && listed.state !== 'open'
}

function differenceId(transactionId: string): string {
  return `transaction/${transactionId}`
}

function differenceOf(
  { transactionId, label, amountSat, feeSat }: WalletTransaction,
  now: number,
): NewDifference {
  return {
    id: differenceId(transactionId),
    kind: 'unknown-transaction',
    amount_msat: (-amountSat - feeSat) * 1000n,
    fee_msat: feeSat * 1000n,
    occurred_at: now,
    books: `have not signed ${label}; end each payout that it has paid by payouts.resolve(id, 'succeeded', evidence)`,
  }
}
