import type { Context, Identity } from '../context.ts'
import { isGuarded, type LedgerTransaction } from '../domain/ledger.ts'
import type { Write } from '../ports/storage.ts'
import { balances } from '../tables/ledger.ts'
import { postTransaction } from './post-transaction.ts'

/**
 * As `postTransaction`, for facts that may touch an account which a partner of older books does not have
 * yet (`pending/`, `debt/`): its row is inserted then. When somebody else is faster, the change is refused
 * as a `duplicate`, and decided again.
 */
export async function bookTransaction(
  context: Context,
  identity: Identity,
  transaction: LedgerTransaction,
): Promise<Write[]> {
  const guarded = transaction.legs.map(({ account }) => account).filter(isGuarded)
  // The first two accounts of a partner were there from the beginning.
  const late = guarded.filter((account) => /^(pending|debt)\//.test(account))
  const missing = new Set<string>()
  await Promise.all(
    late.map(async (account) => {
      if (!(await context.storage.get(balances, [identity.publicKey, account])))
        missing.add(account)
    }),
  )
  return postTransaction(context, identity, transaction, missing)
}
