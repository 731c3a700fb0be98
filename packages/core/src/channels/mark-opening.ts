import type { Context, Identity, Leadership } from '../context.ts'
import { bookFundingFee } from '../domain/ledger.ts'
import { blamesPeer, type OpeningFailure, type OpeningState } from '../domain/opening.ts'
import { printableWords } from '../domain/printable-words.ts'
import { newEvent } from '../events/new-event.ts'
import type { EventType } from '../events.ts'
import { postTransaction } from '../ledger/post-transaction.ts'
import { findMark, forgetFailures, markPeer } from '../peers/mark-peer.ts'
import type { NewEvent, Refused, Write } from '../ports/storage.ts'
import { record } from '../record.ts'
import { countIntent } from '../safety/count-intent.ts'
import {
  channelIntents,
  claimedOutpoints,
  openingSlots,
  spending,
} from '../tables/channel-intents.ts'
import { ledgerTransactions } from '../tables/ledger.ts'
import { safety } from '../tables/node.ts'
import { type Fields, type RowOf, remove, requireUnchanged, update } from '../tables/table.ts'
import { type ChannelOpening, openingView } from './opening-view.ts'
import { openingBudget } from './read-money.ts'

type Intent = RowOf<typeof channelIntents>

type OpeningEvent = Extract<
  EventType,
  'channel.open-failed' | 'channel.stuck' | 'channel.abandoned'
>

interface Mark {
  readonly set: Partial<Fields<typeof channelIntents>>
  readonly writes?: readonly Write[]
  readonly event?: OpeningEvent
  readonly events?: readonly NewEvent[]
}

/** The intent to call, durable before the call to LND; refused when the kill switch or the intent has changed. */
export function markCalled(
  context: Context,
  identity: Identity,
  intent: Intent,
  guard: RowOf<typeof safety>,
  leadership: Leadership,
): Promise<Refused | undefined> {
  return mark(context, identity, intent, leadership, {
    set: { state: 'opening', reason: null, epoch: leadership.epoch, calls: intent.calls + 1 },
    writes: [requireUnchanged(safety, guard), countIntent(identity)],
  })
}

/** Why nothing happens now. */
export function markOpeningWaits(
  context: Context,
  identity: Identity,
  intent: Intent,
  leadership: Leadership,
  reason: string,
): Promise<Refused | undefined> {
  return mark(context, identity, intent, leadership, { set: { reason } })
}

/** LND has the channel: from now on its funding is what counts. */
export function markPending(
  context: Context,
  identity: Identity,
  intent: Intent,
  leadership: Leadership,
  channelPoint: string,
): Promise<Refused | undefined> {
  return mark(context, identity, intent, leadership, {
    set: {
      state: 'pending',
      reason: null,
      channel_point: channelPoint,
      since_height: context.live.info?.blockHeight ?? intent.since_height,
    },
  })
}

/** No longer holds up the next open; it is still followed. */
export async function markStuck(
  context: Context,
  identity: Identity,
  intent: Intent,
  leadership: Leadership,
  reason: 'unconfirmed' | 'stuck-coins',
): Promise<Refused | undefined> {
  return mark(context, identity, intent, leadership, {
    set: { reason },
    writes: await freeSlot(context, identity, intent),
    event: 'channel.stuck',
  })
}

/** The channel is open: its real fee is booked, and what was reserved above it goes back to the budget. */
export async function markOpen(
  context: Context,
  identity: Identity,
  intent: Intent,
  leadership: Leadership,
  channelPoint: string,
  feeMsat: bigint | undefined,
): Promise<Refused | undefined> {
  return mark(context, identity, intent, leadership, {
    set: { state: 'open', channel_point: channelPoint, fee_msat: feeMsat ?? null },
    writes: [
      ...(await release(context, identity, intent, feeMsat ?? intent.fee_limit_msat)),
      ...(await bookFee(context, identity, channelPoint, feeMsat)),
      ...forgetFailures(await findMark(context, identity, intent.peer)),
    ],
  })
}

/** Who looked at the wallet first may have booked it already. */
async function bookFee(
  context: Context,
  identity: Identity,
  channelPoint: string,
  feeMsat: bigint | undefined,
): Promise<Write[]> {
  if (!feeMsat) return []
  const fact = bookFundingFee(channelPoint, channelPoint.split(':')[0]!, feeMsat)
  const isBooked = await context.storage.get(ledgerTransactions, [identity.publicKey, fact.id])
  return isBooked ? [] : postTransaction(context, identity, fact)
}

/** It will not be opened; nothing was spent. A refusal that says something about the peer is remembered. */
export async function markFailed(
  context: Context,
  identity: Identity,
  intent: Intent,
  leadership: Leadership,
  failure: OpeningFailure,
  says: string,
): Promise<Refused | undefined> {
  const marked = blamesPeer(failure)
    ? markPeer(context, identity, await findMark(context, identity, intent.peer), intent.peer, {
        state: 'cooling-down',
        reason: failure,
        says,
        evidence: { opening: intent.id, at: context.clock.now(), calls: intent.calls },
      })
    : { writes: [], events: [] }
  return mark(context, identity, intent, leadership, {
    set: { state: 'failed', reason: failure, evidence: { says: printableWords(says) } },
    writes: [...(await release(context, identity, intent, 0n)), ...marked.writes],
    event: 'channel.open-failed',
    events: marked.events,
  })
}

/** Another transaction spent one of its coins, and is buried: this channel can never be. */
export async function markAbandoned(
  context: Context,
  identity: Identity,
  intent: Intent,
  leadership: Leadership,
  evidence: unknown,
): Promise<Refused | undefined> {
  return mark(context, identity, intent, leadership, {
    set: { state: 'abandoned', reason: 'coins-spent', evidence },
    writes: await release(context, identity, intent, 0n),
    event: 'channel.abandoned',
  })
}

/** Gives back place, coins and what was reserved of the budget above `spentMsat`. */
async function release(
  context: Context,
  identity: Identity,
  intent: Intent,
  spentMsat: bigint,
): Promise<Write[]> {
  const reservedMsat = intent.fee_limit_msat
  const claims = await Promise.all(
    (intent.outpoints as string[]).map((outpoint) =>
      context.storage.get(claimedOutpoints, [identity.publicKey, outpoint]),
    ),
  )
  return [
    ...(await freeSlot(context, identity, intent)),
    ...claims.flatMap((claim) =>
      claim?.intent === intent.id ? [remove(claimedOutpoints, claim)] : [],
    ),
    ...(spentMsat === reservedMsat
      ? []
      : [
          {
            op: 'add' as const,
            table: spending,
            key: [identity.publicKey, openingBudget, intent.budget_period],
            column: 'amount_msat',
            by: spentMsat - reservedMsat,
          },
        ]),
  ]
}

async function freeSlot(context: Context, identity: Identity, intent: Intent): Promise<Write[]> {
  const slot = await context.storage.get(openingSlots, [identity.publicKey])
  return slot?.intent === intent.id ? [remove(openingSlots, slot)] : []
}

async function mark(
  context: Context,
  identity: Identity,
  intent: Intent,
  leadership: Leadership,
  { set, writes = [], event, events = [] }: Mark,
): Promise<Refused | undefined> {
  const changed = { ...set, updated_at: context.clock.now() }
  const opening: ChannelOpening = openingView({ ...intent, ...changed })
  const change = {
    writes: [update(channelIntents, intent, changed), ...writes],
    events: [
      ...(event ? [newEvent(context, identity, event, `opening/${intent.id}`, { opening })] : []),
      ...events,
    ],
    fence: leadership.fence,
  }
  // Read again by the caller's next round, which decides on what is there then.
  const refused = await record(context, change, async () => {
    const now = await context.storage.get(channelIntents, [intent.id])
    return now?.revision === intent.revision + 1 && now.state === (set.state ?? intent.state)
  })
  if (!refused) context.live.wakeKeeper()
  return refused
}

/** States in which an intent has not come to its end. */
export const livingOpenings: readonly OpeningState[] = ['intended', 'opening', 'pending']
