import type { NewPayment } from '@payment-node/core'
import type { MirrorRow } from '../mirror-books.ts'
import type { Invariant, Witness } from './invariant.ts'
import { msatOf, stateChanges, textOf } from './read-commit.ts'

/** The step at which LND has taken a payment. */
const payEffect = 'lightning.pay/effect'

/** Money rule 5. */
export const oneSuccessPerHash: Invariant = {
  name: 'one-success-per-hash',
  says: 'A payment hash belongs to one payout that has not failed, and each payout has one success at most.',
  begin(witness) {
    const succeeded = new Map<string, string>()
    for (const row of witness.books.table('payouts').values()) {
      if (row.state === 'succeeded') succeeded.set(textOf(row, 'payment_hash'), textOf(row, 'id'))
    }
    return {
      commit(commit) {
        for (const { row, to } of stateChanges(commit, 'payouts')) {
          const hash = textOf(row, 'payment_hash')
          const id = textOf(row, 'id')
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
export const debtPaidOnce: Invariant = {
  name: 'debt-paid-once',
  says: 'Whatever goes wrong, a debt is paid once at most, by the records of the payees.',
  begin(witness) {
    const check = (debt: string): string | undefined => {
      const hashes = [...(witness.records.debts.get(debt) ?? [])]
      const paid = hashes.filter((hash) => witness.truth.receivedMsat(hash) > 0n)
      if (paid.length < 2 || isInsisted(witness, hashes)) return undefined
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
export const failedForCertain: Invariant = {
  name: 'failed-for-certain',
  says: "A payout is booked as failed only when LND's own record cannot pay it any more, or an operator insists.",
  begin(witness) {
    const check = (payout: MirrorRow): string | undefined => {
      if (isExempt(witness, payout)) return undefined
      const hash = textOf(payout, 'payment_hash')
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
export const successIsReal: Invariant = {
  name: 'success-is-real',
  says: "A payout is booked as succeeded only when LND's own record says so, with LND's own amount and fee, or an operator says so.",
  begin(witness) {
    return {
      commit(commit) {
        for (const { row, to } of stateChanges(commit, 'payouts')) {
          if (to !== 'succeeded' || isExempt(witness, row)) continue
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
export const outflowIsCovered: Invariant = {
  name: 'outflow-is-covered',
  says: 'What left LND for payouts is never more than what their partners were debited.',
  begin(witness) {
    const check = (): string | undefined => {
      let left = 0n
      let debited = 0n
      for (const payout of witness.books.table('payouts').values()) {
        if (isExempt(witness, payout)) continue
        const record = witness.truth.findPayment(textOf(payout, 'payment_hash'))
        const isOurs = payout.state !== 'failed' || record?.state === 'in-flight'
        if (record && record.state !== 'failed' && isOurs)
          left += record.amountMsat + record.feeMsat
        debited += debitOf(payout)
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

/** Money rule 5. */
export const storedBeforeSent: Invariant = {
  name: 'stored-before-sent',
  says: 'LND is handed a payment only when its hash, its attempt and the intent to send are in the books, with these terms.',
  begin(witness) {
    return {
      step({ name, parameters }) {
        if (name !== payEffect) return undefined
        const payment = parameters[0] as NewPayment
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

/** Money rule 5. */
export const oneLivingAttempt: Invariant = {
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
export const unknownNeedsAWord: Invariant = {
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
export const haltedMeansNoSend: Invariant = {
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
export const capsHold: Invariant = {
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
          let counted = 0n
          for (const payout of witness.books.table('payouts').values()) {
            if (payout.cap_day === day) counted += debitOf(payout)
          }
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

/** All about payouts. */
export const payoutInvariants: readonly Invariant[] = [
  oneSuccessPerHash,
  debtPaidOnce,
  failedForCertain,
  successIsReal,
  outflowIsCovered,
  storedBeforeSent,
  oneLivingAttempt,
  unknownNeedsAWord,
  haltedMeansNoSend,
  capsHold,
]

function isOver(row: MirrorRow): boolean {
  return row.state === 'succeeded' || row.state === 'failed'
}

/** The operator has taken it upon himself. */
function isExempt(witness: Witness, payout: MirrorRow): boolean {
  return witness.records.insisted.has(textOf(payout, 'id'))
}

/** An operator has said of one of these that it failed: from then on it is his risk. */
function isInsisted(witness: Witness, hashes: readonly string[]): boolean {
  for (const payout of witness.books.table('payouts').values()) {
    if (isExempt(witness, payout) && hashes.includes(textOf(payout, 'payment_hash'))) return true
  }
  return false
}

/** What a payout costs its partner, or may cost while it lives. */
function debitOf(payout: MirrorRow): bigint {
  if (payout.state === 'failed') return 0n
  const amount = msatOf(payout, 'amount_msat')
  return payout.state === 'succeeded'
    ? amount + msatOf(payout, 'fee_msat')
    : amount + msatOf(payout, 'fee_limit_msat')
}

function attemptOf(witness: Witness, paymentRequest: string): MirrorRow | undefined {
  for (const attempt of witness.books.table('attempts').values()) {
    if (attempt.payment_request === paymentRequest && attempt.state !== 'failed') return attempt
  }
  for (const attempt of witness.books.table('attempts').values()) {
    if (attempt.payment_request === paymentRequest) return attempt
  }
  return undefined
}

function payoutOf(witness: Witness, parameters: readonly unknown[]): MirrorRow | undefined {
  const attempt = attemptOf(witness, (parameters[0] as NewPayment).paymentRequest)
  return attempt && witness.books.row('payouts', textOf(attempt, 'payout'))
}
