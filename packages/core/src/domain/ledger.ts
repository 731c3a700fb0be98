/**
 * Accounts. A positive leg flows into an account. Partners' accounts hold what they are owed,
 * `operator` what belongs to the operator; the accounts of the `world` count what came from and went
 * to others, so that every transaction sums to zero.
 */
export type Account =
  | `partner/${string}`
  | `reserved/${string}`
  | 'operator'
  | 'world/payers'
  | 'world/payees'
  | 'world/routing-fees'
  | 'world/opening'
  /** What miners got for the channels' transactions. */
  | 'world/onchain-fees'
  /** What others paid for routing their payments. */
  | 'world/routing-income'
  /** What peers lost to us who published a revoked state. */
  | 'world/penalties'

export interface Leg {
  readonly account: Account
  readonly amountMsat: bigint
}

export type TransactionKind =
  | 'opening'
  | 'invoice-settled'
  | 'payout-reserved'
  | 'payout-released'
  | 'payout-succeeded'
  | 'foreign-payment'
  | 'channel-opened'
  | 'channel-closed'
  | 'channel-breached'
  | 'channel-swept'
  | 'channel-bumped'
  | 'forwards'

/** One fact to book. `id` names the fact: a second booking of the same fact is refused. */
export interface LedgerTransaction {
  readonly id: string
  readonly kind: TransactionKind
  readonly subject: string
  readonly legs: readonly Leg[]
}

/** Guarded accounts have a balance row that never falls below zero. */
export function isGuarded(account: Account): boolean {
  return account.startsWith('partner/') || account.startsWith('reserved/')
}

export function bookOpening(amountMsat: bigint): LedgerTransaction {
  return transaction('opening', 'opening', 'node', [
    { account: 'world/opening', amountMsat: -amountMsat },
    { account: 'operator', amountMsat },
  ])
}

/** What was paid is credited, whatever was asked (money rule 9). */
export function bookSettlement(
  invoice: string,
  partner: string,
  paidMsat: bigint,
): LedgerTransaction {
  return transaction(`settled/${invoice}`, 'invoice-settled', `invoice/${invoice}`, [
    { account: 'world/payers', amountMsat: -paidMsat },
    { account: `partner/${partner}`, amountMsat: paidMsat },
  ])
}

/** Amount and worst-case fee leave the balance before anything is sent (money rule 3). */
export function bookReservation(
  payout: string,
  partner: string,
  worstMsat: bigint,
): LedgerTransaction {
  return transaction(`reserved/${payout}`, 'payout-reserved', `payout/${payout}`, [
    { account: `partner/${partner}`, amountMsat: -worstMsat },
    { account: `reserved/${partner}`, amountMsat: worstMsat },
  ])
}

export function bookRelease(payout: string, partner: string, worstMsat: bigint): LedgerTransaction {
  return transaction(`ended/${payout}`, 'payout-released', `payout/${payout}`, [
    { account: `reserved/${partner}`, amountMsat: -worstMsat },
    { account: `partner/${partner}`, amountMsat: worstMsat },
  ])
}

/** The real fee is debited; the rest of the reservation returns. */
export function bookPayout(
  payout: string,
  partner: string,
  paid: { worstMsat: bigint; amountMsat: bigint; feeMsat: bigint },
): LedgerTransaction {
  const returned = paid.worstMsat - paid.amountMsat - paid.feeMsat
  // LND never exceeds its fee limit; if it ever did, the operator bears it and the books still balance.
  const overrun = returned < 0n ? -returned : 0n
  return transaction(`ended/${payout}`, 'payout-succeeded', `payout/${payout}`, [
    { account: `reserved/${partner}`, amountMsat: -paid.worstMsat },
    { account: 'world/payees', amountMsat: paid.amountMsat },
    { account: 'world/routing-fees', amountMsat: paid.feeMsat },
    ...(returned > 0n ? [{ account: `partner/${partner}` as const, amountMsat: returned }] : []),
    ...(overrun > 0n ? [{ account: 'operator' as const, amountMsat: -overrun }] : []),
  ])
}

/**
 * The miners' fee of a funding transaction. `fundingTransaction` is its txid, which names the fact: a
 * channel whose opening is looked at twice is booked once. What it put into the channel stays the operator's.
 */
export function bookFundingFee(
  channelPoint: string,
  fundingTransaction: string,
  feeMsat: bigint,
): LedgerTransaction {
  return transaction(`onchain/${fundingTransaction}`, 'channel-opened', `channel/${channelPoint}`, [
    { account: 'operator', amountMsat: -feeMsat },
    { account: 'world/onchain-fees', amountMsat: feeMsat },
  ])
}

/** The id of what another program of the operator paid: LND pays a hash once. */
export function foreignPaymentId(paymentHash: string): string {
  return `foreign/${paymentHash}`
}

/** What another program paid with this LND, or books that were lost: the operator's money (money rule 16). */
export function bookForeignPayment(
  paymentHash: string,
  amountMsat: bigint,
  feeMsat: bigint,
): LedgerTransaction {
  return transaction(foreignPaymentId(paymentHash), 'foreign-payment', `payment/${paymentHash}`, [
    { account: 'operator', amountMsat: -amountMsat - feeMsat },
    { account: 'world/payees', amountMsat },
    { account: 'world/routing-fees', amountMsat: feeMsat },
  ])
}

/** What ending a channel cost, sweeps aside; negative where it brought something. Booked once per channel. */
export function bookCloseCost(channelPoint: string, costMsat: bigint): LedgerTransaction {
  return transaction(`closed/${channelPoint}`, 'channel-closed', `channel/${channelPoint}`, [
    { account: 'operator', amountMsat: -costMsat },
    { account: 'world/onchain-fees', amountMsat: costMsat },
  ])
}

/** What we have more (or less) after a breach, fees included. */
export function bookBreach(channelPoint: string, gainMsat: bigint): LedgerTransaction {
  return transaction(`closed/${channelPoint}`, 'channel-breached', `channel/${channelPoint}`, [
    { account: 'world/penalties', amountMsat: -gainMsat },
    { account: 'operator', amountMsat: gainMsat },
  ])
}

/**
 * The fee of a transaction that claimed outputs of closed channels (`channel-swept`), or sped up another one
 * (`channel-bumped`). `subject`: the channel, or the transaction where it is about several.
 */
export function bookChainFee(
  kind: 'channel-swept' | 'channel-bumped',
  transactionId: string,
  subject: string,
  feeMsat: bigint,
): LedgerTransaction {
  return transaction(`onchain/${transactionId}`, kind, subject, [
    { account: 'operator', amountMsat: -feeMsat },
    { account: 'world/onchain-fees', amountMsat: feeMsat },
  ])
}

/** What a page of forwards earned. `lastAt` is the time of its last one in nanoseconds, which no other page has. */
export function bookForwards(lastAt: string, feesMsat: bigint): LedgerTransaction {
  return transaction(`forwards/${lastAt}`, 'forwards', 'routing', [
    { account: 'world/routing-income', amountMsat: -feesMsat },
    { account: 'operator', amountMsat: feesMsat },
  ])
}

function transaction(
  id: string,
  kind: TransactionKind,
  subject: string,
  legs: readonly Leg[],
): LedgerTransaction {
  const kept = legs.filter((leg) => leg.amountMsat !== 0n)
  const sum = kept.reduce((total, leg) => total + leg.amountMsat, 0n)
  if (sum !== 0n) throw new RangeError(`ledger transaction ${id} sums to ${sum} msat, not zero`)
  return { id, kind, subject, legs: kept }
}
