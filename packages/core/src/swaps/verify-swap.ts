import { onchainNeededSat } from '../domain/swap-offer.ts'
import { endUnpaid } from './end-swap.ts'
import type { TermsRefusalReason, TermsVerdict } from './kit/verify-reverse-terms.ts'
import { markSwap, type SwapRow } from './mark-swap.ts'
import { noteOutcome } from './provider-health.ts'
import {
  type RefusedTerms,
  readInvoice,
  readTerms,
  requestOf,
  unlessDamaged,
  writeVerified,
} from './stored-terms.ts'
import type { SwapPursuit } from './swap-pursuit.ts'

/** What an honest provider may send, too: the moment was wrong, or the limits. */
const honest: ReadonlySet<TermsRefusalReason | 'terms-damaged'> = new Set([
  'invoice-expired',
  'invoice-unpayable',
  'cost-above-limit',
  'onchain-amount-too-small',
  'destination-refused',
  'timeout-too-soon',
  'timeout-too-late',
  'invoice-timelock-too-long',
])

/** The stored answer is held against what was asked for, with LND's reading of the invoice; or the swap ends unpaid. */
export async function verifySwap(pursuit: SwapPursuit, row: SwapRow): Promise<void> {
  const { context, identity, follower } = pursuit
  const verdict = await judge(pursuit, row)
  if (!verdict.ok) {
    const { reason, says } = verdict.refusal
    return endUnpaid(pursuit, row, {
      reason,
      says,
      // It has nothing to do with what was damaged here.
      ...(reason !== 'terms-damaged' && { outcome: honest.has(reason) ? 'failed' : 'lied' }),
    })
  }
  const { verified, expiresAt } = verdict
  follower.sight.verified = verified
  const { writes, events } = await noteOutcome(context, identity, {
    provider: row.provider,
    outcome: 'created',
    reason: 'created',
  })
  await markSwap(pursuit, row, {
    fact: 'verified',
    set: {
      reason: null,
      verified: writeVerified(verified),
      onchain_msat: verified.onchainAmountSat * 1000n,
      timeout_height: verified.timeoutHeight,
      expires_at: expiresAt,
    },
    event: 'swap.verified',
    writes,
    events,
  })
}

type Judged = (Extract<TermsVerdict, { ok: true }> & { readonly expiresAt: number }) | RefusedTerms

async function judge({ context, identity }: SwapPursuit, row: SwapRow): Promise<Judged> {
  const { verifyReverseTerms, usualReverseBounds } = await import('./kit/index.ts')
  const { lightning, live, clock } = context
  const terms = readTerms(row)
  const read = await readInvoice(lightning, terms)
  if (!read.ok) return read
  const { invoice } = read
  const verdict = unlessDamaged(() =>
    verifyReverseTerms(
      requestOf(identity, row),
      terms,
      invoice,
      { tip: live.info?.blockHeight ?? 0, now: clock.now() },
      {
        ...usualReverseBounds,
        minimumOnchainSat: leastOnchainSat(row),
        maximumCostSat: row.worst_cost_msat / 1000n,
        routingLimitSat: row.routing_limit_msat / 1000n,
        claimFeeSat: row.claim_limit_msat / 1000n,
      },
    ),
  )
  if (!verdict.ok) return verdict
  return { ...verdict, expiresAt: invoice.createdAt + invoice.expirySeconds * 1000 }
}

/** Beside a payout there must be enough for the dearest claim. */
function leastOnchainSat({ payout_msat, claim_limit_msat }: SwapRow): bigint {
  return payout_msat === null
    ? 1000n
    : onchainNeededSat(payout_msat / 1000n, claim_limit_msat / 1000n)
}
