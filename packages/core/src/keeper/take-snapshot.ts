import { readLiving } from '../channels/record-channels.ts'
import type { Context, Identity } from '../context.ts'
import { lookAt } from '../domain/keeper-count.ts'
import type {
  KeeperChannel,
  KeeperMark,
  KeeperPolicy,
  KeeperSnapshot,
} from '../domain/keeper-snapshot.ts'
import type { ListedPeers } from '../domain/listed-peers.ts'
import { openingPause } from '../domain/opening-pause.ts'
import { readSafety } from '../safety/require-not-halted.ts'
import { channelIntents, closeIntents, openingSlots } from '../tables/channel-intents.ts'
import type { channels } from '../tables/channels.ts'
import { peerMarks } from '../tables/keeper.ts'
import type { RowOf } from '../tables/table.ts'
import type { KeeperRow } from './keeper-row.ts'

/** Enough to know how many failures there were in a row. */
const recentOpenings = 8

/** The settings that decide, as the plan takes them. */
export function keeperPolicy({ settings }: Context): KeeperPolicy {
  const { channels: set } = settings
  return {
    minimumActive: set.minimumActive,
    capacityMsat: set.capacity.msat,
    capPerOpenMsat: settings.capPerOpen.msat,
    gracePeriod: set.gracePeriod,
    settlePeriod: set.settlePeriod,
    maximumFeerate: set.maximumFeerate,
    budgetMsat: set.budgetPerMonth.msat,
    onchainFloorMsat: set.onchainFloor.msat,
  }
}

/**
 * What the plan needs, without the money: from the books alone, LND is not called. What has ended is not
 * read; what only matters when a channel is missing is read only then.
 */
export async function takeSnapshot(
  context: Context,
  identity: Identity,
  keeper: KeeperRow | undefined,
  list: ListedPeers | undefined,
): Promise<KeeperSnapshot> {
  const { live, clock, storage, lightning } = context
  const [living, closed, blacklisted, slot] = await Promise.all([
    readLiving(context, identity),
    readMarks(context, identity, 'closed-by-operator'),
    // A peer may be both blocked and not to be replaced.
    readMarks(context, identity, 'blacklisted'),
    storage.get(openingSlots, [identity.publicKey]),
  ])
  const intent = slot && (await storage.get(channelIntents, [slot.intent]))
  const base: KeeperSnapshot = {
    now: clock.now(),
    self: identity.publicKey,
    readyFor: live.readySince === undefined ? null : clock.monotonic() - live.readySince,
    pausedReason: keeper?.is_paused ? (keeper.paused_reason ?? '') : null,
    haltedReason: null,
    canOpen: lightning.opener !== undefined && lightning.onchain !== undefined,
    list,
    channels: await Promise.all(
      [...living.values()].map((row) => channelOf(context, identity, row)),
    ),
    marks: [...closed, ...blacklisted],
    opening: slot && { intent: slot.intent, peer: intent?.peer ?? null },
    retryAt: 0,
    money: undefined,
  }
  const { wanted, counted } = lookAt(base, keeperPolicy(context)).count
  if (counted >= wanted) return base

  const [safety, coolingDown, recent] = await Promise.all([
    readSafety(context, identity),
    readMarks(context, identity, 'cooling-down'),
    storage.find(channelIntents, {
      index: 'created',
      equals: [identity.publicKey],
      descending: true,
      // Not those of a clock that was ahead.
      after: [base.now + 1, ''],
      limit: recentOpenings,
    }),
  ])
  return {
    ...base,
    haltedReason: safety.is_halted ? (safety.reason ?? '') : null,
    marks: [...base.marks, ...coolingDown],
    retryAt: openingPause(
      recent.map(({ state, reason, updated_at: updatedAt }) => ({ state, reason, updatedAt })),
      base.now,
    ),
  }
}

async function channelOf(
  context: Context,
  identity: Identity,
  row: RowOf<typeof channels>,
): Promise<KeeperChannel> {
  const request =
    row.state === 'closing'
      ? await context.storage.get(closeIntents, [identity.publicKey, row.channel_point])
      : undefined
  const intent =
    row.state === 'opening' && row.intent !== null
      ? await context.storage.get(channelIntents, [row.intent])
      : undefined
  return {
    peer: row.peer,
    state: row.state as KeeperChannel['state'],
    ownership: (row.ownership ?? 'observe') as KeeperChannel['ownership'],
    inactiveSince: row.inactive_since,
    // Said of a funding by those who follow it: see `markStuck`.
    isStuck: intent?.reason === 'unconfirmed',
    isAttributed: row.attribution !== null,
    isWaived: request !== undefined && request.state !== 'refused' && !request.is_replaced,
  }
}

async function readMarks(
  context: Context,
  identity: Identity,
  state: KeeperMark['state'],
): Promise<KeeperMark[]> {
  const marks: KeeperMark[] = []
  let after: string[] | undefined
  for (;;) {
    const rows = await context.storage.find(peerMarks, {
      index: 'state',
      equals: [identity.publicKey, state],
      limit: 1000,
      ...(after && { after }),
    })
    for (const { peer, until, is_waived: isWaived } of rows) {
      marks.push({ peer, state, until, isWaived: isWaived === true })
    }
    if (rows.length < 1000) return marks
    after = [rows.at(-1)!.peer]
  }
}
