import type { Context, Identity } from '../context.ts'
import { invalidInvoice } from '../destinations/refuse-destination.ts'
import { Amount } from '../domain/amount.ts'
import { least } from '../domain/bigints.ts'
import type { DestinationKind } from '../domain/destination.ts'
import { amountOfAll, type WorstFee, worstFeeOf } from '../domain/payout-amount.ts'
import type { PayoutReason } from '../domain/payout-reason.ts'
import type { partners } from '../tables/partners.ts'
import type { RowOf } from '../tables/table.ts'
import { aboveReceived, refundedOf } from './count-refund.ts'
import { draftOnchain } from './draft-onchain.ts'
import { insufficientBalance, payLess } from './explain-refusal.ts'
import type { PayoutRequest } from './place-payout.ts'
import { freeOf } from './read-available.ts'
import type { PayoutTerms, Way } from './read-terms.ts'
import { type PayableDestination, resolveInvoice } from './resolve-invoice.ts'

/** What is to be stored, as far as it is decided before the storage has its say. */
export interface PayoutDraft {
  readonly destination: string
  readonly kind: DestinationKind
  readonly amountMsat: bigint
  /** The worst fee. */
  readonly feeLimitMsat: bigint
  /** Milliseconds since 1970. */
  readonly deadline: number | null
  /** What is paid off chain; without it the destination is resolved when it is sent. */
  readonly invoice?: PayableDestination
  /** On chain. */
  readonly queue?: QueuePlace
}

/** Why an on-chain payout waits, and what it would cost now. Feerates of the chain in sat/vB. */
export interface QueuePlace {
  readonly reason: PayoutReason
  readonly isQuick: boolean
  /** Of the call: sat per 1000 vB. */
  readonly ceiling: number | null
  readonly fee: Amount
  readonly feerate: number
  /** The lowest ceiling that holds. */
  readonly ceilingNow: number
  readonly isAcceptable: boolean
  readonly says: string
}

/** What the amount is decided from. */
export type DraftRequest = Pick<PayoutRequest, 'terms' | 'upToMsat' | 'refund'>
type OffchainWay = Exclude<Way, { readonly kind: 'onchain-address' }>

/** Decides amount and worst fee, and checks the destination. Throws as `requestPayout`. */
export async function draftPayout(
  context: Context,
  identity: Identity,
  partner: RowOf<typeof partners>,
  request: DraftRequest,
): Promise<PayoutDraft> {
  const { way } = request.terms
  return way.kind === 'onchain-address'
    ? draftOnchain(context, identity, partner, request, way.text)
    : draftOffchain(context, identity, partner, request, way)
}

async function draftOffchain(
  context: Context,
  identity: Identity,
  partner: RowOf<typeof partners>,
  request: DraftRequest,
  way: OffchainWay,
): Promise<PayoutDraft> {
  const { terms } = request
  const fee = routingFee(context, partner, terms)
  // Servers behind Lightning addresses often know whole satoshi only.
  const unit = way.kind === 'bolt11' ? 1n : 1000n
  const amount = await decideAmount(context, identity, partner, request, fee, unit)
  if (way.kind === 'bolt11') {
    const invoice = await resolveInvoice(context, identity, way.text, amount)
    return {
      destination: way.text,
      kind: way.kind,
      amountMsat: invoice.amountMsat,
      feeLimitMsat: worstFeeOf(invoice.amountMsat, fee),
      deadline: context.clock.now() + context.settings.payouts.waitForOutbound,
      invoice,
    }
  }
  if (!amount)
    throw invalidInvoice(
      'amount',
      'amount-missing',
      'the destination names no amount: say how much to pay',
    )
  return {
    destination: way.text,
    kind: way.kind,
    amountMsat: amount.msat,
    feeLimitMsat: worstFeeOf(amount.msat, fee),
    deadline: context.clock.now() + context.settings.payouts.waitForDestination,
  }
}

/**
 * What routing may cost at worst: what the call says, else the rule of the options. Where the operator pays,
 * the rule's minimum does not hold: a partner could take it out of many tiny payouts through its own channels.
 */
function routingFee(
  { settings }: Context,
  partner: RowOf<typeof partners>,
  { feeLimit }: PayoutTerms,
): WorstFee {
  if (feeLimit) return { fixedMsat: feeLimit.msat }
  const minimumMsat = partner.fees_paid_by === 'operator' ? 0n : settings.feeLimitMinimum.msat
  return { ppm: settings.feeLimitPpm, minimumMsat }
}

/** Undefined: what the invoice says. */
export async function decideAmount(
  context: Context,
  identity: Identity,
  partner: RowOf<typeof partners>,
  { terms, upToMsat, refund }: DraftRequest,
  fee: WorstFee,
  unitMsat: bigint,
): Promise<Amount | undefined> {
  if (terms.amount === 'all') {
    const takes = { fee, unitMsat, upToMsat, isOnchain: terms.way.kind === 'onchain-address' }
    return takeAll(context, identity, partner, takes)
  }
  if (terms.amount || !refund || terms.way.kind === 'bolt11') return terms.amount
  const refunded = await refundedOf(context, identity, refund.invoice)
  const left = refund.receivedMsat - refunded
  const whole = left - (left % unitMsat)
  if (whole > 0n) return new Amount(whole)
  throw aboveReceived(refund, refunded, unitMsat)
}

/** What `amount: 'all'` is made of. */
interface TakenAll {
  readonly fee: WorstFee
  readonly unitMsat: bigint
  readonly upToMsat: bigint | undefined
  readonly isOnchain: boolean
}

/** Everything that is available now; the reservation, bounded by the balance, has the last word. */
async function takeAll(
  context: Context,
  identity: Identity,
  partner: RowOf<typeof partners>,
  { fee, unitMsat, upToMsat, isOnchain }: TakenAll,
): Promise<Amount> {
  const available = await freeOf(context, identity, partner.id)
  const charged: WorstFee = partner.fees_paid_by === 'operator' ? { fixedMsat: 0n } : fee
  const all = amountOfAll(available, charged, unitMsat)
  const most = upToMsat === undefined ? all : least(all, amountOfAll(upToMsat, fee, unitMsat))
  if (most > 0n) return new Amount(most)
  throw insufficientBalance(
    partner.id,
    new Amount(available),
    new Amount(unitMsat + worstFeeOf(unitMsat, charged)),
    payLess(isOnchain),
  )
}
