import type { Asset, Bounds } from '../domain/proof.ts'
import type { LightningNode, NodeChannel, PendingChannel } from '../ports/lightning-node.ts'
import { isForbidden } from '../workers/repeat-patiently.ts'

/** LND lists balances in whole satoshi. */
const rounding = 1000n

/** An HTLC is resolved within so many blocks of a close (LND: `max-cltv-expiry`): older claims are not looked for. */
const longestHtlc = 2016

/** What LND has, and how many force closes may have cost something that is not booked yet. */
export interface NodeAssets {
  readonly assets: readonly Asset[]
  readonly forceClosing: number
}

/** Everything that LND has, by its own lists. */
export async function readAssets(
  lightning: LightningNode,
  blockHeight: number,
  signal?: AbortSignal,
): Promise<NodeAssets> {
  const pending = await lightning.listPendingChannels(signal)
  // Before the wallet's balance: what it spends here is counted there.
  const claimed = await readClaimed(lightning, pending, blockHeight, signal)
  const [wallet, open] = await Promise.all([
    lightning.walletBalance(signal),
    lightning.listChannels(signal),
  ])
  const coins = wallet.confirmedMsat + wallet.unconfirmedMsat
  const opening = pending.filter(({ state }) => state === 'opening')
  const closing = pending.filter(({ state }) => state !== 'opening')
  const assets: Asset[] = [
    { name: 'wallet', low: coins, high: coins },
    // A lock outlives the publishing of what spends it: until that confirms, its change is in the wallet as well.
    { name: 'wallet locked', low: 0n, high: wallet.lockedMsat, mayOverlap: true },
    total('channels', open.map(inChannel)),
    { ...total('channels opening', opening.map(inOpening)), mayOverlap: true },
    {
      ...total(
        'channels closing',
        closing.map((channel) => inClosing(channel, claimed)),
      ),
      mayOverlap: true,
    },
  ]
  return { assets, forceClosing: closing.filter(({ limbo }) => limbo !== undefined).length }
}

/** Outputs of HTLCs that the wallet has claimed already: LND lists them in limbo until the last of the channel is final. */
async function readClaimed(
  { onchain }: LightningNode,
  pending: readonly PendingChannel[],
  blockHeight: number,
  signal?: AbortSignal,
): Promise<ReadonlySet<string>> {
  if (!onchain || !pending.some(({ limbo }) => limbo && limbo.htlcs.length > 0)) return new Set()
  try {
    const seen = await onchain.transactions(Math.max(0, blockHeight - longestHtlc), signal)
    return new Set(seen.flatMap(({ spends }) => spends))
  } catch (error) {
    if (isForbidden(error)) return new Set()
    throw error
  }
}

/**
 * Our side of a channel. What the opener holds back for the commitment transaction and its anchors is his.
 * A payment under way belongs to neither side for certain: LND may have settled it already.
 */
function inChannel(channel: NodeChannel): Bounds {
  const { capacityMsat, localMsat, remoteMsat, pendingHtlcs, isInitiator } = channel
  const underWay = pendingHtlcs.reduce((sum, { amountMsat }) => sum + amountMsat, 0n)
  // Balances are rounded down: ours may be a little more, and the rest of the capacity a little less.
  if (!isInitiator) return { low: localMsat, high: localMsat + underWay + rounding }
  const rest = capacityMsat - remoteMsat
  const low = rest - underWay - rounding
  return { low: low > localMsat ? low : localMsat, high: rest + rounding }
}

/** The same as one amount, for an opening balance: without payments under way. */
export function ownedInChannel(channel: NodeChannel): bigint {
  const { capacityMsat, localMsat, remoteMsat, pendingHtlcs, isInitiator } = channel
  if (!isInitiator) return localMsat
  return pendingHtlcs.reduce((rest, { amountMsat }) => rest - amountMsat, capacityMsat - remoteMsat)
}

/** Its coins may be in the wallet at the same time: as inputs that are free again. */
function inOpening({ isInitiator, capacityMsat, remoteMsat, localMsat }: PendingChannel): Bounds {
  return { low: 0n, high: isInitiator ? capacityMsat - remoteMsat : localMsat + rounding }
}

/**
 * Its coins may be in the wallet at the same time, as outputs of the close. An HTLC may become the peer's or
 * ours. Until the node tells what it claims, all that is not the peer's may be ours.
 */
function inClosing(
  { capacityMsat, remoteMsat, limbo }: PendingChannel,
  claimed: ReadonlySet<string>,
): Bounds {
  if (!limbo) return { low: 0n, high: capacityMsat - remoteMsat }
  const high = limbo.htlcs.reduce(
    (rest, { outpoint, amountMsat }) => (claimed.has(outpoint) ? rest - amountMsat : rest),
    limbo.totalMsat,
  )
  return { low: 0n, high: high > 0n ? high : 0n }
}

function total(name: string, parts: readonly Bounds[]): Asset {
  return {
    name,
    low: parts.reduce((sum, { low }) => sum + low, 0n),
    high: parts.reduce((sum, { high }) => sum + high, 0n),
  }
}
