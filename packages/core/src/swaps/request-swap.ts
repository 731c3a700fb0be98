import {
  type Context,
  type Identity,
  identityOf,
  newId,
  requireReady,
  rowBase,
} from '../context.ts'
import type { Amount } from '../domain/amount.ts'
import { worstCostSat } from '../domain/swap-offer.ts'
import { PaymentNodeError } from '../errors.ts'
import { newEvent } from '../events/new-event.ts'
import type { PurposeKey } from '../keys.ts'
import type { Change, Write } from '../ports/storage.ts'
import { maximumDecisions, record, tooContended } from '../record.ts'
import { requireNotHalted } from '../safety/require-not-halted.ts'
import { requireSameRequest } from '../same-request.ts'
import { safety } from '../tables/node.ts'
import { payouts } from '../tables/payouts.ts'
import { swapKeys, swaps } from '../tables/swaps.ts'
import { type Fields, insert, type RowOf, requireUnchanged, update } from '../tables/table.ts'
import { findPayoutForSwap } from './bound-payout.ts'
import { budgetPeriod, chargeSwaps, throwRefusedCharge } from './charge-swaps.ts'
import { chargeWithdrawal, throwRefusedWithdrawal } from './charge-withdrawal.ts'
import { collectOffers, type OfferBounds, type QuotedPiece, type RawOffer } from './quote-swaps.ts'
import { outboundOf } from './read-swappable.ts'
import { writeQuote } from './stored-quote.ts'
import { requireSwapKey } from './swap-key.ts'
import { type Swap, type SwapUrgency, swapView } from './swap-view.ts'

/** A swap that somebody wants: the operator, the autopilot, a payout. */
export interface SwapRequest {
  readonly source: Swap['source']
  /** The decision of the autopilot that it follows from. */
  readonly decision?: string
  /** The queued on-chain payout that the claim pays: it is bound to the swap in the change that stores it. */
  readonly payout?: string
  /** On Lightning. Above a provider's limit it is split. */
  readonly amount: Amount
  /** An address of the operator's, checked for the network by the caller. Left out: LND's wallet. */
  readonly destination?: string
  readonly urgency: SwapUrgency
  /** `NodeChannel.channelId`; empty: any. */
  readonly outgoingChannels: readonly string[]
  readonly limits: Omit<OfferBounds, 'amountSat' | 'providers'>
  readonly providers?: readonly string[]
  readonly idempotencyKey: string
  /** Canonical text: the same key must come with the same one. */
  readonly written: string
  /** Of whoever decided as the leader: one that was replaced meanwhile stores nothing. */
  readonly fence?: Change['fence']
}

/**
 * Stores a request's swaps once per key: keys, price, limits, caps and budget in one change. What follows is the
 * worker's. Throws, with nothing stored: `swap.no-offer`, `swap.above-cap`, `swap.over-budget`, `keys.missing`,
 * `idempotency.conflict`, `safety.halted`, `node.unavailable`; with a payout `payout.not-found`,
 * `payout.not-queued`, `payout.in-swap`, `payout.maybe-paid`.
 */
export async function requestSwap(
  context: Context,
  request: SwapRequest,
): Promise<readonly Swap[]> {
  const identity = identityOf(context)
  let offers: readonly RawOffer[] | undefined
  for (let decision = 0; decision < maximumDecisions; decision++) {
    const earlier = await findRequest(context, identity, request)
    if (earlier) return earlier
    requireReady(context)
    const guard = await requireNotHalted(context, identity)
    const payout =
      request.payout === undefined
        ? undefined
        : await findPayoutForSwap(context, guard, request.payout)
    offers ??= await collectOffers(context, identity, {
      ...request.limits,
      // Whoever asks: the host's cap holds.
      maximumPpm: smaller(request.limits.maximumPpm, context.settings.swapping.maximumPpm),
      ...(payout && { payoutSat: payout.amount_msat / 1000n }),
      amountSat: request.amount.msat / 1000n,
      ...(request.providers && { providers: request.providers }),
    })
    const chosen = offers.find(({ offer }) => offer.isAcceptable)
    if (!chosen) throw noOffer(request.amount, offers)
    const basis = { guard, payout }
    const stored = await storeSwaps(context, identity, basis, request, chosen, offers)
    if (!stored) continue
    context.live.wakeSwaps()
    return stored
  }
  throw tooContended('swaps.request')
}

/** What was read, and must not have changed when the swaps are stored. */
interface RequestBasis {
  readonly guard: RowOf<typeof safety>
  readonly payout: RowOf<typeof payouts> | undefined
}

async function storeSwaps(
  context: Context,
  identity: Identity,
  { guard, payout }: RequestBasis,
  request: SwapRequest,
  { provider, pieces }: RawOffer,
  offers: readonly RawOffer[],
): Promise<readonly Swap[] | undefined> {
  const { storage, clock } = context
  const now = clock.now()
  const period = budgetPeriod(now)
  const url = provider.custody === 'self' ? provider.url : ''
  const key = provider.custody === 'self' ? requireSwapKey(context) : undefined
  const keyId = key?.keyId ?? ''
  const counter = key && (await storage.get(swapKeys, [identity.publicKey, keyId, url]))
  const firstIndex = counter?.next_index ?? 0
  const ids = pieces.map(() => newId(context))
  const rows: Fields<typeof swaps>[] = []
  for (const [at, piece] of pieces.entries()) {
    const place = { swapId: ids[at]!, claimIndex: key ? firstIndex + at : 0 }
    const own = key
      ? await deriveOwn(context, identity, key, place)
      : { payment_hash: `delegated/${place.swapId}`, claim_public_key: '', metadata: '' }
    rows.push({
      ...rowBase(identity),
      id: place.swapId,
      custody: provider.custody,
      provider: provider.name,
      url,
      state: provider.custody === 'self' ? 'created' : 'requested',
      reason: null,
      source: request.source,
      decision: request.decision ?? null,
      request_group: ids[0]!,
      ...amountsOf(piece, period),
      ...destinationOf(request, payout),
      urgency: request.urgency,
      outgoing_channels: request.outgoingChannels,
      ...own,
      key_id: keyId,
      claim_index: place.claimIndex,
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
    })
  }
  const charge = {
    provider: provider.name,
    amountMsat: rows.reduce((sum, { amount_msat }) => sum + amount_msat, 0n),
    worstMsat: rows.reduce((sum, { worst_cost_msat }) => sum + worst_cost_msat, 0n),
    outboundMsat: outboundOf(await context.lightning.listChannels()),
    period,
  }
  const counted = await chargeSwaps(context, identity, charge)
  const leaving = await chargeWithdrawal(context, identity, rows)
  const writes: Write[] = [
    ...rows.map((row) => insert(swaps, row)),
    requireUnchanged(safety, guard),
    ...(key ? [countKeys(identity, { keyId, url }, counter, firstIndex + pieces.length)] : []),
    ...counted.map(({ write }) => write),
    ...(leaving ? [leaving] : []),
    // From here on nothing else pays or ends it: not a transaction, not another swap.
    ...(payout
      ? [update(payouts, payout, { swap: ids[0]!, reason: 'in-swap', updated_at: now })]
      : []),
  ]
  const views = rows.map(swapView)
  const events = views.map((swap) =>
    newEvent(context, identity, 'swap.created', `swap/${swap.id}`, { swap }),
  )
  const isApplied = async (): Promise<boolean> =>
    (await storage.get(swaps, [ids[0]!])) !== undefined
  const refused = await record(
    context,
    { writes, events, ...(request.fence && { fence: request.fence }) },
    isApplied,
  )
  if (!refused) return views
  const write = writes[refused.write]
  throwRefusedWithdrawal(context, refused, leaving !== undefined && write === leaving, rows)
  await throwRefusedCharge(context, identity, refused, write, charge, counted)
  return undefined
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

function smaller(one: bigint, other: bigint): bigint {
  return one < other ? one : other
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

function countKeys(
  identity: Identity,
  { keyId, url }: { readonly keyId: string; readonly url: string },
  counter: RowOf<typeof swapKeys> | undefined,
  next: number,
): Write {
  return counter
    ? update(swapKeys, counter, { next_index: next })
    : insert(swapKeys, { ...rowBase(identity), key_id: keyId, url, next_index: next })
}

/** Spaces are no part of a host's keys: the pieces of one request never meet another's. */
function keyOfPiece(idempotencyKey: string, at: number): string {
  return at === 0 ? idempotencyKey : `${idempotencyKey} ${at + 1}`
}

function rejectedOf(offers: readonly RawOffer[], chosen: string): unknown {
  return offers
    .filter(({ offer }) => offer.provider !== chosen)
    .map(({ offer }) => JSON.parse(JSON.stringify({ ...offer, reason: offer.reason ?? 'dearer' })))
}

/** The swaps that an earlier call with this key has made. */
async function findRequest(
  { storage }: Context,
  { publicKey }: Identity,
  { idempotencyKey, written }: SwapRequest,
): Promise<readonly Swap[] | undefined> {
  const equals = [publicKey, idempotencyKey]
  const [first] = await storage.find(swaps, { index: 'idempotency', equals, limit: 1 })
  if (!first) return undefined
  requireSameRequest(first.request, written, idempotencyKey)
  const group = await storage.find(swaps, {
    index: 'request',
    equals: [publicKey, first.request_group],
    limit: 1000,
  })
  const pieceOf = ({ idempotency_key: key }: RowOf<typeof swaps>): number =>
    Number(key.slice(idempotencyKey.length) || 1)
  return group.sort((a, b) => pieceOf(a) - pieceOf(b)).map(swapView)
}

function noOffer(amount: Amount, offers: readonly RawOffer[]): PaymentNodeError<'swap.no-offer'> {
  const rejected = offers.map(({ offer }) => ({
    provider: offer.provider,
    reason: offer.reason ?? 'unknown',
  }))
  const says = rejected.map(({ provider, reason }) => `${provider}: ${reason}`).join(', ')
  return new PaymentNodeError(
    'swap.no-offer',
    `Nobody swaps ${amount} within the limits (${says || 'there is no provider'}).`,
    { amount, rejected },
    { advice: 'See swaps.quote() and swaps.providers().' },
  )
}
