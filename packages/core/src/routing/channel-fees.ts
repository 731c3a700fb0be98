import { readLiving } from '../channels/record-channels.ts'
import type { Context, Identity } from '../context.ts'
import { channelLiquidity } from '../domain/channel.ts'
import { decideRoutingFee, outboundShare, type RoutingFee } from '../domain/routing-policy.ts'
import type { NodeChannel } from '../ports/lightning-node.ts'
import type { RoutingPolicies, RoutingPolicy } from '../ports/node-channels.ts'
import type { channels } from '../tables/channels.ts'
import type { RowOf } from '../tables/table.ts'

/** One channel's fees, and what the rule makes of it. */
export interface ChannelFee {
  readonly channel: NodeChannel
  readonly row: RowOf<typeof channels> | undefined
  readonly current: RoutingPolicy
  /** 0 to 1; undefined while the channel is not active. */
  readonly share: number | undefined
  /** What the rule asks; undefined where it has no word. */
  readonly wanted: RoutingFee | undefined
}

/** What each open channel asks now. A channel that the graph does not know yet is left out. */
export async function readChannelFees(
  context: Context,
  identity: Identity,
  policies: RoutingPolicies,
  signal?: AbortSignal,
): Promise<readonly ChannelFee[]> {
  const rows = await readLiving(context, identity)
  const open = await context.lightning.listChannels(signal)
  const asked = new Map(
    (await policies.read(signal)).map((policy) => [policy.channelPoint, policy] as const),
  )
  return open.flatMap((channel) => {
    const current = asked.get(channel.channelPoint)
    if (!current) return []
    const share = outboundShare(channelLiquidity(channel))
    const wanted =
      share === undefined ? undefined : decideRoutingFee(context.settings.routing, share, current)
    return [{ channel, row: rows.get(channel.channelPoint), current, share, wanted }]
  })
}
