import type { Invariant } from './invariant.ts'
import { insertedRows, msatOf, textOf } from './read-commit.ts'

/** The partner under whose name the library books payouts to the operator's own address. */
export const operatorsPartner = '@operator'

/** msat: what corrections and fees may take of the operator's while its payout is decided. */
const slackMsat = 300_000_000n

/** Nobody is paid with what is others'. */
const operatorPaysItself: Invariant = {
  name: 'operator-pays-itself',
  says: "A payout of what is the operator's goes to its own address and leaves enough for all that partners are owed and for what the operator keeps there, one lives at a time, and its worst case is moved for it before.",
  begin: (witness) => ({
    commit(commit) {
      for (const payout of insertedRows(commit, 'payouts')) {
        if (payout.partner !== operatorsPartner) continue
        if (payout.destination !== witness.operatorAddress)
          return `${payout.id} pays ${payout.destination}, the operator's is ${witness.operatorAddress}`
        for (const other of witness.books.table('payouts').values()) {
          const lives = ['reserved', 'queued', 'sending'].includes(textOf(other, 'state'))
          if (other.partner === operatorsPartner && other.id !== payout.id && lives)
            return `${other.id} and ${payout.id} both go to the operator`
        }
        let [owed, flowed] = [0n, 0n]
        for (const row of witness.books.table('postings').values()) {
          const account = textOf(row, 'account')
          if (account.startsWith('world/')) flowed -= msatOf(row, 'amount_msat')
          // A debt is owed to the operator: nobody has it yet.
          else if (/^(partner|pending|reserved)\//.test(account)) owed += msatOf(row, 'amount_msat')
        }
        const least = owed + witness.operatorReserveMsat - slackMsat
        if (flowed < least)
          return `${payout.id}: the node has ${flowed} msat by the books, ${owed} are owed, and the operator keeps ${witness.operatorReserveMsat}`
      }
      return undefined
    },
  }),
}

/** What goes to the operator's own address. */
export const operatorInvariants: readonly Invariant[] = [operatorPaysItself]
