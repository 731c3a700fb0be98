import type { Forward } from '@payment-node/core'
import type { RouteHop } from './carry-htlc.ts'
import type { NodeState } from './node-state.ts'
import type { Simulation } from './simulation.ts'

/** Somebody else's payment has crossed `node`. LND writes such events down every 15 seconds. */
export function recordForward(
  simulation: Simulation,
  node: NodeState,
  incoming: RouteHop,
  outgoing: RouteHop,
): void {
  const { clock, timing } = simulation
  const now = BigInt(clock.now() + node.clockSkew) * 1_000_000n
  const last = node.forwards.at(-1)?.forward.at ?? 0n
  const rounds = Math.floor(clock.monotonic() / timing.forwardMilliseconds) + 1
  node.forwards.push({
    forward: {
      at: now > last ? now : last + 1n,
      channelIdIn: incoming.channel.channelId.toString(),
      channelIdOut: outgoing.channel.channelId.toString(),
      amountOutMsat: outgoing.amountMsat,
      feeMsat: incoming.amountMsat - outgoing.amountMsat,
    },
    listedFrom: rounds * timing.forwardMilliseconds,
  })
}

/** A process that ends in order writes down what it still has in memory. */
export function flushForwards({ clock }: Simulation, node: NodeState): void {
  const now = clock.monotonic()
  for (const record of node.forwards) record.listedFrom = Math.min(record.listedFrom, now)
}

/** ForwardingHistory: what is written down, oldest first; times in milliseconds since 1970. */
export function listForwards(
  { clock }: Simulation,
  node: NodeState,
  page: {
    readonly startTime: number
    readonly endTime: number
    readonly offset: number
    readonly limit: number
  },
): Forward[] {
  const now = clock.monotonic()
  return node.forwards
    .filter(({ forward, listedFrom }) => {
      const at = Number(forward.at / 1_000_000n)
      return listedFrom <= now && at >= page.startTime && at <= page.endTime
    })
    .slice(page.offset, page.offset + page.limit)
    .map(({ forward }) => ({ ...forward }))
}
