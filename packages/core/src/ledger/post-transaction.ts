import { type Context, type Identity, rowBase } from '../context.ts'
import { isGuarded, type LedgerTransaction } from '../domain/ledger.ts'
import type { Write } from '../ports/storage.ts'
import { balances, ledgerTransactions, postings } from '../tables/ledger.ts'
import { insert } from '../tables/table.ts'

/**
 * The writes that book one fact: the transaction, its legs, and one bounded add per guarded account,
 * so that a partner can never fall below zero, however many processes pay at once.
 */
export function postTransaction(
  context: Context,
  identity: Identity,
  transaction: LedgerTransaction,
): Write[] {
  const base = rowBase(identity)
  return [
    insert(ledgerTransactions, {
      ...base,
      id: transaction.id,
      kind: transaction.kind,
      subject: transaction.subject,
      occurred_at: context.clock.now(),
      note: null,
    }),
    ...transaction.legs.map((leg, line) =>
      insert(postings, {
        ...base,
        transaction: transaction.id,
        line,
        account: leg.account,
        amount_msat: leg.amountMsat,
      }),
    ),
    ...transaction.legs
      .filter((leg) => isGuarded(leg.account))
      .map(
        (leg): Write => ({
          op: 'add',
          table: balances,
          key: [identity.publicKey, leg.account],
          column: 'amount_msat',
          by: leg.amountMsat,
          min: 0n,
        }),
      ),
  ]
}
