import { underWayMsat } from '../domain/channel.ts'
import { receivedFrom } from '../domain/channel-costs.ts'
import type { Asset, Bounds } from '../domain/proof.ts'
import type { LightningNode, NodeChannel, PendingChannel } from '../ports/lightning-node.ts'
import type { WalletTransaction } from '../ports/node-onchain.ts'
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
  // Before the wallet's balance: what came to the wallet here is counted there.
  const claims = await readClaims(lightning, pending, blockHeight, signal)
  const [wallet, open] = await Promise.all([
    lightning.walletBalance(signal),
    lightning.listChannels(signal),
  ])
  const coins = wallet.confirmedMsat + wallet.unconfirmedMsat
  const opening = pending.filter(({ state }) => state === 'opening')
  const closing = pending.filter(({ state }) => state !== 'opening')
  const maturing = closing.filter(({ limbo }) => limbo !== undefined)
  // LND counts a claim and the one that replaces it, until a block has one of them.
  const twiceMsat = maturing.length > 0 ? wallet.unconfirmedMsat : 0n
  const assets: Asset[] = [
    { name: 'wallet', low: coins - twiceMsat, high: coins },
    // A lock outlives the publishing of what spends it: until that confirms, its change is in the wallet as well.
    { name: 'wallet locked', low: 0n, high: wallet.lockedMsat, mayOverlap: true },
    total('channels', open.map(inChannel)),
    { ...total('channels opening', opening.map(inOpening)), mayOverlap: true },
    {
      ...total(
        'channels closing',
        closing.map((channel) => inClosing(channel, claims)),
      ),
      mayOverlap: true,
    },
  ]
  return { assets, forceClosing: maturing.length }
}

/** What the wallet may have claimed from force closes; where this macaroon may not read it, nothing is known of it. */
async function readClaims(
  { onchain }: LightningNode,
  pending: readonly PendingChannel[],
  blockHeight: number,
  signal?: AbortSignal,
): Promise<readonly WalletTransaction[]> {
  if (!onchain || !pending.some(({ limbo }) => limbo)) return []
  try {
    const seen = await onchain.transactions(Math.max(0, blockHeight - longestHtlc), signal)
    return seen.filter(({ amountSat }) => amountSat > 0n)
  } catch (error) {
    if (isForbidden(error)) return []
    throw error
  }
}

/**
 * Our side of a channel. What the opener holds back for the commitment transaction and its anchors is his.
 * A payment under way belongs to neither side for certain: LND may have settled it already.
 */
function inChannel(channel: NodeChannel): Bounds {
  const { capacityMsat, localMsat, remoteMsat, isInitiator } = channel
  const underWay = underWayMsat(channel)
  // Balances are rounded down: ours may be a little more, and the rest of the capacity a little less.
  if (!isInitiator) return { low: localMsat, high: localMsat + underWay + rounding }
  const rest = capacityMsat - remoteMsat
  const low = rest - underWay - rounding
  return { low: low > localMsat ? low : localMsat, high: rest + rounding }
}

/** The same as one amount, for an opening balance: without payments under way. */
export function ownedInChannel(channel: NodeChannel): bigint {
  const { capacityMsat, localMsat, remoteMsat, isInitiator } = channel
  if (!isInitiator) return localMsat
  return capacityMsat - remoteMsat - underWayMsat(channel)
}

/** Its coins may be in the wallet at the same time: as inputs that are free again. */
function inOpening({ isInitiator, capacityMsat, remoteMsat, localMsat }: PendingChannel): Bounds {
  return { low: 0n, high: isInitiator ? capacityMsat - remoteMsat : localMsat + rounding }
}

/**
 * Its coins may be in the wallet at the same time, as outputs of the close. An HTLC may become the peer's or
 * ours. All that is not the peer's may be ours, less what has come to the wallet; LND does not list all that it
 * claims. What it does list counts also where one transaction claimed for several channels.
 */
function inClosing(channel: PendingChannel, claims: readonly WalletTransaction[]): Bounds {
  const { capacityMsat, remoteMsat, limbo, closingTransaction = '' } = channel
  const wholeMsat = capacityMsat - remoteMsat
  if (!limbo) return { low: 0n, high: wholeMsat }
  const claimed = new Set(claims.flatMap(({ spends }) => spends))
  const listed = limbo.htlcs.reduce(
    (rest, { outpoint, amountMsat }) => (claimed.has(outpoint) ? rest - amountMsat : rest),
    limbo.totalMsat,
  )
  const left = wholeMsat - receivedFrom(closingTransaction, claims)
  let high = listed
  if (left > high) high = left
  return { low: 0n, high: high > 0n ? high : 0n }
}

function total(name: string, parts: readonly Bounds[]): Asset {
  return {
    name,
    low: parts.reduce((sum, { low }) => sum + low, 0n),
    high: parts.reduce((sum, { high }) => sum + high, 0n),
  }
}
