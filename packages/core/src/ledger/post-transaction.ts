import { type Context, type Identity, rowBase } from '../context.ts'
import {
  isGuarded,
  type LedgerTransaction,
  ownerOf,
  type PartnerAccount,
} from '../domain/ledger.ts'
import { statementEntries as entriesOf } from '../domain/statement-entry.ts'
import type { Write } from '../ports/storage.ts'
import {
  balances,
  ledgerTransactions,
  postings,
  statementEntries,
  uncountedPostings,
} from '../tables/ledger.ts'
import { insert } from '../tables/table.ts'

const none: ReadonlySet<string> = new Set()

/**
 * The writes that book one fact: the transaction, its legs, the partners' statements, one bounded
 * add per guarded account, so that a partner can never fall below zero, however many processes pay at once,
 * and for any other account a note that its posting is in no checkpoint yet: no row is touched by everybody.
 * `missing`: guarded accounts that have no balance row yet; `bookTransaction` finds them.
 */
export function postTransaction(
  context: Context,
  identity: Identity,
  transaction: LedgerTransaction,
  missing: ReadonlySet<string> = none,
): Write[] {
  const base = rowBase(identity)
  const now = context.clock.now()
  const { id, kind, subject, legs, note = null } = transaction
  return [
    insert(ledgerTransactions, { ...base, id, kind, subject, occurred_at: now, note }),
    ...legs.map((leg, line) =>
      insert(postings, {
        ...base,
        transaction: id,
        line,
        account: leg.account,
        amount_msat: leg.amountMsat,
      }),
    ),
    ...legs.flatMap(({ account, amountMsat }, line) =>
      isGuarded(account)
        ? []
        : [
            insert(uncountedPostings, {
              ...base,
              account,
              transaction: id,
              line,
              amount_msat: amountMsat,
            }),
          ],
    ),
    ...entriesOf(transaction).map((entry) =>
      insert(statementEntries, {
        ...base,
        partner: entry.partner,
        occurred_at: now,
        transaction: id,
        kind,
        subject,
        gross_msat: entry.grossMsat,
        amount_msat: entry.amountMsat,
        note,
      }),
    ),
    ...legs.flatMap(({ account, amountMsat }) =>
      isGuarded(account) ? [writeBalance(identity, account, amountMsat, missing)] : [],
    ),
  ]
}

function writeBalance(
  identity: Identity,
  account: PartnerAccount,
  by: bigint,
  missing: ReadonlySet<string>,
): Write {
  const isDebt = ownerOf(account)!.kind === 'debt'
  // An add on a row that is not there is refused, as it must be outside of the bounds.
  if (missing.has(account) && (isDebt ? by <= 0n : by >= 0n))
    return insert(balances, { ...rowBase(identity), account, amount_msat: by })
  return {
    op: 'add',
    table: balances,
    key: [identity.publicKey, account],
    column: 'amount_msat',
    by,
    ...(isDebt ? { max: 0n } : { min: 0n }),
  }
}
