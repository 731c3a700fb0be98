import type { RoutingPolicy } from '@payment-node/core'
import { channelInfo } from './calls/get-channel-info.ts'
import { getInfoCall } from './calls/get-info.ts'
import { nodeInfo } from './calls/get-node-info.ts'
import { listChannelsCall } from './calls/list-channels.ts'
import type { Connection } from './connection.ts'
import type { ChannelEdge } from './generated/messages.ts'
import { integer, smallInteger } from './wire-values.ts'

/** Channels that are asked for at a time, so that a big node is not flooded. */
const atATime = 8

/**
 * What each open channel asks on our side. FeeReport has no time lock, so this reads our own node from
 * the graph: one call has all announced channels. The others, private or still too young, are asked for
 * one by one.
 */
export async function routingPolicies(
  connection: Connection,
  signal: AbortSignal | undefined,
): Promise<readonly RoutingPolicy[]> {
  const [{ identity_pubkey }, { channels }] = await Promise.all([
    connection.unary(getInfoCall, {}, { signal }),
    connection.unary(listChannelsCall, {}, { signal }),
  ])
  const known = await nodeInfo(connection, identity_pubkey, signal)
  const edges = new Map(known?.channels.map((edge) => [edge.chan_point, edge]))
  const points = channels.map(({ channel_point }) => channel_point)
  const missing = points.filter((point) => !edges.has(point))
  for (let start = 0; start < missing.length; start += atATime) {
    const asked = missing.slice(start, start + atATime)
    const found = await Promise.all(asked.map((point) => channelInfo(connection, point, signal)))
    for (const edge of found) if (edge) edges.set(edge.chan_point, edge)
  }
  return points.flatMap((point) => readPolicy(edges.get(point), identity_pubkey))
}

function readPolicy(edge: ChannelEdge | undefined, ourKey: string): readonly RoutingPolicy[] {
  if (!edge) return []
  const policy = edge.node1_pub === ourKey ? edge.node1_policy : edge.node2_policy
  if (!policy) return []
  return [
    {
      channelPoint: edge.chan_point,
      baseFeeMsat: integer(policy.fee_base_msat),
      feeRatePpm: smallInteger(policy.fee_rate_milli_msat),
      timeLockDeltaBlocks: policy.time_lock_delta,
    },
  ]
}
