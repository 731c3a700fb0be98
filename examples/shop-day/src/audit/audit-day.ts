import { auditChannels, type ChannelAudit } from './audit-channels.ts'
import type { Evidence, Movement } from './gather-evidence.ts'

/** What the day was like, computed from what everybody wrote down. */
export interface Audit extends ChannelAudit {
  /** Of all accounts together; zero when the books are right. */
  readonly ledgerSumMsat: bigint
  /** Facts whose legs do not sum to zero. */
  readonly unbalanced: number
  /** Money whose whereabouts the books and the other nodes tell differently. */
  readonly lostMsat: bigint
  /** Debts for which the wallets received more than was owed. */
  readonly paidTwice: number
  /** Invoices that the books credit with more than the customer paid. */
  readonly creditedTwice: number
  /** Settled invoices that the shop was never told of. */
  readonly untold: number
  readonly receivedMsat: bigint
  readonly paidOutMsat: bigint
  readonly feesMsat: bigint
  /** What each partner is owed. */
  readonly owedMsat: ReadonlyMap<string, bigint>
  readonly invoiceStates: ReadonlyMap<string, number>
  /** Settled after they had expired or were canceled. */
  readonly late: number
  readonly payoutStates: ReadonlyMap<string, number>
}

export function auditDay(evidence: Evidence): Audit {
  const { books, paidByCustomers, receivedByWallets, sentByLnd } = evidence
  const credited = creditedByHash(evidence)
  const paid = sumBy(paidByCustomers, byHash)
  const booked = books.payouts.filter(({ state }) => state === 'succeeded')
  const sent = sumBy(sentByLnd, byHash)
  const fees = new Map(sentByLnd.map(({ paymentHash, feeMsat }) => [paymentHash, feeMsat]))
  const bookedFees = booked.map((payout) => ({ ...payout, amountMsat: payout.feeMsat ?? 0n }))
  return {
    ledgerSumMsat: total(books.postings),
    unbalanced: count([...sumBy(books.postings, ({ transaction }) => transaction).values()], isOff),
    lostMsat:
      differences(paid, credited) +
      differences(sumBy(booked, byHash), sumBy(receivedByWallets, byHash)) +
      differences(sumBy(booked, byHash), sent) +
      differences(sumBy(bookedFees, byHash), fees),
    paidTwice: count(
      [...evidence.debts.values()],
      (debt) => receivedFor(debt, evidence) > debt.amountMsat,
    ),
    creditedTwice: count([...credited], ([hash, amount]) => amount > (paid.get(hash) ?? 0n)),
    untold: count(
      books.invoices,
      ({ id, state }) => state === 'settled' && !evidence.toldAsSettled.has(id),
    ),
    receivedMsat: total(paidByCustomers),
    paidOutMsat: total(receivedByWallets),
    feesMsat: sentByLnd.reduce((sum, { feeMsat }) => sum + feeMsat, 0n),
    owedMsat: owedByPartner(evidence),
    invoiceStates: tally(books.invoices),
    late: count(books.invoices, ({ isLate }) => isLate),
    payoutStates: tally(books.payouts),
    ...auditChannels(evidence),
  }
}

/** Why the day was not a good one; empty when it was. */
export function findFaults(audit: Audit): string[] {
  const faults = {
    'the ledger does not sum to zero': isOff(audit.ledgerSumMsat),
    'a booked fact does not sum to zero': audit.unbalanced > 0,
    'money is lost': isOff(audit.lostMsat),
    'a debt was paid twice': audit.paidTwice > 0,
    'an invoice was credited twice': audit.creditedTwice > 0,
    'the shop was not told of a settled invoice': audit.untold > 0,
    'the channels are not those that were meant': audit.strayChannels > 0,
    'on-chain fees were booked otherwise than LND paid them': isOff(audit.onchainOffMsat),
    'the budget counts otherwise than opening cost': isOff(audit.budgetOffMsat),
  }
  return Object.entries(faults).flatMap(([fault, isTrue]) => (isTrue ? [fault] : []))
}

/** What the postings, not the invoices' own rows, say was credited for each payment. */
function creditedByHash({ books }: Evidence): Map<string, bigint> {
  const hashes = new Map(
    books.invoices.map(({ id, paymentHash }) => [`invoice/${id}`, paymentHash]),
  )
  const credits = books.postings.filter(
    ({ kind, account }) => kind === 'invoice-settled' && account.startsWith('partner/'),
  )
  return sumBy(credits, ({ subject }) => hashes.get(subject) ?? subject)
}

function receivedFor(
  { paymentHashes }: { readonly paymentHashes: readonly string[] },
  { receivedByWallets }: Evidence,
): bigint {
  return total(receivedByWallets.filter(({ paymentHash }) => paymentHashes.includes(paymentHash)))
}

function owedByPartner({ books }: Evidence): Map<string, bigint> {
  const guarded = books.postings.flatMap(({ account, amountMsat }) => {
    const [, partner] = /^(?:partner|reserved)\/(.+)$/.exec(account) ?? []
    return partner === undefined ? [] : [{ partner, amountMsat }]
  })
  return sumBy(guarded, ({ partner }) => partner)
}

function byHash({ paymentHash }: Pick<Movement, 'paymentHash'>): string {
  return paymentHash
}

function isOff(amountMsat: bigint): boolean {
  return amountMsat !== 0n
}

function total(parts: readonly { readonly amountMsat: bigint }[]): bigint {
  return parts.reduce((sum, { amountMsat }) => sum + amountMsat, 0n)
}

function sumBy<Part extends { readonly amountMsat: bigint }>(
  parts: readonly Part[],
  key: (part: Part) => string,
): Map<string, bigint> {
  const sums = new Map<string, bigint>()
  for (const part of parts) sums.set(key(part), (sums.get(key(part)) ?? 0n) + part.amountMsat)
  return sums
}

/** The sum of all differences between two records of the same thing, whichever says more. */
function differences(one: ReadonlyMap<string, bigint>, other: ReadonlyMap<string, bigint>): bigint {
  let sum = 0n
  for (const key of new Set([...one.keys(), ...other.keys()])) {
    const difference = (one.get(key) ?? 0n) - (other.get(key) ?? 0n)
    sum += difference < 0n ? -difference : difference
  }
  return sum
}

function count<Item>(items: readonly Item[], is: (item: Item) => boolean): number {
  return items.filter(is).length
}

function tally(rows: readonly { readonly state: string }[]): Map<string, number> {
  const found = new Map<string, number>()
  for (const { state } of rows) found.set(state, (found.get(state) ?? 0) + 1)
  return found
}
