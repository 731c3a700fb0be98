import type { Context, Identity } from '../context.ts'
import { channelLiquidity } from '../domain/channel.ts'
import { lookAt } from '../domain/keeper-count.ts'
import { wholeFeerate } from '../domain/keeper-money.ts'
import type { KeeperSnapshot } from '../domain/keeper-snapshot.ts'
import { closeFeeMsat, isAllLocal } from '../domain/liquidity-close.ts'
import { readKeeper } from '../keeper/keeper-row.ts'
import { keeperPolicy, takeSnapshot } from '../keeper/take-snapshot.ts'
import { currentPeers } from '../peers/current-peers.ts'
import type { NodeChannel } from '../ports/lightning-node.ts'
import { closeIntents } from '../tables/channel-intents.ts'
import { channels } from '../tables/channels.ts'
import type { RowOf } from '../tables/table.ts'

/** A channel that nobody needs. */
export interface ClosableChannel {
  readonly channel: NodeChannel
  readonly row: RowOf<typeof channels>
  /** Whole sat/vB that LND is asked for. */
  readonly satPerVbyte: number
  /** What the close costs at that feerate, in msat. */
  readonly feeMsat: bigint
}

/** Closes that are not done yet: their channels can neither send nor receive much longer. */
export async function readClosing(
  { storage }: Context,
  { publicKey }: Identity,
): Promise<readonly RowOf<typeof closeIntents>[]> {
  const read = (state: string): Promise<RowOf<typeof closeIntents>[]> =>
    storage.find(closeIntents, { index: 'state', equals: [publicKey, state], limit: 1000 })
  return (await Promise.all(['intended', 'closing'].map(read))).flat()
}

/**
 * The channels that the autopilot may close, by channel point: ours and opened by us, everything on our side,
 * no payment under way, nobody asked to close it before, not counted on by the keeper, and no part of an outbound
 * floor that came with adopted channels. None while another close of the autopilot is not done: one at a time.
 */
export async function readClosable(
  context: Context,
  identity: Identity,
  list: readonly NodeChannel[],
  feerate: number | null,
): Promise<ReadonlyMap<string, ClosableChannel>> {
  const { settings, lightning, storage } = context
  const found = new Map<string, ClosableChannel>()
  if (feerate === null || !lightning.opener) return found
  const satPerVbyte = wholeFeerate(feerate)
  if (!(satPerVbyte <= settings.channels.maximumFeerate)) return found
  const candidates = list.filter(
    (channel) =>
      channel.isInitiator &&
      channel.pendingHtlcs.length === 0 &&
      isAllLocal({ capacityMsat: channel.capacityMsat, ...channelLiquidity(channel) }),
  )
  if (candidates.length === 0) return found
  if ((await readClosing(context, identity)).some(({ decision }) => decision !== null)) return found
  const peers = await currentPeers(context, identity.publicKey)
  const keeper = await takeSnapshot(context, identity, await readKeeper(context, identity), peers)
  for (const channel of candidates) {
    const key = [identity.publicKey, channel.channelPoint]
    const row = await storage.get(channels, key)
    if (row?.ownership !== 'ours') continue
    if (row.intent === null && settings.liquidity.outboundFloor.msat > 0n) continue
    if (await storage.get(closeIntents, key)) continue
    if (isCountedOn(keeper, keeperPolicy(context), channel.peer)) continue
    const feeMsat = closeFeeMsat(satPerVbyte)
    found.set(channel.channelPoint, { channel, row, satPerVbyte, feeMsat })
  }
  return found
}

/** Whether the keeper would have fewer channels than it wants, or no other one to this peer of its list. */
function isCountedOn(
  snapshot: KeeperSnapshot,
  policy: ReturnType<typeof keeperPolicy>,
  peer: string,
): boolean {
  if (!snapshot.list?.byKey.has(peer)) return false
  const active = snapshot.channels.filter((one) => one.peer === peer && one.state === 'active')
  if (active.filter(({ ownership }) => ownership !== 'never').length > 1) return false
  const { counted, wanted } = lookAt(snapshot, policy).count
  return counted <= wanted
}
