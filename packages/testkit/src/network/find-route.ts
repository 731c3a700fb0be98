import type { RouteHint } from './bolt11-invoice.ts'
import type { RouteHop } from './carry-htlc.ts'
import {
  type Channel,
  type ForwardingPolicy,
  forwardingFee,
  isDeserted,
  otherSide,
  type Side,
  sendableMsat,
  sideOf,
} from './channel.ts'
import type { NodeState } from './node-state.ts'
import type { Simulation } from './simulation.ts'

/** A channel in one direction as path finding sees it. */
interface Edge {
  readonly channel: Channel
  readonly from: Side
  readonly policy: ForwardingPolicy
}

/** What path finding is asked for. */
export interface RouteRequest {
  readonly source: NodeState
  readonly destination: string
  readonly amountMsat: bigint
  readonly feeLimitMsat: bigint
  /** Blocks that the payee wants, padding included. */
  readonly finalCltvBlocks: number
  readonly routeHints: readonly (readonly RouteHint[])[]
  /** Short channel ids for the first hop; none: any. */
  readonly outgoingChannels: readonly bigint[]
  /** What the caller allows at most, in blocks; padding included. */
  readonly maximumCltvBlocks: number | undefined
  /** Amounts that failed on a channel and direction, by {@link edgeKey}. */
  readonly avoided: ReadonlyMap<string, bigint>
}

/** LND's `max-cltv-expiry`: no route may lock money for longer, in blocks. */
export const maximumCltvBlocks = 2016
/** BOLT4: more hops do not fit into an onion. */
const maximumHops = 20

/** Names a channel and direction. */
export function edgeKey(channel: Channel, from: Side): string {
  return `${channel.channelPoint}/${from}`
}

/** What `source` could send over all its channels together, or over these only. */
export function outgoingMsat(
  simulation: Simulation,
  source: NodeState,
  among: readonly bigint[],
): bigint {
  let sum = 0n
  for (const channel of simulation.channels.values()) {
    const side = sideOf(channel, source)
    if (side === undefined || !isAllowed(channel, among)) continue
    if (isKnown(simulation, channel)) sum += sendableMsat(channel, side)
  }
  return sum
}

function isAllowed({ channelId }: Channel, among: readonly bigint[]): boolean {
  return among.length === 0 || among.includes(channelId)
}

function isKnown(simulation: Simulation, channel: Channel): boolean {
  const isThere = channel.stage === 'open' || isDeserted(channel, 0) || isDeserted(channel, 1)
  return isThere && channel.knownFrom <= simulation.clock.monotonic()
}

/** Others hear of a public channel when its funding has six confirmations (BOLT7). */
function isAnnounced(simulation: Simulation, channel: Channel): boolean {
  return isKnown(simulation, channel) && isInGraph(simulation, channel)
}

/** Whether the graph of others counts the channel: from its announcement to the block that spends it. */
export function isInGraph({ chain, clock }: Simulation, channel: Channel): boolean {
  const { confirmedAt } = channel.funding
  if (channel.isPrivate || confirmedAt === undefined || chain.height < confirmedAt + 5) return false
  if (channel.closing?.transaction?.confirmedAt !== undefined) return false
  return channel.knownFrom <= clock.monotonic()
}

/** Edges that end at a node, by its public key. Private channels: only ours and the hinted ones. */
function edgesInto(simulation: Simulation, request: RouteRequest): Map<string, Edge[]> {
  const into = new Map<string, Edge[]>()
  const add = (edge: Edge): void => {
    const key = edge.channel.ends[otherSide(edge.from)].publicKey
    const list = into.get(key)
    if (list) list.push(edge)
    else into.set(key, [edge])
  }
  for (const channel of simulation.channels.values()) {
    if (!isKnown(simulation, channel)) continue
    for (const from of [0, 1] as const) {
      const isOurs = channel.ends[from] === request.source
      if (isOurs || isAnnounced(simulation, channel))
        add({ channel, from, policy: channel.policies[from] })
    }
  }
  for (const hint of request.routeHints.flat()) {
    for (const channel of simulation.channels.values()) {
      if (channel.channelId !== hint.channelId || !channel.isPrivate) continue
      if (!isKnown(simulation, channel)) continue
      const from: Side = channel.ends[0].publicKey === hint.publicKey ? 0 : 1
      if (channel.ends[from].publicKey !== hint.publicKey) continue
      if (channel.ends[from] === request.source) continue
      const minimumMsat = channel.policies[from].minimumMsat
      add({ channel, from, policy: { ...hint, minimumMsat } })
    }
  }
  return into
}

interface Label {
  readonly needMsat: bigint
  readonly cltvBlocks: number
  readonly hops: number
  /** At the source: what the first channel can carry. */
  readonly roomMsat: bigint
  readonly next?: { readonly edge: Edge; readonly label: Label }
}

/** The cheapest route; undefined when none keeps to the limits. Searches from the payee backwards. */
export function findRoute(simulation: Simulation, request: RouteRequest): RouteHop[] | undefined {
  const into = edgesInto(simulation, request)
  const best = new Map<string, Label>()
  const open = new Map<string, Label>()
  open.set(request.destination, {
    needMsat: request.amountMsat,
    cltvBlocks: request.finalCltvBlocks,
    hops: 0,
    roomMsat: 0n,
  })
  while (open.size > 0) {
    const [node, label] = cheapest(open)
    open.delete(node)
    best.set(node, label)
    if (node === request.source.publicKey) return toRoute(label, request.source.height)
    for (const edge of into.get(node) ?? []) {
      const before = edge.channel.ends[edge.from].publicKey
      if (best.has(before)) continue
      const candidate = extend(label, edge, request)
      const known = open.get(before)
      if (candidate && (!known || isCheaper(candidate, known))) open.set(before, candidate)
    }
  }
  return undefined
}

function extend(label: Label, edge: Edge, request: RouteRequest): Label | undefined {
  const { channel, from, policy } = edge
  const amount = label.needMsat
  if (amount < policy.minimumMsat || amount > channel.capacityMsat) return undefined
  const avoided = request.avoided.get(edgeKey(channel, from))
  if (avoided !== undefined && amount >= avoided) return undefined
  const isFirst = channel.ends[from] === request.source
  const roomMsat = isFirst ? sendableMsat(channel, from) : 0n
  if (isFirst && (amount > roomMsat || !isAllowed(channel, request.outgoingChannels))) {
    return undefined
  }
  const needMsat = isFirst ? amount : amount + forwardingFee(policy, amount)
  if (needMsat - request.amountMsat > request.feeLimitMsat) return undefined
  const cltvBlocks = label.cltvBlocks + (isFirst ? 0 : policy.timeLockDeltaBlocks)
  const hops = label.hops + 1
  const mostBlocks = Math.min(maximumCltvBlocks, request.maximumCltvBlocks ?? maximumCltvBlocks)
  if (cltvBlocks > mostBlocks || hops > maximumHops) return undefined
  return { needMsat, cltvBlocks, hops, roomMsat, next: { edge, label } }
}

function isCheaper(a: Label, b: Label): boolean {
  if (a.needMsat !== b.needMsat) return a.needMsat < b.needMsat
  if (a.hops !== b.hops) return a.hops < b.hops
  // Of several channels to the same peer LND takes the one with the most room.
  return a.roomMsat > b.roomMsat
}

function cheapest(open: Map<string, Label>): [string, Label] {
  let found: [string, Label] | undefined
  for (const entry of open) if (!found || isCheaper(entry[1], found[1])) found = entry
  return found!
}

function toRoute(first: Label, height: number): RouteHop[] {
  const route: RouteHop[] = []
  for (let label = first; label.next; label = label.next.label) {
    const { edge, label: after } = label.next
    route.push({
      channel: edge.channel,
      from: edge.from,
      amountMsat: after.needMsat,
      expiryHeight: height + after.cltvBlocks,
    })
  }
  return route
}
