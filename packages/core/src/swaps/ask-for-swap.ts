import { PaymentNodeError } from '../errors.ts'
import type { SelfCustodialSwapProvider } from '../ports/swap-provider.ts'
import { swaps } from '../tables/swaps.ts'
import { mayAct } from '../transactions/may-act.ts'
import { askProvider, providerReason } from './ask-provider.ts'
import { endUnpaid } from './end-swap.ts'
import { markSwap, type SwapRow } from './mark-swap.ts'
import { readQuote } from './stored-quote.ts'
import { harmless, writeTerms } from './stored-terms.ts'
import type { SwapPursuit } from './swap-pursuit.ts'

/**
 * Intent, question, answer: each stored before the next. The provider is asked once for a hash: what it may have made
 * of a question whose answer was lost is never asked for again, and costs nothing unpaid.
 */
export async function askForSwap(pursuit: SwapPursuit, row: SwapRow): Promise<void> {
  const { context, signal } = pursuit
  const provider = pursuit.providerOf(row)
  if (!provider) return endUnpaid(pursuit, row, { reason: 'provider-removed' })
  const { onchain } = context.lightning
  const needsWallet = row.destination === '' || row.payout !== null
  if (needsWallet && !onchain) {
    return endUnpaid(pursuit, row, { reason: 'no-wallet' })
  }
  if (!mayAct(pursuit)) return
  const address = needsWallet ? await onchain!.newAddress('taproot', signal) : ''
  const asked = {
    asked_at: context.clock.now(),
    ...(row.payout === null
      ? { destination: row.destination || address }
      : { rest_destination: address }),
    reason: null,
  }
  if (await markSwap(pursuit, row, { set: asked })) return
  const intended = await context.storage.get(swaps, [row.id])
  if (!intended || !mayAct(pursuit)) return
  const answer = await create(pursuit, intended, provider)
  if ('error' in answer) return refuse(pursuit, intended, answer.error)
  const set = { terms: writeTerms(answer.terms), provider_id: idOf(answer.terms) }
  // Its limits may have been raised meanwhile: the answer is the only one there will be.
  for (let latest: SwapRow | undefined = intended; latest?.terms === null; ) {
    if (!(await markSwap(pursuit, latest, { set }))) return
    latest = await context.storage.get(swaps, [row.id])
  }
}

async function create(
  { context, signal }: SwapPursuit,
  row: SwapRow,
  provider: SelfCustodialSwapProvider,
): Promise<{ readonly terms: unknown } | { readonly error: unknown }> {
  const quote = readQuote(row.quote)
  const request = {
    amountSat: row.amount_msat / 1000n,
    ...(quote.priceId !== undefined && { priceId: quote.priceId }),
    paymentHash: row.payment_hash,
    claimPublicKey: row.claim_public_key,
    metadata: row.metadata,
    invoiceExpirySeconds: Math.round(context.settings.swapping.invoiceExpiry / 1000),
  }
  try {
    const ask = (until: AbortSignal): Promise<unknown> => provider.create(request, until)
    return { terms: await askProvider(context, provider.name, ask, signal) }
  } catch (error) {
    return { error }
  }
}

async function refuse(pursuit: SwapPursuit, row: SwapRow, error: unknown): Promise<void> {
  // Being stopped is our own doing: it is found later as asked, without an answer.
  if (pursuit.signal.aborted) return
  const isRefusal = PaymentNodeError.is(error, 'swap.refused')
  const reason = providerReason(error)
  const says = harmless(error instanceof Error ? error.message : String(error)).slice(0, 500)
  await endUnpaid(pursuit, row, {
    reason: isRefusal ? reason : 'provider-failed',
    says,
    // Its prices have moved: that is no failure of the provider.
    ...(reason !== 'quote-stale' && { outcome: isRefusal ? 'refused' : 'failed' }),
  })
}

function idOf(terms: unknown): string | null {
  const id = (terms as { readonly providerId?: unknown } | null)?.providerId
  return typeof id === 'string' && /^[\w-]{1,64}$/.test(id) ? id : null
}
