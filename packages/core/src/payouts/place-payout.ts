import { type Context, type Identity, identityOf, requireReady } from '../context.ts'
import { findPartner } from '../partners/get-partner.ts'
import { maximumDecisions, tooContended } from '../record.ts'
import { requireNotHalted } from '../safety/require-not-halted.ts'
import { requireSameRequest } from '../same-request.ts'
import { payouts } from '../tables/payouts.ts'
import type { RowOf } from '../tables/table.ts'
import { draftPayout } from './draft-payout.ts'
import { readPayout } from './get-payout.ts'
import type { Payout } from './payout-view.ts'
import type { PayoutTerms } from './read-terms.ts'
import { storePayout } from './store-payout.ts'

/** A payout that somebody asked for: a host, a refund, the schedule. */
export interface PayoutRequest {
  readonly purpose: Payout['purpose']
  readonly partner: string
  readonly idempotencyKey: string
  readonly terms: PayoutTerms
  /** W3C Trace Context of whoever asks. */
  readonly traceparent?: string | undefined
  /** Canonical text: the same key must come with the same one. */
  readonly written: string
  /** With `amount: 'all'`: not more than this leaves, worst-case fee included. In msat. */
  readonly upToMsat?: bigint
  /** What it gives back. */
  readonly refund?: RefundRequest
}

/** The part of a refund that other payouts do not have. */
export interface RefundRequest {
  /** The settled invoice. */
  readonly invoice: string
  readonly receivedMsat: bigint
  /** What the balance does not cover becomes the partner's debt. */
  readonly allowDebt: boolean
}

/**
 * Stores the payout once per partner and key, and reserves its money; decided again as long as what the
 * decision rests on changes. Throws as `requestPayout`.
 */
export async function placePayout(context: Context, request: PayoutRequest): Promise<Payout> {
  const { partner, purpose, traceparent: parent } = request
  const attributes = {
    'payment_node.partner.id': partner,
    'payment_node.payout.purpose': purpose,
  }
  return context.tracer.run('payment_node.payout.request', { attributes, parent }, async (span) => {
    const payout = await placeOnce(context, {
      ...request,
      traceparent: span.traceparent ?? undefined,
    })
    span.set({ 'payment_node.payout.id': payout.id })
    return payout
  })
}

async function placeOnce(context: Context, request: PayoutRequest): Promise<Payout> {
  const identity = identityOf(context)
  for (let decision = 0; decision < maximumDecisions; decision++) {
    const earlier = await findByKey(context, identity, request)
    if (earlier) return samePayout(context, earlier, request)
    try {
      requireReady(context)
      const partner = await findPartner(context, request.partner)
      const guard = await requireNotHalted(context, identity)
      const draft = await draftPayout(context, identity, partner, request)
      const stored = await storePayout(context, identity, { guard, partner }, request, draft)
      if (stored) {
        if (stored.state === 'queued') context.live.wakeOnchain()
        else context.live.wakePayouts()
        return stored
      }
    } catch (error) {
      // The same request, made at the same time, may have been faster: its hash, its balance, its cap.
      const winner = await findByKey(context, identity, request).catch(() => undefined)
      if (!winner) throw error
      return samePayout(context, winner, request)
    }
  }
  throw tooContended('payouts.request')
}

async function findByKey(
  context: Context,
  { publicKey }: Identity,
  { partner, idempotencyKey }: PayoutRequest,
): Promise<RowOf<typeof payouts> | undefined> {
  const equals = [publicKey, partner, idempotencyKey]
  const [row] = await context.storage.find(payouts, { index: 'idempotency', equals, limit: 1 })
  return row
}

async function samePayout(
  context: Context,
  earlier: RowOf<typeof payouts>,
  { written, idempotencyKey }: PayoutRequest,
): Promise<Payout> {
  requireSameRequest(earlier.request, written, idempotencyKey)
  return readPayout(context, earlier)
}
