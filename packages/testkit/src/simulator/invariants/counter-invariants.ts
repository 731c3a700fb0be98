import type { NewPayment } from '@payment-node/core'
import type { Invariant, Witness } from './invariant.ts'
import { textOf } from './read-commit.ts'

/** Money rule 15. */
const countedBeforeSent: Invariant = {
  name: 'counted-before-sent',
  says: 'The counter outside of the books has counted an intent before LND is asked to pay.',
  begin(witness) {
    const counts = new Map<string, number>()
    return {
      commit({ rows }) {
        const count = countOf(witness)
        for (const { table, before, after } of rows) {
          if (table !== 'attempts' || !before || !after) continue
          if (before.sends !== after.sends || before.epoch !== after.epoch)
            counts.set(textOf(after, 'payment_request'), count)
        }
        return undefined
      },
      step({ name, parameters }) {
        const outside = witness.truth.counter()
        if (name !== 'lightning.pay/before' || outside === undefined) return undefined
        const { paymentRequest } = parameters[0] as NewPayment
        const wanted = counts.get(paymentRequest) ?? 0
        return outside < wanted
          ? `the intent of ${paymentRequest} is number ${wanted}, the counter outside has ${outside}`
          : undefined
      },
    }
  },
}

/** Money rule 15. */
const oldBooksSendNothing: Invariant = {
  name: 'old-books-send-nothing',
  says: 'Books that were replaced by an older copy, which the counter shows, send nothing before an operator has accepted the difference.',
  begin(witness) {
    const outside = witness.truth.counter()
    let isBehind =
      witness.records.wasRestored && outside !== undefined && outside > countOf(witness)
    // The copy may be one that was found to be old before.
    let isHalted = witness.books.row('safety', witness.publicKey)?.cause === 'books-behind'
    return {
      commit({ rows }) {
        if (!isBehind) return undefined
        for (const { table, after } of rows) {
          if (table !== 'safety') continue
          if (after?.cause === 'books-behind') isHalted = true
          else if (isHalted && !after?.is_halted) isBehind = false
        }
        return undefined
      },
      step({ name }) {
        if (!isBehind) return undefined
        const isSend = name === 'lightning.pay/before' || name === 'lightning.opener.open/before'
        return isSend ? `${name} on books that are older than what LND did` : undefined
      },
    }
  },
}

/** All about the counter of intents. */
export const counterInvariants: readonly Invariant[] = [countedBeforeSent, oldBooksSendNothing]

function countOf({ books, publicKey }: Witness): number {
  return (books.row('intent_counters', publicKey)?.count as number | undefined) ?? 0
}
