import type { MirrorRow } from '../mirror-books.ts'
import type { Invariant, Witness } from './invariant.ts'
import { stateChanges, textOf } from './read-commit.ts'
import { debitOf, isExempt, isOnchain, payEffect, payoutOf } from './read-payouts.ts'

/** Money rule 5. */
const oneSuccessPerHash: Invariant = {
  name: 'one-success-per-hash',
  says: 'A payment hash belongs to one payout that has not failed, and each payout has one success at most.',
  begin(witness) {
    const succeeded = new Map<string, string>()
    for (const row of witness.books.table('payouts').values()) {
      if (row.state === 'succeeded' && !isOnchain(row))
        succeeded.set(textOf(row, 'payment_hash'), textOf(row, 'id'))
    }
    return {
      commit(commit) {
        for (const { row, to } of stateChanges(commit, 'payouts')) {
          const hash = textOf(row, 'payment_hash')
          const id = textOf(row, 'id')
          // On chain, or its destination is not resolved yet.
          if (hash === '') continue
          if (to !== 'failed') {
            for (const other of witness.books.table('payouts').values()) {
              if (other.id !== id && other.payment_hash === hash && other.state !== 'failed')
                return `${id} and ${other.id} both live on ${hash}`
            }
          }
          if (to !== 'succeeded') continue
          const before = succeeded.get(hash)
          if (before !== undefined) return `${before} and ${id} both succeeded with ${hash}`
          succeeded.set(hash, id)
        }
        return undefined
      },
    }
  },
}

/** Checked against the payees' own records. */
const debtPaidOnce: Invariant = {
  name: 'debt-paid-once',
  says: 'Whatever goes wrong, a debt is paid once at most, by the records of the payees.',
  begin(witness) {
    const check = (debt: string): string | undefined => {
      const hashes = [...(witness.records.debts.get(debt) ?? [])]
      const paid = hashes.filter((hash) => witness.truth.receivedMsat(hash) > 0n)
      if (paid.length < 2 || hashes.some((hash) => witness.records.insisted.has(hash)))
        return undefined
      return `${debt} was paid ${paid.length} times: ${paid.join(', ')}`
    }
    return {
      commit(commit) {
        for (const { row } of stateChanges(commit, 'payouts')) {
          const debt = witness.records.debtOf.get(textOf(row, 'payment_hash'))
          const found = debt === undefined ? undefined : check(debt)
          if (found) return found
        }
        return undefined
      },
      end() {
        for (const debt of witness.records.debts.keys()) {
          const found = check(debt)
          if (found) return found
        }
        return undefined
      },
    }
  },
}

/** Money rule 4. */
const failedForCertain: Invariant = {
  name: 'failed-for-certain',
  says: "A payout is booked as failed only when LND's own record cannot pay it any more, or an operator insists.",
  begin(witness) {
    const check = (payout: MirrorRow): string | undefined => {
      const hash = textOf(payout, 'payment_hash')
      if (hash === '') return undefined
      if (isExempt(witness, payout) || isPaidOtherwise(witness, hash)) return undefined
      const record = witness.truth.findPayment(hash)
      if (record && record.state !== 'failed')
        return `${payout.id} is booked as failed (${payout.reason}), and LND has it ${record.state}`
      const received = witness.truth.receivedMsat(hash)
      return received > 0n
        ? `${payout.id} is booked as failed, and its payee received ${received} msat`
        : undefined
    }
    return {
      commit(commit) {
        for (const { row, to } of stateChanges(commit, 'payouts')) {
          const found = to === 'failed' ? check(row) : undefined
          if (found) return found
        }
        return undefined
      },
      step({ name, parameters }) {
        if (name !== payEffect) return undefined
        const payout = payoutOf(witness, parameters)
        return payout?.state === 'failed' ? check(payout) : undefined
      },
      end() {
        for (const payout of witness.books.table('payouts').values()) {
          const found = payout.state === 'failed' ? check(payout) : undefined
          if (found) return found
        }
        return undefined
      },
    }
  },
}

/** The books against LND. */
const successIsReal: Invariant = {
  name: 'success-is-real',
  says: "A payout is booked as succeeded only when LND's own record says so, with LND's own amount and fee, or an operator says so.",
  begin(witness) {
    return {
      commit(commit) {
        for (const { row, to } of stateChanges(commit, 'payouts')) {
          if (to !== 'succeeded' || isExempt(witness, row) || isOnchain(row)) continue
          const record = witness.truth.findPayment(textOf(row, 'payment_hash'))
          if (record?.state !== 'succeeded')
            return `${row.id} is booked as succeeded, LND has it ${record?.state ?? 'not at all'}`
          if (record.amountMsat !== row.amount_msat || record.feeMsat !== row.fee_msat)
            return `${row.id} is booked with ${row.amount_msat} + ${row.fee_msat} msat, LND paid ${record.amountMsat} + ${record.feeMsat}`
        }
        return undefined
      },
    }
  },
}

/** Money rules 3 and 10. */
const outflowIsCovered: Invariant = {
  name: 'outflow-is-covered',
  says: 'What left LND for payouts of invoices is never more than what was debited for them.',
  begin(witness) {
    const check = (): string | undefined => {
      let left = 0n
      let debited = 0n
      const hashes = new Set<string>()
      for (const payout of witness.books.table('payouts').values()) {
        const hash = textOf(payout, 'payment_hash')
        if (isOnchain(payout)) continue
        if (isExempt(witness, payout) || witness.records.paidByOthers.has(hash)) continue
        debited += debitOf(payout)
        // What failed may be paid by a later payout of the same hash.
        if (hashes.has(hash)) continue
        hashes.add(hash)
        const record = witness.truth.findPayment(hash)
        if (record && record.state !== 'failed') left += record.amountMsat + record.feeMsat
      }
      return left > debited ? `${left} msat left, ${debited} were debited` : undefined
    }
    return {
      commit: (commit) =>
        commit.rows.some(({ table }) => table === 'payouts') ? check() : undefined,
      step: ({ name }) => (name === payEffect ? check() : undefined),
      end: check,
    }
  },
}

/** What payouts may cost, by the records of others. */
export const payoutInvariants: readonly Invariant[] = [
  oneSuccessPerHash,
  debtPaidOnce,
  failedForCertain,
  successIsReal,
  outflowIsCovered,
]

/** Another payout has taken the hash of one that failed, or another program pays it. */
function isPaidOtherwise({ books, records }: Witness, hash: string): boolean {
  if (records.paidByOthers.has(hash)) return true
  for (const payout of books.table('payouts').values()) {
    if (payout.payment_hash === hash && payout.state !== 'failed') return true
  }
  return false
}
