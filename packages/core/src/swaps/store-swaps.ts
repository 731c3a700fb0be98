import { type Context, type Identity, newId, rowBase } from '../context.ts'
import { newEvent } from '../events/new-event.ts'
import { budgetPeriod } from '../liquidity/charge-budget.ts'
import type { Write } from '../ports/storage.ts'
import { record } from '../record.ts'
import { safety } from '../tables/node.ts'
import { payouts } from '../tables/payouts.ts'
import { swapKeys, swaps } from '../tables/swaps.ts'
import { type Fields, insert, type RowOf, requireUnchanged, update } from '../tables/table.ts'
import { chargeSwaps, throwRefusedCharge } from './charge-swaps.ts'
import { chargeWithdrawal, throwRefusedWithdrawal } from './charge-withdrawal.ts'
import { newSwapRow } from './new-swap-row.ts'
import type { RawOffer } from './quote-swaps.ts'
import { outboundOf } from './read-swappable.ts'
import { requireSwapKey } from './swap-key.ts'
import type { SwapRequest } from './swap-request.ts'
import { type Swap, swapView } from './swap-view.ts'

/** What was read, and must not have changed when the swaps are stored. */
interface RequestBasis {
  readonly guard: RowOf<typeof safety>
  readonly payout: RowOf<typeof payouts> | undefined
}

/**
 * Stores the swaps of a request, one for each piece of the chosen offer, with what they take of keys, caps and budget.
 * Undefined: something has changed meanwhile. Throws `swap.above-cap` and `swap.over-budget`.
 */
export async function storeSwaps(
  context: Context,
  identity: Identity,
  { guard, payout }: RequestBasis,
  request: SwapRequest,
  chosen: RawOffer,
  offers: readonly RawOffer[],
): Promise<readonly Swap[] | undefined> {
  const { storage, clock } = context
  const { provider, pieces } = chosen
  const now = clock.now()
  const period = budgetPeriod(now)
  const url = provider.custody === 'self' ? provider.url : ''
  const key = provider.custody === 'self' ? requireSwapKey(context) : undefined
  const keyId = key?.keyId ?? ''
  const counter = key && (await storage.get(swapKeys, [identity.publicKey, keyId, url]))
  const firstIndex = counter?.next_index ?? 0
  const ids = pieces.map(() => newId(context))
  const rows: Fields<typeof swaps>[] = []
  for (const [at, swapId] of ids.entries()) {
    const place = { swapId, at, group: ids[0]!, claimIndex: key ? firstIndex + at : 0, key, now }
    rows.push(await newSwapRow(context, identity, request, payout, chosen, offers, place))
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
