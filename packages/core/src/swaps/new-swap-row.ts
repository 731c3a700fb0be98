import { type Context, type Identity, rowBase } from '../context.ts'
import { worstCostSat } from '../domain/swap-offer.ts'
import type { PurposeKey } from '../keys.ts'
import { budgetPeriod } from '../liquidity/charge-budget.ts'
import type { payouts } from '../tables/payouts.ts'
import type { swaps } from '../tables/swaps.ts'
import type { Fields, RowOf } from '../tables/table.ts'
import { keyOfPiece } from './find-request.ts'
import type { QuotedPiece, RawOffer } from './quote-swaps.ts'
import { writeQuote } from './stored-quote.ts'
import type { SwapRequest } from './swap-request.ts'

/** What is new of one piece: its id, its key, its place among the pieces of the request. */
export interface NewPiece {
  readonly swapId: string
  /** Among the pieces of the request. */
  readonly at: number
  /** The request's id: the first piece's. */
  readonly group: string
  readonly claimIndex: number
  /** Undefined: a daemon has keys of its own. */
  readonly key: PurposeKey | undefined
  /** Milliseconds since 1970; of all pieces, and of the day whose budget is charged for them. */
  readonly now: number
}

/** The row of one piece of a request, with the offer that was chosen and the others. */
export async function newSwapRow(
  context: Context,
  identity: Identity,
  request: SwapRequest,
  payout: RowOf<typeof payouts> | undefined,
  { provider, pieces }: RawOffer,
  offers: readonly RawOffer[],
  place: NewPiece,
): Promise<Fields<typeof swaps>> {
  const { swapId, at, claimIndex, key, now } = place
  const piece = pieces[at]!
  const own = key
    ? await deriveOwn(context, identity, key, place)
    : { payment_hash: `delegated/${swapId}`, claim_public_key: '', metadata: '' }
  return {
    ...rowBase(identity),
    id: swapId,
    custody: provider.custody,
    provider: provider.name,
    url: provider.custody === 'self' ? provider.url : '',
    state: provider.custody === 'self' ? 'created' : 'requested',
    reason: null,
    source: request.source,
    decision: request.decision ?? null,
    request_group: place.group,
    ...amountsOf(piece, budgetPeriod(now)),
    ...destinationOf(request, payout),
    urgency: request.urgency,
    outgoing_channels: request.outgoingChannels,
    ...own,
    key_id: key?.keyId ?? '',
    claim_index: claimIndex,
    quote: writeQuote(piece.quote),
    rejected: rejectedOf(offers, provider.name),
    terms: null,
    verified: null,
    provider_id: null,
    asked_at: null,
    expires_at: null,
    onchain_msat: null,
    timeout_height: null,
    epoch: 0,
    calls: 0,
    maximum_cltv: null,
    seen_at: null,
    since_height: context.live.info?.blockHeight ?? 0,
    held_height: null,
    overdue_at: null,
    lockup_outpoint: null,
    lockup_msat: null,
    lockup_height: null,
    claims: 0,
    revealed_at: null,
    alarm: 0,
    given_up: null,
    routing_msat: null,
    claim_fee_msat: null,
    service_msat: null,
    prepay_lost_msat: null,
    evidence: null,
    idempotency_key: keyOfPiece(request.idempotencyKey, at),
    request: request.written,
    created_at: now,
    updated_at: now,
    ended_at: null,
  }
}

async function deriveOwn(
  context: Context,
  identity: Identity,
  key: PurposeKey,
  place: { readonly swapId: string; readonly claimIndex: number },
): Promise<Pick<Fields<typeof swaps>, 'payment_hash' | 'claim_public_key' | 'metadata'>> {
  const { deriveSwapKeys, sealSwapId } = await import('./kit/index.ts')
  const { paymentHash, claimPublicKey } = deriveSwapKeys(key, identity, place)
  const sealed = { swapId: place.swapId, paymentHash }
  return {
    payment_hash: paymentHash,
    claim_public_key: claimPublicKey,
    metadata: sealSwapId(key, identity, sealed, context.random.bytes(12)),
  }
}

function destinationOf(
  { destination }: SwapRequest,
  payout: RowOf<typeof payouts> | undefined,
): Pick<
  Fields<typeof swaps>,
  'destination' | 'destination_kind' | 'payout' | 'payout_msat' | 'rest_destination'
> {
  return {
    destination: payout?.destination ?? destination ?? '',
    destination_kind: payout ? 'payout' : destination === undefined ? 'wallet' : 'operator',
    payout: payout?.id ?? null,
    payout_msat: payout?.amount_msat ?? null,
    rest_destination: null,
  }
}

function amountsOf({ amountSat, costs }: QuotedPiece, period: string) {
  const serviceSat = costs.serviceSat > 0n ? costs.serviceSat : 0n
  return {
    amount_msat: amountSat * 1000n,
    routing_limit_msat: costs.routingLimitSat * 1000n,
    claim_limit_msat: costs.claimLimitSat * 1000n,
    service_limit_msat: serviceSat * 1000n,
    prepay_limit_msat: costs.prepaySat * 1000n,
    worst_cost_msat: worstCostSat(costs) * 1000n,
    budget_period: period,
  } as const
}

function rejectedOf(offers: readonly RawOffer[], chosen: string): unknown {
  return offers
    .filter(({ offer }) => offer.provider !== chosen)
    .map(({ offer }) => JSON.parse(JSON.stringify({ ...offer, reason: offer.reason ?? 'dearer' })))
}
