import type { Context } from '../context.ts'
import { Amount } from '../domain/amount.ts'
import { payouts } from '../tables/payouts.ts'
import { swapClaims } from '../tables/swaps.ts'
import { findSwap } from './get-swap.ts'
import type { SwapRow } from './mark-swap.ts'
import type { SwapOffer } from './quote-swaps.ts'
import { isPayoutOpen } from './settle-payout.ts'
import { readQuote } from './stored-quote.ts'
import { type Swap, swapView } from './swap-view.ts'
import { explainReason, explainState } from './swap-words.ts'

/** Why a swap is where it is. */
export interface SwapExplanation {
  readonly swap: Swap
  /** In a sentence or two, for people. */
  readonly says: string
  /** The price that it was chosen for. */
  readonly quoted: { readonly service: Amount; readonly lockup: Amount; readonly claim: Amount }
  /** The other offers, as they were then, and why each was not taken. */
  readonly rejected: readonly RejectedOffer[]
  /** The next one that was acceptable then, when nothing was paid or it came back: what to ask for now. Else null. */
  readonly nextOffer: RejectedOffer | null
  /** Claim transactions in the order of making; all spend the same lockup. */
  readonly claims: readonly SwapClaim[]
  /** Blocks until the provider can take its lockup back; null before there are terms, and after the end. */
  readonly blocksLeft: number | null
  /** The last words of the provider, or of a check. */
  readonly evidence: unknown
}

/** An offer that was not taken; its amounts are text, as they were written down. */
export type RejectedOffer = Pick<SwapOffer, 'provider' | 'reason'> & { readonly price: unknown }

/** A claim transaction: stored before it was published. */
export interface SwapClaim {
  readonly transactionId: string
  /** With the provider's half of the signature, or by script, with the preimage. */
  readonly path: 'cooperative' | 'script'
  /** One of its outputs is the swap's payout; else all of it goes to the wallet, or the operator's address. */
  readonly paysPayout: boolean
  readonly fee: Amount
  /** sat/vB */
  readonly feerate: number
  readonly confirmedHeight: number | null
  readonly createdAt: number
}

/** The whole story of a swap. Throws `swap.not-found`. */
export async function explainSwap(context: Context, id: string): Promise<SwapExplanation> {
  const row = await findSwap(context, id)
  const claims = await context.storage.find(swapClaims, {
    index: 'key',
    equals: [row.node, row.id],
    limit: 1000,
  })
  const quote = readQuote(row.quote)
  const rejected = row.rejected as readonly RejectedOffer[]
  const nextOffer = cameToNothing.has(row.state)
    ? (rejected.find(({ reason }) => reason === 'dearer') ?? null)
    : null
  return {
    swap: swapView(row),
    says: `${saysOf(context, row)}${await saysPayout(context, row)}${nextOffer ? saysNext(row, nextOffer) : ''}`,
    quoted: {
      service: new Amount(quote.serviceSat * 1000n),
      lockup: new Amount(quote.lockupSat * 1000n),
      claim: new Amount(quote.claimSat * 1000n),
    },
    rejected,
    nextOffer,
    claims: claims.map((claim) => ({
      transactionId: claim.transaction_id,
      path: claim.path as SwapClaim['path'],
      paysPayout: claim.pays_payout,
      fee: new Amount(claim.fee_msat),
      feerate: Number(claim.fee_msat) / 1000 / claim.virtual_bytes,
      confirmedHeight: claim.confirmed_height,
      createdAt: claim.created_at,
    })),
    blocksLeft: blocksLeft(context, row),
    evidence: row.evidence,
  }
}

const cameToNothing: ReadonlySet<string> = new Set(['failed-unpaid', 'returned'])

/** Offers are kept with the cheapest first. */
function saysNext({ source }: SwapRow, { provider, price }: RejectedOffer): string {
  const ppm = (price as { readonly ppm?: unknown } | null)?.ppm
  const much = typeof ppm === 'number' ? ` (${ppm} ppm)` : ''
  const who = source === 'autopilot' ? 'The autopilot looks again' : 'Ask again'
  return ` The next offer then was of ${provider}${much}. ${who}; who refuses is left out for a while.`
}

async function saysPayout({ storage }: Context, row: SwapRow): Promise<string> {
  const { id, payout } = row
  if (payout === null) return ''
  if (row.ended_at === null && isPayoutOpen(row)) return ` Its claim shall pay payout ${payout}.`
  const paid = await storage.get(payouts, [payout])
  return paid?.swap === id && paid.state === 'succeeded'
    ? ` Its claim has paid payout ${payout}.`
    : ` It has not paid payout ${payout}, which waited in the queue again.`
}

function saysOf(context: Context, row: SwapRow): string {
  const reason = row.reason === null ? '' : ` ${explainReason(row.reason)}`
  const height = row.ended_at === null ? frozenUntil(context, row) : undefined
  const frozen = height === undefined ? '' : ` LND lets its payment time out at block ${height}.`
  return `${explainState(row.state)}${reason}${frozen}`
}

/** The last block in which a payment of the swap can be in flight, by LND's channels as last read. */
function frozenUntil({ live }: Context, row: SwapRow): number | undefined {
  // A daemon pays with a hash of its own, which is its id for the swap.
  const hash = row.custody === 'delegated' ? row.provider_id : row.payment_hash
  const heights = (live.channels?.list ?? [])
    .flatMap(({ pendingHtlcs }) => pendingHtlcs)
    .filter(({ direction, paymentHash }) => direction === 'outgoing' && paymentHash === hash)
    .map(({ expiryHeight }) => expiryHeight)
  return heights.length > 0 ? Math.max(...heights) : undefined
}

function blocksLeft({ live }: Context, row: SwapRow): number | null {
  if (row.timeout_height === null || row.ended_at !== null || !live.info) return null
  return row.timeout_height - live.info.blockHeight
}
