/** An account without a balance row: what flowed into it is the sum of its postings. */
export type UnguardedAccount =
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
  /** Coins that the operator sent to the node, and took out of it by other means than ours. */
  | 'world/deposits'
  /** What swap providers took for their service, with what they paid miners for it. */
  | 'world/swap-fees'
  /** Prepayments of swaps that came to nothing. */
  | 'world/swap-prepay'
  /** What was paid for swaps whose coins never came. */
  | 'world/swap-losses'
  /** What the proof of the books found too much, or missing. */
  | 'world/unexplained'

const unguarded: Readonly<Record<UnguardedAccount, true>> = {
  operator: true,
  'world/payers': true,
  'world/payees': true,
  'world/routing-fees': true,
  'world/opening': true,
  'world/onchain-fees': true,
  'world/routing-income': true,
  'world/penalties': true,
  'world/deposits': true,
  'world/swap-fees': true,
  'world/swap-prepay': true,
  'world/swap-losses': true,
  'world/unexplained': true,
}

/** All accounts without a balance row. */
export const unguardedAccounts = Object.keys(unguarded) as readonly UnguardedAccount[]

/**
 * Accounts. A positive leg flows into an account. Partners' accounts hold what they are owed,
 * `operator` what belongs to the operator; the accounts of the `world` count what came from and went
 * to others, so that every transaction sums to zero.
 */
export type Account = PartnerAccount | UnguardedAccount

/** The accounts of one partner; behind the slash is its id. */
export type PartnerAccount =
  /** Can be paid out. Never below zero. */
  | `partner/${string}`
  /** Received, and held for the partner's `availableAfter`. Never below zero. */
  | `pending/${string}`
  /** Amount and worst-case fee of payouts under way. Never below zero. */
  | `reserved/${string}`
  /** What the partner owes after a refund that its balance did not cover. Never above zero. */
  | `debt/${string}`

export interface Leg {
  readonly account: Account
  readonly amountMsat: bigint
}

/** What kind of fact a ledger transaction books. */
export type TransactionKind =
  | 'opening'
  | 'invoice-settled'
  | 'invoice-available'
  | 'payout-reserved'
  | 'payout-released'
  | 'payout-succeeded'
  | 'foreign-payment'
  | 'foreign-income'
  | 'correction'
  | 'opening-balance'
  | 'channel-opened'
  | 'channel-closed'
  | 'channel-breached'
  | 'channel-swept'
  | 'channel-bumped'
  | 'transaction-bumped'
  | 'forwards'
  | 'wallet-deposit'
  | 'wallet-withdrawal'
  | 'swap-claimed'
  | 'swap-lost'
  | 'swap-prepay'
  | 'value-found'
  | 'value-missing'

/** One fact to book. `id` names the fact: a second booking of the same fact is refused. */
export interface LedgerTransaction {
  readonly id: string
  readonly kind: TransactionKind
  readonly subject: string
  readonly legs: readonly Leg[]
  /** What a partner's payer paid, or its payee got (negative), before fees. Left out where fees play no part. */
  readonly gross?: { readonly partner: string; readonly amountMsat: bigint }
  /** Why somebody booked it by hand. */
  readonly note?: string
}

const partnerAccount = /^(partner|pending|reserved|debt)\/(.*)$/

/** Whose account it is, and which; undefined for the operator's and the world's. */
export function ownerOf(
  account: string,
):
  | { readonly kind: 'partner' | 'pending' | 'reserved' | 'debt'; readonly partner: string }
  | undefined {
  const [, kind, partner] = partnerAccount.exec(account) ?? []
  return kind === undefined ? undefined : { kind: kind as 'partner', partner: partner! }
}

/** Guarded accounts have a balance row that never falls below zero; debts never rise above it. */
export function isGuarded(account: Account): account is PartnerAccount {
  return ownerOf(account) !== undefined
}

export function bookOpening(amountMsat: bigint): LedgerTransaction {
  return transaction('opening', 'opening', 'node', [
    { account: 'world/opening', amountMsat: -amountMsat },
    { account: 'operator', amountMsat },
  ])
}

/** How a receipt is divided. All parts together are what was paid. */
export interface Receipt {
  readonly paidMsat: bigint
  /** What the operator keeps: the partner's fee and the invoice's commission. */
  readonly keptMsat?: bigint
  /** What goes towards the partner's debt. */
  readonly toDebtMsat?: bigint
  /** The rest is held until it becomes available. */
  readonly isHeld?: boolean
  /** It was booked as the operator's before: another program's invoice, adopted after it was paid. */
  readonly fromOperator?: boolean
}

/** What was paid is credited, whatever was asked (money rule 9): first to the debt, then to the balance. */
export function bookSettlement(
  invoice: string,
  partner: string,
  { paidMsat, keptMsat = 0n, toDebtMsat = 0n, isHeld = false, fromOperator = false }: Receipt,
): LedgerTransaction {
  return {
    ...transaction(`settled/${invoice}`, 'invoice-settled', `invoice/${invoice}`, [
      { account: 'world/payers', amountMsat: fromOperator ? 0n : -paidMsat },
      {
        account: isHeld ? `pending/${partner}` : `partner/${partner}`,
        amountMsat: paidMsat - keptMsat - toDebtMsat,
      },
      { account: `debt/${partner}`, amountMsat: toDebtMsat },
      { account: 'operator', amountMsat: keptMsat - (fromOperator ? paidMsat : 0n) },
    ]),
    gross: { partner, amountMsat: paidMsat },
  }
}

/** The dispute window is over: what was received can be paid out, after a debt made meanwhile. */
export function bookAvailable(
  invoice: string,
  partner: string,
  heldMsat: bigint,
  toDebtMsat = 0n,
): LedgerTransaction {
  return transaction(`available/${invoice}`, 'invoice-available', `invoice/${invoice}`, [
    { account: `pending/${partner}`, amountMsat: -heldMsat },
    { account: `partner/${partner}`, amountMsat: heldMsat - toDebtMsat },
    { account: `debt/${partner}`, amountMsat: toDebtMsat },
  ])
}

/** The id of what another program's invoice brought: LND is paid once for a hash. */
export function foreignIncomeId(paymentHash: string): string {
  return `received/${paymentHash}`
}

/** What another program's invoice brought: the operator's money, until somebody adopts the invoice. */
export function bookForeignIncome(paymentHash: string, paidMsat: bigint): LedgerTransaction {
  return transaction(foreignIncomeId(paymentHash), 'foreign-income', `payment/${paymentHash}`, [
    { account: 'world/payers', amountMsat: -paidMsat },
    { account: 'operator', amountMsat: paidMsat },
  ])
}

/**
 * Amount and worst-case fee leave the balance before anything is sent (money rule 3). `debtMsat`: the
 * part that the partner owes from now on, because a refund may exceed its balance; negative: what of its debt
 * the balance pays first. `heldMsat`: the part that a refund takes from what is held.
 */
export function bookReservation(
  payout: string,
  partner: string,
  worstMsat: bigint,
  debtMsat = 0n,
  heldMsat = 0n,
): LedgerTransaction {
  return transaction(`reserved/${payout}`, 'payout-reserved', `payout/${payout}`, [
    { account: `pending/${partner}`, amountMsat: -heldMsat },
    { account: `partner/${partner}`, amountMsat: heldMsat + debtMsat - worstMsat },
    { account: `debt/${partner}`, amountMsat: -debtMsat },
    { account: `reserved/${partner}`, amountMsat: worstMsat },
  ])
}

/** The whole reservation returns; `toDebtMsat` of it to what the partner owes, `toHeldMsat` to what is held. */
export function bookRelease(
  payout: string,
  partner: string,
  worstMsat: bigint,
  toDebtMsat = 0n,
  toHeldMsat = 0n,
): LedgerTransaction {
  return transaction(`ended/${payout}`, 'payout-released', `payout/${payout}`, [
    { account: `reserved/${partner}`, amountMsat: -worstMsat },
    { account: `pending/${partner}`, amountMsat: toHeldMsat },
    { account: `debt/${partner}`, amountMsat: toDebtMsat },
    { account: `partner/${partner}`, amountMsat: worstMsat - toDebtMsat - toHeldMsat },
  ])
}

/** How a payout ended that was paid. */
export interface PaidPayout {
  /** What was reserved. Without the fee where the operator bears it: then it is the operator's overrun. */
  readonly worstMsat: bigint
  readonly amountMsat: bigint
  readonly feeMsat: bigint
  /** Who got the fee. Default: those who routed. `operator`: it got the amount, too, having paid both before. */
  readonly feeAccount?: 'world/routing-fees' | 'world/onchain-fees' | 'operator'
  /** How much of what returns goes towards the partner's debt; at most all of it. */
  readonly toDebtMsat?: bigint
  /** How much of it goes back to what is held, where a refund had it from. */
  readonly toHeldMsat?: bigint
}

/** What returns of a reservation when this was paid; negative when the operator bears more. */
export function returnedMsat({ worstMsat, amountMsat, feeMsat }: PaidPayout): bigint {
  return worstMsat - amountMsat - feeMsat
}

/** The real fee is debited; the rest of the reservation returns. */
export function bookPayout(payout: string, partner: string, paid: PaidPayout): LedgerTransaction {
  const { worstMsat, amountMsat, feeMsat, feeAccount = 'world/routing-fees' } = paid
  const returned = returnedMsat(paid)
  // More than was reserved is never the partner's: a fee that the operator bears, a limit that did not hold.
  const overrun = returned < 0n ? -returned : 0n
  const { toDebtMsat: toDebt = 0n, toHeldMsat: toHeld = 0n } = paid
  return {
    ...transaction(`ended/${payout}`, 'payout-succeeded', `payout/${payout}`, [
      { account: `reserved/${partner}`, amountMsat: -worstMsat },
      { account: feeAccount === 'operator' ? feeAccount : 'world/payees', amountMsat },
      { account: feeAccount, amountMsat: feeMsat },
      ...(returned > 0n
        ? ([
            { account: `pending/${partner}`, amountMsat: toHeld },
            { account: `debt/${partner}`, amountMsat: toDebt },
            { account: `partner/${partner}`, amountMsat: returned - toDebt - toHeld },
          ] as const)
        : []),
      ...(overrun > 0n ? [{ account: 'operator' as const, amountMsat: -overrun }] : []),
    ]),
    gross: { partner, amountMsat: -amountMsat },
  }
}

/** Between a partner and the operator, by hand: positive for the partner, who pays a debt with it first. */
export function bookCorrection(
  id: string,
  partner: string,
  amountMsat: bigint,
  note: string,
  toDebtMsat = 0n,
): LedgerTransaction {
  return {
    ...transaction(`correction/${id}`, 'correction', `partner/${partner}`, [
      { account: 'operator', amountMsat: -amountMsat },
      { account: `debt/${partner}`, amountMsat: toDebtMsat },
      { account: `partner/${partner}`, amountMsat: amountMsat - toDebtMsat },
    ]),
    note,
  }
}

/** The id of what a partner was owed by the books before these: once per partner. */
export function importId(partner: string): string {
  return `imported/${partner}`
}

/** What a partner was owed by the books before these: the node's money, so the operator has less. */
export function bookImport(partner: string, amountMsat: bigint): LedgerTransaction {
  return transaction(importId(partner), 'opening-balance', `partner/${partner}`, [
    { account: 'operator', amountMsat: -amountMsat },
    { account: `partner/${partner}`, amountMsat },
  ])
}

/** The id of what a transaction cost: its txid names the fact. */
export function chainFactId(transactionId: string): string {
  return `onchain/${transactionId}`
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
  return transaction(chainFactId(fundingTransaction), 'channel-opened', `channel/${channelPoint}`, [
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
 * (`channel-bumped`; `transaction-bumped` for payouts). `subject`: the channel, or the transaction where it is
 * about several.
 */
export function bookChainFee(
  kind: 'channel-swept' | 'channel-bumped' | 'transaction-bumped',
  transactionId: string,
  subject: string,
  feeMsat: bigint,
): LedgerTransaction {
  return transaction(chainFactId(transactionId), kind, subject, [
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
