import type { Asset } from '../domain/proof.ts'
import type { LightningNode, NodeChannel, PendingChannel } from '../ports/lightning-node.ts'

/** LND lists balances in whole satoshi. */
const rounding = 1000n

/** Everything that LND has, by its own lists. */
export async function readAssets(
  lightning: LightningNode,
  signal?: AbortSignal,
): Promise<readonly Asset[]> {
  const [wallet, open, pending] = await Promise.all([
    lightning.walletBalance(signal),
    lightning.listChannels(signal),
    lightning.listPendingChannels(signal),
  ])
  const coins = wallet.confirmedMsat + wallet.unconfirmedMsat
  const opening = pending.filter(({ state }) => state === 'opening')
  const closing = pending.filter(({ state }) => state !== 'opening')
  return [
    { name: 'wallet', low: coins, high: coins },
    // A lock outlives the publishing of what spends it: until that confirms, its change is in the wallet as well.
    { name: 'wallet locked', low: 0n, high: wallet.lockedMsat, mayOverlap: true },
    total('channels', open.map(inChannel)),
    { ...total('channels opening', opening.map(inPending)), mayOverlap: true },
    { ...total('channels closing', closing.map(inPending)), mayOverlap: true },
  ]
}

/**
 * Our side of a channel. What the opener holds back for the commitment transaction and its anchors is his.
 * A payment under way belongs to neither side for certain: LND may have settled it already.
 */
function inChannel(channel: NodeChannel): { readonly low: bigint; readonly high: bigint } {
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

/** Its coins may be in the wallet at the same time: as inputs that are free again, or as outputs of the close. */
function inPending(channel: PendingChannel): { readonly low: bigint; readonly high: bigint } {
  const { isInitiator, capacityMsat, remoteMsat, localMsat } = channel
  return { low: 0n, high: isInitiator ? capacityMsat - remoteMsat : localMsat + rounding }
}

function total(name: string, parts: readonly { low: bigint; high: bigint }[]): Asset {
  return {
    name,
    low: parts.reduce((sum, { low }) => sum + low, 0n),
    high: parts.reduce((sum, { high }) => sum + high, 0n),
  }
}
