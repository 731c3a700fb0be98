import { PaymentNodeError } from '@payment-node/core'
import type { MirrorRow } from '../mirror-books.ts'
import type { Invariant } from './invariant.ts'
import { textOf } from './read-commit.ts'
import { chargedOf, isOnchain, isOver, isUnpaid } from './read-payouts.ts'

/** Money rule 14. */
const noStaleLeader: Invariant = {
  name: 'no-stale-leader',
  says: 'Nothing of an older epoch is written after something of a newer one.',
  begin() {
    const newest = new Map<string, number>()
    return {
      commit({ change }) {
        const { fence } = change
        if (!fence) return undefined
        const before = newest.get(fence.lease) ?? 0
        if (fence.epoch < before)
          return `a change of epoch ${fence.epoch} was applied after one of ${before}`
        newest.set(fence.lease, fence.epoch)
        return undefined
      },
    }
  },
}

/** What only the leader may write. */
const leaderWritesAreFenced: Invariant = {
  name: 'leader-writes-are-fenced',
  says: 'What the workers write about payouts and channels carries the fence of the lease; only a request and an operator write without.',
  begin(witness) {
    return {
      commit({ change, rows }) {
        if (change.fence) return undefined
        for (const { table, before, after } of rows) {
          if (table !== 'attempts' || !before || !after) continue
          const evidence = after.evidence as { by?: string } | null
          if (!evidence?.by) return `${textOf(after, 'payout')} was changed without a fence`
        }
        void witness
        return undefined
      },
    }
  },
}

/** What core hands over is always a change. */
const changesAreValid: Invariant = {
  name: 'changes-are-valid',
  says: 'Core never hands the storage a change that no storage takes.',
  begin: () => ({
    step({ name, result }) {
      if (name !== 'storage.commit/after') return undefined
      return PaymentNodeError.is(result, 'storage.invalid-change') ? result.message : undefined
    },
  }),
}

/** All money of the network. */
const moneyIsConserved: Invariant = {
  name: 'money-is-conserved',
  says: 'The network neither makes nor loses money: what was issued is in channels, wallets and fees.',
  begin: ({ truth }) => ({ end: () => truth.audit() }),
}

/** Nothing waits for ever. */
const payoutsEnd: Invariant = {
  name: 'payouts-end',
  says: 'In the end no payout waits that LND has ended, never had, or could have been sent, unless a clock that was ahead has dated it.',
  begin(witness) {
    return {
      end() {
        for (const row of witness.books.table('payouts').values()) {
          // Asked for by a process whose clock was ahead: its turn comes at that time.
          const isLater =
            row.state === 'reserved' && (row.created_at as number) > witness.truth.now()
          if (isOver(row) || isLater) continue
          const record = witness.truth.findPayment(textOf(row, 'payment_hash'))
          if (record?.state === 'in-flight') continue
          return `${row.id} is ${row.state} (${row.reason}), and LND has it ${record?.state ?? 'not at all'}`
        }
        return undefined
      },
    }
  },
}

/** Books and LND. */
const booksAgree: Invariant = {
  name: 'books-agree',
  says: 'In the end what all partners own is what LND received for their invoices, less what the operator kept, what payouts cost them, and what was corrected or taken over.',
  begin(witness) {
    return {
      end() {
        if (witness.records.wasRestored || witness.records.insisted.size > 0) return undefined
        let owned = 0n
        for (const row of witness.books.table('balances').values())
          owned += row.amount_msat as bigint
        let real = 0n
        for (const row of witness.books.table('invoices').values()) {
          const record = witness.truth.findInvoice(textOf(row, 'payment_hash'))
          if (record?.state !== 'settled') continue
          real += record.paidMsat - keptOf(row)
        }
        for (const row of witness.books.table('payouts').values()) {
          // Whether it failed for certain is another question.
          if (row.state === 'succeeded' && isOnchain(row)) real -= chargedOf(row)
          if (isUnpaid(row) || isOnchain(row)) continue
          const record = witness.truth.findPayment(textOf(row, 'payment_hash'))
          if (record?.state !== 'succeeded') continue
          real -= chargedOf({ ...row, amount_msat: record.amountMsat, fee_msat: record.feeMsat })
        }
        for (const { transaction, account, amount_msat } of witness.books
          .table('postings')
          .values()) {
          const isOurs =
            /^(correction|imported)\//.test(String(transaction)) && account === 'operator'
          if (isOurs) real -= amount_msat as bigint
        }
        return owned === real ? undefined : `the books owe ${owned} msat, the network says ${real}`
      },
    }
  },
}

/** What the books say that the operator kept of an invoice. */
function keptOf({ fee_msat: fee, commission_msat: commission }: MirrorRow): bigint {
  return (
    ((fee as bigint | null | undefined) ?? 0n) + ((commission as bigint | null | undefined) ?? 0n)
  )
}

/** All about processes and the whole. */
export const processInvariants: readonly Invariant[] = [
  noStaleLeader,
  leaderWritesAreFenced,
  changesAreValid,
  moneyIsConserved,
  payoutsEnd,
  booksAgree,
]
