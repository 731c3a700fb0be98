import type { Invariant } from './invariant.ts'
import { insertedRows, textOf } from './read-commit.ts'

/** Money rule 16. Only a lost coin takes value away from LND. */
const proofNeverShort: Invariant = {
  name: 'proof-never-short',
  says: 'The proof of the books finds nothing missing, unless a coin was lost: LND has what the books say.',
  begin: (witness) => ({
    commit(commit) {
      // An operator's word that was wrong leaves what LND has and what the books say apart.
      const { insisted, coinLost } = witness.records
      if (insisted.size > 0 || coinLost) return undefined
      for (const { table, after } of commit.rows) {
        if (table !== 'differences' || !after || after.state !== 'open') continue
        if (after.kind === 'value-missing' || after.kind === 'insolvent')
          return `${after.amount_msat} msat: ${textOf(after, 'books')}`
      }
      return undefined
    },
  }),
}

/** Money rule 16. */
const nothingUnexplained: Invariant = {
  name: 'nothing-unexplained',
  says: 'What LND has is explained by the books: no surplus has to be booked, unless they are an older copy, or an operator insisted on something else.',
  begin: (witness) => ({
    commit(commit) {
      const { wasRestored, insisted, coinLost } = witness.records
      if (wasRestored || coinLost || insisted.size > 0) return undefined
      for (const row of insertedRows(commit, 'ledger_transactions')) {
        if (row.kind === 'value-found') return `${textOf(row, 'id')}: ${row.note}`
      }
      return undefined
    },
  }),
}

/** What the proof of the books may find in a run. */
export const proofInvariants: readonly Invariant[] = [proofNeverShort, nothingUnexplained]
