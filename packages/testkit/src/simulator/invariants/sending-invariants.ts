import type { NewPayment } from '@payment-node/core'
import type { MirrorRow } from '../mirror-books.ts'
import type { Invariant } from './invariant.ts'
import { msatOf, stateChanges, textOf } from './read-commit.ts'
import {
  attemptOf,
  debitOf,
  isExempt,
  isOperators,
  isOver,
  payEffect,
  swapOf,
} from './read-payouts.ts'

/** Money rule 5. */
const storedBeforeSent: Invariant = {
  name: 'stored-before-sent',
  says: 'LND is handed a payment only when its hash, its attempt or verified swap, and the intent to send are in the books, with these terms.',
  begin(witness) {
    return {
      step({ name, parameters }) {
        if (name !== payEffect) return undefined
        const payment = parameters[0] as NewPayment
        const swap = swapOf(witness, payment.paymentRequest)
        if (swap) return judgeSwapPayment(swap, payment)
        const attempt = attemptOf(witness, payment.paymentRequest)
        if (!attempt) return `LND was handed ${payment.paymentRequest}, which no attempt has`
        const hash = textOf(attempt, 'payment_hash')
        const payout = witness.books.row('payouts', textOf(attempt, 'payout'))
        if (!payout) return `LND was handed ${hash}, whose payout is not stored`
        if (attempt.state === 'recorded')
          return `LND was handed ${hash} before the intent was stored`
        if (payment.feeLimitMsat !== payout.fee_limit_msat)
          return `${hash} was sent with the fee limit ${payment.feeLimitMsat}, reserved is ${payout.fee_limit_msat}`
        if (payment.amountMsat !== undefined && payment.amountMsat !== payout.amount_msat)
          return `${hash} was sent with ${payment.amountMsat} msat, reserved is ${payout.amount_msat}`
        if (payout.state === 'failed') return undefined
        const used = witness.books.row('used_hashes', witness.publicKey, hash)
        return used?.payout === payout.id ? undefined : `${hash} was sent, and is not kept as used`
      },
    }
  },
}

/** The intent to pay for a swap is its row. */
function judgeSwapPayment(swap: MirrorRow, payment: NewPayment): string | undefined {
  const id = textOf(swap, 'id')
  if (swap.verified == null) return `${id} was paid before its terms were verified`
  if (swap.state === 'verified') return `${id} was paid before the intent was stored`
  if (payment.feeLimitMsat !== swap.routing_limit_msat)
    return `${id} was paid with the fee limit ${payment.feeLimitMsat}, reserved is ${swap.routing_limit_msat}`
  return undefined
}

/** Money rule 5. */
const oneLivingAttempt: Invariant = {
  name: 'one-living-attempt',
  says: 'At most one attempt of a payout lives, and a payout that has ended has none.',
  begin(witness) {
    return {
      commit(commit) {
        const touched = new Set<string>()
        for (const { table, after } of commit.rows) {
          if (table === 'attempts' && after) touched.add(textOf(after, 'payout'))
          if (table === 'payouts' && after) touched.add(textOf(after, 'id'))
        }
        if (touched.size === 0) return undefined
        const living = new Map<string, number>()
        for (const attempt of witness.books.table('attempts').values()) {
          const payout = textOf(attempt, 'payout')
          if (!touched.has(payout) || isOver(attempt)) continue
          living.set(payout, (living.get(payout) ?? 0) + 1)
        }
        for (const payout of touched) {
          const count = living.get(payout) ?? 0
          const row = witness.books.row('payouts', payout)
          if (count > 1) return `${payout} has ${count} living attempts`
          if (row && isOver(row) && count > 0)
            return `${payout} is ${row.state}, and an attempt of it lives`
        }
        return undefined
      },
    }
  },
}

/** Money rule 4. */
const unknownNeedsAWord: Invariant = {
  name: 'unknown-needs-a-word',
  says: "What is unknown becomes failed only by LND's own failure, by LND's word that it expired unstarted, or by an operator.",
  begin(witness) {
    return {
      commit(commit) {
        for (const { row, from, to } of stateChanges(commit, 'attempts')) {
          if (from !== 'unknown' || to !== 'failed') continue
          const payout = witness.books.row('payouts', textOf(row, 'payout'))
          if (payout && isExempt(witness, payout)) continue
          const evidence = row.evidence as { kind?: string; by?: string } | null
          const kind = evidence?.kind ?? (evidence?.by ? 'operator' : 'nothing')
          const isWord = kind === 'failed' || kind === 'refused' || kind === 'operator'
          if (!isWord) return `${row.payout} was unknown and failed by ${kind}`
        }
        return undefined
      },
    }
  },
}

/** Money rule 18. */
const haltedMeansNoSend: Invariant = {
  name: 'halted-means-no-send',
  says: 'While outgoing money is halted nothing is reserved and no intent to send is stored; LND is handed nothing without such an intent.',
  begin(witness) {
    const intents = new Map<string, number>()
    const calls = new Map<string, number>()
    return {
      commit({ rows }) {
        const safety = witness.books.row('safety', witness.publicKey)
        for (const { table, before, after } of rows) {
          if (table === 'payouts' && !before && safety?.is_halted)
            return `${after?.id} was reserved while halted`
          if (table !== 'attempts' || !before || !after) continue
          const isIntent = before.sends !== after.sends || before.epoch !== after.epoch
          if (!isIntent) continue
          if (safety?.is_halted) return `${after.payout} was sent while halted`
          const hash = textOf(after, 'payment_hash')
          intents.set(hash, (intents.get(hash) ?? 0) + 1)
        }
        return undefined
      },
      step({ name, parameters }) {
        if (name !== payEffect || witness.records.wasRestored) return undefined
        const attempt = attemptOf(witness, (parameters[0] as NewPayment).paymentRequest)
        const hash = attempt && textOf(attempt, 'payment_hash')
        if (!hash) return undefined
        const called = (calls.get(hash) ?? 0) + 1
        calls.set(hash, called)
        return called > (intents.get(hash) ?? 0)
          ? `${hash} was handed to LND ${called} times, with ${intents.get(hash) ?? 0} intents`
          : undefined
      },
    }
  },
}

/** Money rule 18. */
const capsHold: Invariant = {
  name: 'caps-hold',
  says: 'No payout is above its cap, no day is above its cap, and the day counts every worst case.',
  begin(witness) {
    return {
      commit({ rows }) {
        const days = new Set<string>()
        for (const { table, before, after } of rows) {
          if (table === 'day_totals' && after) days.add(textOf(after, 'day'))
          if (table !== 'payouts' || !after) continue
          days.add(textOf(after, 'cap_day'))
          const worst = msatOf(after, 'amount_msat') + msatOf(after, 'fee_limit_msat')
          if (!before && worst > witness.capPerPayoutMsat)
            return `${after.id} may cost ${worst} msat, the cap is ${witness.capPerPayoutMsat}`
        }
        for (const day of days) {
          let [counted, operators] = [0n, 0n]
          for (const payout of witness.books.table('payouts').values()) {
            if (payout.cap_day !== day) continue
            if (isOperators(payout)) operators += debitOf(payout)
            else counted += debitOf(payout)
          }
          if (operators > witness.capPerDayMsat)
            return `day ${day} has ${operators} msat for the operator`
          if (counted > witness.capPerDayMsat) return `day ${day} has ${counted} msat`
          const row = witness.books.row('day_totals', witness.publicKey, day)
          const total = row ? msatOf(row, 'amount_msat') : 0n
          if (total !== counted)
            return `day ${day} counts ${total} msat, its payouts are ${counted}`
        }
        return undefined
      },
    }
  },
}

/** What must be written before money is sent. */
export const sendingInvariants: readonly Invariant[] = [
  storedBeforeSent,
  oneLivingAttempt,
  unknownNeedsAWord,
  haltedMeansNoSend,
  capsHold,
]
