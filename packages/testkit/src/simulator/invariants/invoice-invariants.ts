import type { Invariant } from './invariant.ts'
import { insertedRows, stateChanges, textOf } from './read-commit.ts'

/** Money rule 9. */
const settledMeansCredited: Invariant = {
  name: 'settled-means-credited',
  says: 'An invoice becomes settled in the same change that credits it, and is credited once.',
  begin(witness) {
    const credited = new Set<string>()
    for (const { kind, subject } of witness.books.table('ledger_transactions').values()) {
      if (kind === 'invoice-settled') credited.add(String(subject).slice(8))
    }
    return {
      commit(commit) {
        const booked = insertedRows(commit, 'ledger_transactions').filter(
          ({ kind }) => kind === 'invoice-settled',
        )
        const settled = stateChanges(commit, 'invoices').filter(({ to }) => to === 'settled')
        for (const { row } of settled) {
          const id = textOf(row, 'id')
          if (!booked.some(({ subject }) => subject === `invoice/${id}`))
            return `${id} was settled without a credit`
          const paid = witness.truth.findInvoice(textOf(row, 'payment_hash'))?.paidMsat
          if (row.paid_msat !== paid)
            return `${id} says ${row.paid_msat} msat were paid, LND received ${paid}`
        }
        for (const { subject } of booked) {
          const invoice = String(subject).slice(8)
          if (credited.has(invoice)) return `${invoice} was credited twice`
          credited.add(invoice)
          if (!settled.some(({ row }) => row.id === invoice))
            return `${invoice} was credited without becoming settled`
        }
        return undefined
      },
    }
  },
}

/** Money rule 8. */
const givenOutIsStored: Invariant = {
  name: 'given-out-is-stored',
  says: 'An invoice that the host was given is in the books and at LND, with the same hash.',
  begin(witness) {
    return {
      end() {
        if (witness.records.wasRestored) return undefined
        for (const [hash, id] of witness.records.givenOut) {
          const row = witness.books.row('invoices', id)
          if (row?.payment_hash !== hash) return `${id} was given out, and is not in the books`
          if (!witness.truth.findInvoice(hash)) return `${id} was given out, and LND has no ${hash}`
        }
        return undefined
      },
    }
  },
}

/** Money rule 9. */
const receivedIsCredited: Invariant = {
  name: 'received-is-credited',
  says: 'In the end every invoice that LND has settled is credited with what LND received.',
  begin(witness) {
    return {
      end() {
        for (const row of witness.books.table('invoices').values()) {
          const record = witness.truth.findInvoice(textOf(row, 'payment_hash'))
          if (record?.state !== 'settled') continue
          if (row.state !== 'settled')
            return `${row.id} is ${row.state}, and LND received ${record.paidMsat} msat for it`
          if (row.paid_msat !== record.paidMsat)
            return `${row.id} is credited ${row.paid_msat} msat of ${record.paidMsat}`
        }
        return undefined
      },
    }
  },
}

/** An invoice does not stay open for ever. */
const endedInvoicesEnd: Invariant = {
  name: 'ended-invoices-end',
  says: 'In the end no invoice is open that LND has canceled.',
  begin(witness) {
    return {
      end() {
        for (const row of witness.books.table('invoices').values()) {
          if (row.state !== 'open') continue
          const record = witness.truth.findInvoice(textOf(row, 'payment_hash'))
          if (record && record.state !== 'canceled') continue
          return `${row.id} is open, and LND has it ${record?.state ?? 'forgotten'}`
        }
        return undefined
      },
    }
  },
}

/** All about invoices. */
export const invoiceInvariants: readonly Invariant[] = [
  settledMeansCredited,
  givenOutIsStored,
  receivedIsCredited,
  endedInvoicesEnd,
]
