import type { Context, Identity, Leadership } from '../context.ts'
import { bookChannelCosts } from './book-channel-costs.ts'
import { bookForwards } from './book-forwards.ts'
import { closeChannels } from './close-channels.ts'
import { countPostings } from './count-postings.ts'
import { deliverWebhooks } from './deliver-webhooks.ts'
import { expireInvoices } from './expire-invoices.ts'
import { followDaemons } from './follow-daemons.ts'
import { keepChannels } from './keep-channels.ts'
import { keepLiquidity } from './keep-liquidity.ts'
import { keepRunning } from './keep-running.ts'
import { openChannels } from './open-channels.ts'
import { payOnchain } from './pay-onchain.ts'
import { pursueSwaps } from './pursue-swaps.ts'
import { receiveSettlements } from './receive-settlements.ts'
import { releaseDue } from './release-pending.ts'
import { schedulePayouts } from './schedule-payouts.ts'
import { sendPayouts } from './send-payouts.ts'
import { setRoutingFees } from './set-routing-fees.ts'
import { sweepInvoices } from './sweep-invoices.ts'
import { type BooksWatch, watchBooks } from './watch-books.ts'
import { watchChannels } from './watch-channels.ts'
import { watchComparison } from './watch-comparison.ts'
import { watchFees } from './watch-fees.ts'

/** Everything that the leading process does for its LND node. Ends when `signal` aborts. */
export async function runWorkers(
  context: Context,
  identity: Identity,
  leadership: Leadership,
  signal: AbortSignal,
): Promise<void> {
  const keep = (name: string, worker: (signal: AbortSignal) => Promise<void>): Promise<void> =>
    keepRunning(context, name, () => worker(signal), signal)
  const books: BooksWatch = { areLive: false, trouble: undefined, looks: 0, isTold: undefined }
  const { forwards, onchain, funding, policies } = context.lightning
  const { automaticEvery } = context.settings.payouts
  await Promise.all([
    keep('books', () => watchBooks(context, identity, leadership, books, signal)),
    keep('comparison', () => watchComparison(context, identity, leadership, books, signal)),
    keep('settlements', () => receiveSettlements(context, identity, leadership, signal)),
    keep('expiries', () => expireInvoices(context, identity, leadership, signal)),
    keep('held money', () => releaseDue(context, identity, leadership, signal)),
    keep('payouts', () => sendPayouts(context, identity, leadership, signal)),
    ...(automaticEvery === undefined
      ? []
      : [keep('automatic payouts', () => schedulePayouts(context, automaticEvery, signal))]),
    keep('openings', () => openChannels(context, identity, leadership, signal)),
    keep('channels', () => watchChannels(context, identity, leadership, signal)),
    keep('closes', () => closeChannels(context, identity, leadership, signal)),
    keepRunning(
      context,
      'checkpoints',
      () => countPostings(context, identity, leadership, signal),
      signal,
      { needsNode: false },
    ),
    // Also while LND is away: that is what somebody wants to be told.
    keepRunning(
      context,
      'webhooks',
      () => deliverWebhooks(context, identity, leadership, signal),
      signal,
      { needsNode: false },
    ),
    ...(onchain
      ? [keep('costs', () => bookChannelCosts(context, identity, leadership, onchain, signal))]
      : []),
    ...(onchain && funding
      ? [
          keep('on-chain payouts', () => payOnchain(context, identity, leadership, signal)),
          keep('feerates', () => watchFees(context, identity, leadership, signal)),
        ]
      : []),
    ...(forwards
      ? [keep('forwards', () => bookForwards(context, identity, leadership, forwards, signal))]
      : []),
    ...(policies
      ? [keep('fees', () => setRoutingFees(context, identity, leadership, policies, signal))]
      : []),
    keep('swaps', () => pursueSwaps(context, identity, leadership, signal)),
    followDaemons(context, identity, leadership, signal),
    // Without a list there is nothing to keep.
    ...(context.settings.channelSources.length === 0
      ? []
      : [keep('keeper', () => keepChannels(context, identity, leadership, signal))]),
    keep('liquidity', () => keepLiquidity(context, identity, leadership, signal)),
    keep('sweep', async () => {
      while (!signal.aborted) {
        await context.clock.sleep(context.settings.sweep, signal)
        if (!signal.aborted) await sweepInvoices(context, identity, leadership, signal)
      }
    }),
  ])
}
