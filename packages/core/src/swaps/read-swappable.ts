import type { Context, Identity } from '../context.ts'
import type { NodeChannel } from '../ports/lightning-node.ts'
import { swapTotals } from '../tables/swaps.ts'

/** What the node has in its active channels, and what swaps have taken out of them for now; in msat. */
export function outboundOf(channels: readonly NodeChannel[]): bigint {
  return channels
    .filter(({ isActive }) => isActive)
    .reduce((sum, { localMsat, pendingHtlcs }) => {
      const outgoing = pendingHtlcs.filter(({ direction }) => direction === 'outgoing')
      return sum + localMsat + outgoing.reduce((all, { amountMsat }) => all + amountMsat, 0n)
    }, 0n)
}

/** The cap of all swaps under way, in msat: the share of what the node has, or the amount that is set. */
export function swappingCap(
  { settings: { swapping } }: Context,
  outboundMsat: bigint,
): { readonly cap: 'in-flight' | 'outbound'; readonly limitMsat: bigint } {
  const shareMsat = (outboundMsat * swapping.inFlightShareOfOutbound) / 1_000_000n
  return shareMsat < swapping.inFlight.msat
    ? { cap: 'outbound', limitMsat: shareMsat }
    : { cap: 'in-flight', limitMsat: swapping.inFlight.msat }
}

/** What that cap leaves for new swaps: those under way count until they have ended. */
export async function readSwappable(
  context: Context,
  { publicKey }: Identity,
  channels: readonly NodeChannel[],
): Promise<bigint> {
  const { limitMsat } = swappingCap(context, outboundOf(channels))
  const row = await context.storage.get(swapTotals, [publicKey, 'all'])
  const leftMsat = limitMsat - (row?.amount_msat ?? 0n)
  return leftMsat > 0n ? leftMsat : 0n
}
