import type { MirrorRow } from '../mirror-books.ts'
import type { Invariant, Witness } from './invariant.ts'
import { operatorsPartner } from './operator-invariants.ts'
import { insertedRows, msatOf, textOf } from './read-commit.ts'
import { debitOf, isUnpaid } from './read-payouts.ts'

/** What goes back to a payer. */
const refundsWithinReceived: Invariant = {
  name: 'refunds-within-received',
  says: 'All refunds of an invoice together, paid and under way, are never more than what LND received for it, and are counted.',
  begin: (witness) => ({
    commit({ rows }) {
      const touched = new Set<string>()
      for (const { table, after } of rows) {
        if (table === 'payouts' && after?.purpose === 'refund')
          touched.add(textOf(after, 'invoice'))
        if (table === 'invoice_refunds' && after) touched.add(textOf(after, 'invoice'))
      }
      for (const id of touched) {
        const found = judgeRefunds(witness, id)
        if (found) return found
      }
      return undefined
    },
  }),
}

function judgeRefunds({ books, truth, publicKey }: Witness, id: string): string | undefined {
  let [refunded, revived] = [0n, 0n]
  for (const payout of books.table('payouts').values()) {
    const isRefund = payout.purpose === 'refund' && payout.invoice === id
    if (!isRefund) continue
    if (!isUnpaid(payout)) refunded += msatOf(payout, 'amount_msat')
    // It was given up, and is paid all the same: nothing could stop that any more.
    else if (books.row('ledger_transactions', publicKey, `correction/revived/${payout.id}`))
      revived += msatOf(payout, 'amount_msat')
  }
  const invoice = books.row('invoices', id)
  const received = invoice && truth.findInvoice(textOf(invoice, 'payment_hash'))
  const most = received?.state === 'settled' ? received.paidMsat : 0n
  if (refunded > most) return `${refunded} msat of ${id} go back, ${most} were received`
  const row = books.row('invoice_refunds', publicKey, id)
  const counted = row ? msatOf(row, 'refunded_msat') : 0n
  return counted === refunded + revived
    ? undefined
    : `${id} counts ${counted} msat as given back, its refunds are ${refunded + revived}`
}

/** Money rule 18, for one partner. */
const partnerCapsHold: Invariant = {
  name: 'partner-caps-hold',
  says: "No payout is above its partner's cap, no day either, and the partner's day counts every worst case; the operator's also what swaps send outside.",
  begin: (witness) => ({
    commit({ rows }) {
      for (const { table, before, after } of rows) {
        if (table === 'swaps' && after && isWithdrawal(after)) {
          const wrong = judgeDay(witness, operatorsPartner, dayOf(after))
          if (wrong !== undefined) return wrong
        }
        if (table !== 'payouts' || !after || after.purpose == null) continue
        const partner = textOf(after, 'partner')
        const settings = witness.books.row('partners', witness.publicKey, partner)
        const worst = debitOf(after)
        const most = settings?.cap_per_payout_msat as bigint | null | undefined
        if (!before && most != null && worst > most)
          return `${after.id} may cost ${worst} msat, the cap of ${partner} is ${most}`
        const day = textOf(after, 'cap_day')
        const wrong = judgeDay(witness, partner, day)
        if (wrong !== undefined) return wrong
        const counted = countDay(witness, partner, day)
        const mostPerDay = settings?.cap_per_day_msat as bigint | null | undefined
        if (!before && mostPerDay != null && counted > mostPerDay)
          return `day ${day} of ${partner} has ${counted} msat, its cap is ${mostPerDay}`
      }
      return undefined
    },
  }),
}

function judgeDay(witness: Witness, partner: string, day: string): string | undefined {
  const counted = countDay(witness, partner, day)
  const row = witness.books.row('partner_days', witness.publicKey, partner, day)
  const total = row ? msatOf(row, 'amount_msat') : 0n
  // What a daemon's failed swap has lost may have left the node; the rest of its amount has not.
  if (total >= counted && total <= counted + failedOf(witness, partner, day)) return undefined
  return `day ${day} of ${partner} counts ${total} msat, what leaves for it is ${counted}`
}

/** Nothing has left the node for it. */
function isHere({ state, reason }: MirrorRow): boolean {
  const hasFailed = state === 'failed-unpaid' || state === 'returned' || state === 'failed'
  return hasFailed || (state === 'completed' && reason === 'other-node')
}

function failedOf({ books }: Witness, partner: string, day: string): bigint {
  let failed = 0n
  if (partner !== operatorsPartner) return failed
  for (const swap of books.table('swaps').values())
    if (isWithdrawal(swap) && dayOf(swap) === day && swap.state === 'failed')
      failed += msatOf(swap, 'amount_msat')
  return failed
}

function isWithdrawal(swap: MirrorRow): boolean {
  return swap.destination_kind === 'operator'
}

function dayOf(swap: MirrorRow): string {
  return String(Math.floor((swap.created_at as number) / 86_400_000))
}

function countDay({ books }: Witness, partner: string, day: string): bigint {
  let counted = 0n
  if (partner === operatorsPartner) {
    for (const swap of books.table('swaps').values())
      if (isWithdrawal(swap) && dayOf(swap) === day && !isHere(swap))
        counted += msatOf(swap, 'amount_msat')
  }
  for (const payout of books.table('payouts').values()) {
    if (payout.partner !== partner || payout.cap_day !== day || payout.purpose == null) continue
    counted += debitOf(payout)
  }
  return counted
}

/** Milliseconds in which held money must have become available after its time. */
const patience = 120_000

/** The dispute window. */
const availableInTime: Invariant = {
  name: 'available-in-time',
  says: 'Held money becomes available when its time has come, all of it: never before, and in the end not later.',
  begin: (witness) => ({
    commit(commit) {
      for (const row of insertedRows(commit, 'ledger_transactions')) {
        if (row.kind !== 'invoice-available') continue
        const id = textOf(row, 'subject').slice(8)
        const at = witness.books.row('invoices', id)?.available_at as number | null | undefined
        if (at == null) return `${id} became available, and was not held`
        if ((row.occurred_at as number) < at) return `${id} was released ${at} too early`
        if (!witness.records.clocksJumped && witness.truth.now() < at)
          return `${id} was released ${at - witness.truth.now()} ms too early`
        const held = heldOf(witness, id)
        const released = -insertedRows(commit, 'postings')
          .filter(
            ({ transaction, account }) =>
              transaction === row.id && String(account).startsWith('pending/'),
          )
          .reduce((sum, posting) => sum + msatOf(posting, 'amount_msat'), 0n)
        if (released !== held) return `${released} msat of ${id} were released, held were ${held}`
      }
      return undefined
    },
    end() {
      for (const row of witness.books.table('invoices').values()) {
        const at = row.available_at as number | null | undefined
        if (at == null || at + patience > witness.truth.now()) continue
        const id = textOf(row, 'id')
        const key = [witness.publicKey, `available/${id}`] as const
        // Refunds may have taken all of it.
        if (heldOf(witness, id) === 0n) continue
        if (!witness.books.row('ledger_transactions', ...key))
          return `${id} should be available since ${at}, and is held`
      }
      return undefined
    },
  }),
}

/** What the settlement put aside, less what refunds took of it. */
function heldOf({ books }: Witness, invoice: string): bigint {
  let held = 0n
  for (const { transaction, account, amount_msat } of books.table('postings').values()) {
    if (transaction === `settled/${invoice}` && String(account).startsWith('pending/'))
      held += amount_msat as bigint
  }
  for (const row of books.table('held_refunds').values())
    if (row.invoice === invoice) held -= msatOf(row, 'taken_msat')
  return held
}

/** The dispute window. */
const heldIsAccountedFor: Invariant = {
  name: 'held-is-accounted-for',
  says: 'What is pending for a partner is what its held invoices brought less what their refunds took of it, and no refund takes more than that.',
  begin: (witness) => ({
    commit(commit) {
      const touched = new Set<string>()
      for (const { table, before, after } of commit.rows) {
        const row = (after ?? before)!
        if (table === 'held_refunds') touched.add(ownerOf(witness, textOf(row, 'invoice')))
        if (table === 'balances' && textOf(row, 'account').startsWith('pending/'))
          touched.add(textOf(row, 'account').slice('pending/'.length))
        if (table === 'jobs' && isHolding(witness, row))
          touched.add(ownerOf(witness, textOf(row, 'subject')))
      }
      for (const partner of touched) {
        const found = judgeHeld(witness, partner)
        if (found) return found
      }
      return undefined
    },
  }),
}

function judgeHeld(witness: Witness, partner: string): string | undefined {
  const { books, publicKey } = witness
  let held = 0n
  for (const job of books.table('jobs').values()) {
    const id = textOf(job, 'subject')
    if (!isHolding(witness, job) || ownerOf(witness, id) !== partner) continue
    const left = heldOf(witness, id)
    if (left < 0n) return `refunds took ${-left} msat more of ${id} than it had`
    held += left
  }
  const row = books.row('balances', publicKey, `pending/${partner}`)
  const pending = row ? msatOf(row, 'amount_msat') : 0n
  return pending === held
    ? undefined
    : `${partner} has ${pending} msat pending, its held invoices have ${held}`
}

/** While it is there the invoice's money is held. */
function isHolding({ publicKey }: Witness, job: MirrorRow): boolean {
  return job.queue === `available@${publicKey}`
}

function ownerOf({ books }: Witness, invoice: string): string {
  const row = books.row('invoices', invoice)
  return row ? textOf(row, 'partner') : ''
}

/** Who breaks into an account cannot take its balance at once. */
const destinationsCoolDown: Invariant = {
  name: 'destinations-cool-down',
  says: 'A changed destination is in effect only after its cool-down, and what is paid without being asked for goes where that partner is paid then.',
  begin: (witness) => ({
    commit(commit) {
      for (const row of insertedRows(commit, 'partner_destinations')) {
        if (row.destination === null) continue
        const isFirst = ![...witness.books.table('partner_destinations').values()].some(
          (other) =>
            other.partner === row.partner &&
            (other.requested_at as number) <= (row.requested_at as number) &&
            (other.kind !== row.kind || (other.version as number) < (row.version as number)) &&
            !insertedRows(commit, 'partner_destinations').includes(other),
        )
        const waits = (row.effective_at as number) - (row.requested_at as number)
        if (!isFirst && waits < witness.destinationCoolDown)
          return `${row.partner} is paid to ${row.destination} after ${waits} ms`
      }
      for (const row of insertedRows(commit, 'payouts')) {
        // The operator's own has no destination of a partner.
        if (row.purpose !== 'automatic' || row.partner === operatorsPartner) continue
        const isAgreed = [...witness.books.table('partner_destinations').values()].some(
          ({ partner, destination, effective_at, replaced_at }) =>
            partner === row.partner &&
            destination === row.destination &&
            (effective_at as number) <= (row.created_at as number) &&
            (replaced_at == null || (replaced_at as number) >= (effective_at as number)),
        )
        if (!isAgreed) return `${row.id} pays ${row.destination}, where ${row.partner} is not paid`
      }
      return undefined
    },
  }),
}

/** Servers behind Lightning addresses are not trusted. */
const liesAreNotPaid: Invariant = {
  name: 'lies-are-not-paid',
  says: 'An invoice of an LNURL server that is not for the amount asked, or not about what was promised, is never stored for paying.',
  begin: (witness) => ({
    commit(commit) {
      const lie = insertedRows(commit, 'attempts').find(({ payment_hash: hash }) =>
        witness.records.lies.has(hash as string),
      )
      return lie && `${lie.payout} would pay ${lie.payment_hash}, which is a lie`
    },
  }),
}

/** What was agreed with partners and payees. */
export const partnerInvariants: readonly Invariant[] = [
  refundsWithinReceived,
  partnerCapsHold,
  availableInTime,
  heldIsAccountedFor,
  destinationsCoolDown,
  liesAreNotPaid,
]
