import { readLiving } from '../channels/record-channels.ts'
import type { Context, Identity } from '../context.ts'
import type { ChannelSighting, NodeComparison } from '../domain/compare-with-node.ts'
import { PaymentNodeError } from '../errors.ts'
import { channels } from '../tables/channels.ts'
import { differences } from '../tables/comparison.ts'
import { invoices } from '../tables/invoices.ts'
import { payouts } from '../tables/payouts.ts'
import type { RowOf } from '../tables/table.ts'

/** A channel that the books know, and how LND shows it. */
export interface SightedChannel extends ChannelSighting {
  readonly channelPoint: string
}

/** The channels that the books know, as LND lists them; without what was accepted before. */
export async function sightChannels(
  context: Context,
  identity: Identity,
  signal: AbortSignal,
): Promise<{ sightings: readonly SightedChannel[]; listed: number }> {
  const { lightning, clock } = context
  // What the books know first: LND's counts only grow meanwhile.
  const stored = await readLiving(context, identity)
  const pending = await lightning.listPendingChannels(signal)
  const open = await lightning.listChannels(signal)
  const closed = await lightning.listClosedChannels(signal)
  for (const { channelPoint } of open) {
    if (stored.has(channelPoint)) continue
    const row = await context.storage.get(channels, [identity.publicKey, channelPoint])
    if (row?.state === 'closed') stored.set(channelPoint, row)
  }
  const updates = new Map(open.map(({ channelPoint, updateCount }) => [channelPoint, updateCount]))
  const elsewhere = new Set([...pending, ...closed].map(({ channelPoint }) => channelPoint))
  const sightings: SightedChannel[] = []
  for (const row of stored.values()) {
    const shownUpdates = updates.get(row.channel_point)
    const sighting: SightedChannel = {
      channelPoint: row.channel_point,
      state: row.state as ChannelSighting['state'],
      knownUpdates: row.update_count,
      shown:
        shownUpdates !== undefined
          ? 'open'
          : elsewhere.has(row.channel_point)
            ? 'elsewhere'
            : 'nowhere',
      shownUpdates: Number(shownUpdates ?? 0n),
      isCloseSeen: row.close_type !== null,
      unchangedFor: clock.now() - row.updated_at,
    }
    if (!(await isAccepted(context, identity, sighting))) sightings.push(sighting)
  }
  return { sightings, listed: open.length + pending.length + closed.length }
}

async function isAccepted(
  context: Context,
  { publicKey }: Identity,
  sighting: SightedChannel,
): Promise<boolean> {
  const id = sighting.shown === 'nowhere' ? unlistedChannel(sighting) : olderChannel(sighting)
  return (await context.storage.get(differences, [publicKey, id])) !== undefined
}

export function olderChannel({
  channelPoint,
  knownUpdates,
}: Pick<SightedChannel, 'channelPoint' | 'knownUpdates'>): string {
  return `channel/${channelPoint}/older/${knownUpdates}`
}

export function unlistedChannel({ channelPoint }: Pick<SightedChannel, 'channelPoint'>): string {
  return `channel/${channelPoint}/unlisted`
}

/** The settled invoice that LND added last, and whether LND has it as settled. LND deletes no settled invoice. */
export async function sightNewestSettled(
  context: Context,
  identity: Identity,
  signal: AbortSignal,
): Promise<{ sighting: NodeComparison['newestSettled']; row?: RowOf<typeof invoices> }> {
  const [row] = await context.storage.find(invoices, {
    index: 'added',
    equals: [identity.publicKey, 'settled'],
    descending: true,
    limit: 1,
  })
  if (!row) return { sighting: 'none' }
  const id = forgottenInvoice(row)
  if (await context.storage.get(differences, [identity.publicKey, id])) return { sighting: 'none' }
  try {
    const { state } = await context.lightning.lookupInvoice(row.payment_hash, signal)
    return { sighting: state === 'settled' ? 'settled' : 'forgotten', row }
  } catch (error) {
    if (!PaymentNodeError.is(error, 'node.invoice-not-found')) throw error
    return { sighting: 'forgotten', row }
  }
}

export function forgottenInvoice({ id }: Pick<RowOf<typeof invoices>, 'id'>): string {
  return `invoice/${id}/forgotten`
}

/** Whether a payout was handed to LND and has not ended. */
export async function countUnderWay(context: Context, { publicKey }: Identity): Promise<number> {
  const rows = await context.storage.find(payouts, {
    index: 'state',
    equals: [publicKey, 'sending'],
    limit: 1,
  })
  return rows.length
}
