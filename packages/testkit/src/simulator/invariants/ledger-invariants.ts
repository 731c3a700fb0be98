import type { MirrorRow } from '../mirror-books.ts'
import type { Invariant, SeenCommit } from './invariant.ts'
import { insertedRows, msatOf, textOf } from './read-commit.ts'

/** Money rule 2. */
const ledgerSumsToZero: Invariant = {
  name: 'ledger-sums-to-zero',
  says: 'The postings of every ledger transaction sum to zero and come with it in one change.',
  begin: () => ({
    commit(commit) {
      const sums = new Map<string, bigint>()
      for (const row of insertedRows(commit, 'ledger_transactions')) sums.set(textOf(row, 'id'), 0n)
      for (const row of insertedRows(commit, 'postings')) {
        const transaction = textOf(row, 'transaction')
        const sum = sums.get(transaction)
        if (sum === undefined) return `a posting to ${transaction} came without its transaction`
        sums.set(transaction, sum + msatOf(row, 'amount_msat'))
      }
      for (const [transaction, sum] of sums) {
        if (sum !== 0n) return `${transaction} sums to ${sum} msat`
      }
      const touched = commit.rows.find(
        ({ table, before }) =>
          (table === 'postings' || table === 'ledger_transactions') && before !== undefined,
      )
      return touched && `a row of ${touched.table} was changed after it was booked`
    },
  }),
}

/** Money rule 2. */
const balancesNeverNegative: Invariant = {
  name: 'balances-never-negative',
  says: 'No balance of a partner, free or reserved, is ever below zero.',
  begin: () => ({
    commit(commit) {
      for (const { table, after } of commit.rows) {
        if (table !== 'balances' || !after) continue
        if (msatOf(after, 'amount_msat') < 0n)
          return `${textOf(after, 'account')} has ${after.amount_msat} msat`
      }
      return undefined
    },
  }),
}

/** Money rule 2. */
const balancesEqualPostings: Invariant = {
  name: 'balances-equal-postings',
  says: 'Every balance row equals the sum of the postings to its account.',
  begin() {
    return {
      commit(commit) {
        const moved = new Map<string, bigint>()
        const add = (account: string, msat: bigint): void =>
          void moved.set(account, (moved.get(account) ?? 0n) + msat)
        for (const row of insertedRows(commit, 'postings')) {
          const account = textOf(row, 'account')
          if (isGuarded(account)) add(account, msatOf(row, 'amount_msat'))
        }
        for (const { table, before, after } of commit.rows) {
          if (table !== 'balances') continue
          const account = textOf((after ?? before)!, 'account')
          add(account, balanceOf(before) - balanceOf(after))
        }
        for (const [account, difference] of moved) {
          if (difference !== 0n)
            return `${account}: postings and balance row differ by ${difference} msat`
        }
        return undefined
      },
    }
  },
}

/** Money rule 9: only settled invoices bring money, and what a payout returns was reserved before. */
const noOtherCredit: Invariant = {
  name: 'no-other-credit',
  says: 'A partner is credited for an invoice that LND has settled, with what was paid, once; for nothing else.',
  begin(witness) {
    return {
      commit(commit) {
        for (const transaction of insertedRows(commit, 'ledger_transactions')) {
          const id = textOf(transaction, 'id')
          const credits = creditsOf(commit, id)
          if (credits.length === 0) continue
          const kind = textOf(transaction, 'kind')
          if (kind === 'payout-released' || kind === 'payout-succeeded') continue
          if (kind !== 'invoice-settled') return `${id} (${kind}) credits ${accountsOf(credits)}`
          const invoice = witness.books.row('invoices', textOf(transaction, 'subject').slice(8))
          if (!invoice) return `${id} credits an invoice that the books do not have`
          const paymentHash = textOf(invoice, 'payment_hash')
          if (witness.records.foreign.has(paymentHash)) return `${id} credits a foreign payment`
          const record = witness.truth.findInvoice(paymentHash)
          if (record?.state !== 'settled')
            return `${id} credits an invoice that LND has ${record?.state ?? 'never had'}`
          const credited = credits.reduce((sum, row) => sum + msatOf(row, 'amount_msat'), 0n)
          if (credited !== record.paidMsat)
            return `${id} credits ${credited} msat, LND received ${record.paidMsat}`
          const [account] = credits
          if (textOf(account!, 'account') !== `partner/${textOf(invoice, 'partner')}`)
            return `${id} credits ${accountsOf(credits)}, the invoice is ${invoice.partner}'s`
          if (textOf(invoice, 'state') !== 'settled')
            return `${id} credits an invoice that the books still have ${invoice.state}`
        }
        return undefined
      },
    }
  },
}

/** Money rules 3 and 4. */
const releasedByEnd: Invariant = {
  name: 'released-by-end',
  says: 'A reservation is given back only in the change in which its payout ends.',
  begin: () => ({
    commit(commit) {
      for (const row of insertedRows(commit, 'postings')) {
        if (!textOf(row, 'account').startsWith('reserved/')) continue
        if (msatOf(row, 'amount_msat') >= 0n) continue
        const payout = textOf(row, 'transaction').replace(/^ended\//, '')
        const ended = commit.rows.find(
          ({ table, before, after }) =>
            table === 'payouts' && after?.id === payout && !isTerminal(before) && isTerminal(after),
        )
        if (!ended) return `${textOf(row, 'transaction')} releases, but no payout ended with it`
      }
      return undefined
    },
  }),
}

/** Money rule 3. */
const reservationCoversFlight: Invariant = {
  name: 'reservation-covers-flight',
  says: 'What is reserved for a partner equals the worst case of all payouts that have not ended.',
  begin(witness) {
    return {
      commit(commit) {
        const partners = new Set<string>()
        for (const { table, before, after } of commit.rows) {
          if (table === 'payouts') partners.add(textOf((after ?? before)!, 'partner'))
          if (table !== 'balances') continue
          const account = textOf((after ?? before)!, 'account')
          if (account.startsWith('reserved/')) partners.add(account.slice(9))
        }
        for (const partner of partners) {
          let worst = 0n
          for (const payout of witness.books.table('payouts').values()) {
            if (payout.partner !== partner || isTerminal(payout)) continue
            worst += msatOf(payout, 'amount_msat') + msatOf(payout, 'fee_limit_msat')
          }
          const row = witness.books.row('balances', witness.publicKey, `reserved/${partner}`)
          const reserved = balanceOf(row)
          if (reserved !== worst)
            return `${partner} has ${reserved} msat reserved, ${worst} may leave`
        }
        return undefined
      },
    }
  },
}

/** All about the ledger. */
export const ledgerInvariants: readonly Invariant[] = [
  ledgerSumsToZero,
  balancesNeverNegative,
  balancesEqualPostings,
  noOtherCredit,
  releasedByEnd,
  reservationCoversFlight,
]

function isGuarded(account: string): boolean {
  return account.startsWith('partner/') || account.startsWith('reserved/')
}

function balanceOf(row: MirrorRow | undefined): bigint {
  return row ? msatOf(row, 'amount_msat') : 0n
}

function isTerminal(payout: MirrorRow | undefined): boolean {
  return payout?.state === 'succeeded' || payout?.state === 'failed'
}

function creditsOf(commit: SeenCommit, transaction: string): MirrorRow[] {
  return insertedRows(commit, 'postings').filter(
    (row) =>
      row.transaction === transaction &&
      textOf(row, 'account').startsWith('partner/') &&
      msatOf(row, 'amount_msat') > 0n,
  )
}

function accountsOf(rows: readonly MirrorRow[]): string {
  return rows.map((row) => row.account).join(', ')
}
