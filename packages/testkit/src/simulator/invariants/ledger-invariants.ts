import type { MirrorRow } from '../mirror-books.ts'
import type { Invariant, SeenCommit, Witness } from './invariant.ts'
import { insertedRows, msatOf, textOf } from './read-commit.ts'
import { isOver, reservedOf } from './read-payouts.ts'

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
  says: 'No balance of a partner, free, pending or reserved, is ever below zero, and no debt above it.',
  begin: () => ({
    commit(commit) {
      for (const { table, after } of commit.rows) {
        if (table !== 'balances' || !after) continue
        const isDebt = textOf(after, 'account').startsWith('debt/')
        const amount = msatOf(after, 'amount_msat')
        if (isDebt ? amount > 0n : amount < 0n)
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

/** Where a posting to an account without a balance row is, besides in the journal. */
const countedIn: ReadonlySet<string> = new Set(['uncounted_postings', 'account_checkpoints'])

/** Money rule 2. */
const checkpointsEqualPostings: Invariant = {
  name: 'checkpoints-equal-postings',
  says: 'What an account without a balance row has in its checkpoint, once that is complete, and in uncounted postings is the sum of its postings.',
  begin(witness) {
    const booked = new Map<string, bigint>()
    const counted = new Map<string, bigint>()
    const add = (sums: Map<string, bigint>, row: MirrorRow, sign: bigint): void => {
      const account = textOf(row, 'account')
      sums.set(account, (sums.get(account) ?? 0n) + sign * msatOf(row, 'amount_msat'))
    }
    const { books, publicKey } = witness
    for (const row of books.table('postings').values()) add(booked, row, 1n)
    for (const name of countedIn)
      for (const row of books.table(name).values()) add(counted, row, 1n)
    return {
      commit(commit) {
        const touched = new Set<string>()
        for (const { table, before, after } of commit.rows) {
          if (table !== 'postings' && !countedIn.has(table)) continue
          const sums = table === 'postings' ? booked : counted
          if (before) add(sums, before, -1n)
          if (after) add(sums, after, 1n)
          const account = textOf((after ?? before)!, 'account')
          if (!isGuarded(account)) touched.add(account)
        }
        for (const account of touched) {
          const checkpoint = books.row('account_checkpoints', publicKey, account)
          if (!checkpoint?.is_complete) continue
          const difference = (counted.get(account) ?? 0n) - (booked.get(account) ?? 0n)
          if (difference !== 0n)
            return `${account}: checkpoint and postings differ by ${difference} msat`
        }
        return undefined
      },
    }
  },
}

/** Money rule 9: only settled invoices bring money, and what a payout returns was reserved before. */
const noOtherCredit: Invariant = {
  name: 'no-other-credit',
  says: 'A partner is credited for an invoice that LND has settled, with what was paid less fee and commission, once, and held as long as was agreed; else only by what it had already, by a correction, or by what older books owed it.',
  begin(witness) {
    const terms = createTerms(witness)
    return {
      commit(commit) {
        terms.learn(commit)
        for (const transaction of insertedRows(commit, 'ledger_transactions')) {
          const id = textOf(transaction, 'id')
          const credits = creditsOf(commit, id)
          if (credits.length === 0) continue
          const kind = textOf(transaction, 'kind')
          if (returns.has(kind)) {
            const found = onlyMoves(commit, id)
            if (found) return found
            continue
          }
          if (kind === 'correction' || kind === 'opening-balance') continue
          if (kind !== 'invoice-settled') return `${id} (${kind}) credits ${accountsOf(credits)}`
          const invoice = witness.books.row('invoices', textOf(transaction, 'subject').slice(8))
          if (!invoice) return `${id} credits an invoice that the books do not have`
          const paymentHash = textOf(invoice, 'payment_hash')
          if (witness.records.foreign.has(paymentHash)) return `${id} credits a foreign payment`
          const record = witness.truth.findInvoice(paymentHash)
          if (record?.state !== 'settled')
            return `${id} credits an invoice that LND has ${record?.state ?? 'never had'}`
          const stranger = credits.find((row) => partnerOf(row) !== invoice.partner)
          if (stranger)
            return `${id} credits ${accountsOf(credits)}, the invoice is ${invoice.partner}'s`
          const credited = credits.reduce((sum, row) => sum + msatOf(row, 'amount_msat'), 0n)
          const found = terms.judge(invoice, credits, credited, record.paidMsat)
          if (found) return `${id} ${found}`
          if (textOf(invoice, 'state') !== 'settled')
            return `${id} credits an invoice that the books still have ${invoice.state}`
        }
        return undefined
      },
    }
  },
}

/** Bookings that give back, or set free, what was the partner's before. */
const returns: ReadonlySet<string> = new Set([
  'payout-released',
  'payout-succeeded',
  'payout-reserved',
  'invoice-available',
])

/** Between a partner's own accounts nothing may be gained. */
function onlyMoves(commit: SeenCommit, transaction: string): string | undefined {
  const gained = new Map<string, bigint>()
  for (const row of insertedRows(commit, 'postings')) {
    const partner = partnerOf(row)
    if (row.transaction !== transaction || partner === undefined) continue
    gained.set(partner, (gained.get(partner) ?? 0n) + msatOf(row, 'amount_msat'))
  }
  for (const [partner, msat] of gained)
    if (msat > 0n) return `${transaction} gives ${partner} ${msat} msat that it did not have`
  return undefined
}

/** What was agreed with partners, also a moment ago: a settlement may have been decided just before. */
function createTerms(witness: Witness): {
  learn(commit: SeenCommit): void
  judge(
    invoice: MirrorRow,
    credits: readonly MirrorRow[],
    creditedMsat: bigint,
    paidMsat: bigint,
  ): string | undefined
} {
  const versions = new Map<string, MirrorRow[]>()
  const learn = (row: MirrorRow): void => {
    const id = textOf(row, 'id')
    versions.set(id, [...(versions.get(id) ?? []).slice(-3), row])
  }
  for (const row of witness.books.table('partners').values()) learn(row)
  return {
    learn({ rows }) {
      for (const { table, after } of rows) if (table === 'partners' && after) learn(after)
    },
    judge(invoice, credits, credited, paid) {
      const known = versions.get(textOf(invoice, 'partner')) ?? [{} as MirrorRow]
      const fits = known.filter((partner) => credited === paid - kept(paid, partner, invoice))
      if (fits.length === 0) {
        const [newest] = known.slice(-1)
        return `credits ${credited} msat, LND received ${paid}, of which the operator keeps ${kept(paid, newest!, invoice)}`
      }
      const isFree = credits.some((row) => textOf(row, 'account').startsWith('partner/'))
      if (isFree && fits.every((partner) => Number(partner.available_after ?? 0) > 0))
        return 'credits at once what was to be held'
      return undefined
    },
  }
}

/** Fee first, then commission, each rounded down, together never more than what was paid. */
function kept(paid: bigint, partner: MirrorRow, invoice: MirrorRow): bigint {
  const share = (ppm: unknown, fixed: unknown): bigint =>
    (paid * BigInt((ppm as number | null | undefined) ?? 0)) / 1_000_000n +
    ((fixed as bigint | null | undefined) ?? 0n)
  const all =
    share(partner.fee_ppm, partner.fee_fixed_msat) +
    share(invoice.commission_ppm, invoice.commission_fixed_msat)
  return all < paid ? all : paid
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
            worst += reservedOf(payout)
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
  checkpointsEqualPostings,
  noOtherCredit,
  releasedByEnd,
  reservationCoversFlight,
]

function isGuarded(account: string): boolean {
  return /^(partner|pending|reserved|debt)\//.test(account)
}

/** Whose account a posting is about; undefined: the operator's, or the world's. */
function partnerOf(posting: MirrorRow): string | undefined {
  const account = textOf(posting, 'account')
  return isGuarded(account) ? account.slice(account.indexOf('/') + 1) : undefined
}

function balanceOf(row: MirrorRow | undefined): bigint {
  return row ? msatOf(row, 'amount_msat') : 0n
}

function isTerminal(payout: MirrorRow | undefined): boolean {
  return payout !== undefined && isOver(payout)
}

function creditsOf(commit: SeenCommit, transaction: string): MirrorRow[] {
  return insertedRows(commit, 'postings').filter(
    (row) =>
      row.transaction === transaction &&
      /^(partner|pending|debt)\//.test(textOf(row, 'account')) &&
      msatOf(row, 'amount_msat') > 0n,
  )
}

function accountsOf(rows: readonly MirrorRow[]): string {
  return rows.map((row) => row.account).join(', ')
}
