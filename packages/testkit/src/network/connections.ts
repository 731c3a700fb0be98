import { otherSide, sideOf } from './channel.ts'
import { hintChanged } from './channel-hints.ts'
import type { NodeState } from './node-state.ts'
import { reviewReady } from './review-opening.ts'
import { inBackground, type Simulation } from './simulation.ts'

/** Whether connections to the node can be made. */
export function takesConnections(node: NodeState): boolean {
  return node.lifecycle === 'running' && node.isReachable
}

/** Both are peers of each other from now on. */
export function connectPeers(simulation: Simulation, a: NodeState, b: NodeState): void {
  if (a.peers.has(b)) return
  a.peers.add(b)
  b.peers.add(a)
  a.graphRun = a.run
  b.graphRun = b.run
  reviewLinks(simulation, a, b)
}

/** The connection is lost; LND connects again by itself when the two have a channel. */
export function disconnectPeers(simulation: Simulation, a: NodeState, b: NodeState): void {
  if (!a.peers.delete(b)) return
  b.peers.delete(a)
  for (const node of [a, b]) for (const look of [...node.departures]) look()
  reviewLinks(simulation, a, b)
}

/** Loses all connections. */
export function disconnectAll(simulation: Simulation, node: NodeState): void {
  for (const peer of [...node.peers]) disconnectPeers(simulation, node, peer)
  for (const look of [...node.departures]) look()
}

/**
 * After a moment the node is connected to all it shares channels with, if they can be reached. It dials
 * whom its own lists name; the other end dials again only while it could still use the channel.
 */
export function reconnectSoon(simulation: Simulation, node: NodeState): void {
  inBackground(reconnect(simulation, node, node.run))
}

async function reconnect(simulation: Simulation, node: NodeState, run: number): Promise<void> {
  await simulation.clock.sleep(simulation.timing.reconnectMilliseconds)
  if (node.run !== run || !takesConnections(node)) return
  for (const channel of simulation.channels.values()) {
    const side = sideOf(channel, node)
    if (side === undefined) continue
    const other = otherSide(side)
    const peer = channel.ends[other]
    const isDialed =
      channel.views[side].list !== 'closed' ||
      ['opening', 'open', 'closing'].includes(channel.views[other].list)
    if (isDialed && takesConnections(peer)) connectPeers(simulation, node, peer)
  }
}

/** Everybody whose link went up or down looks again. */
function reviewLinks(simulation: Simulation, a: NodeState, b: NodeState): void {
  for (const channel of simulation.channels.values()) {
    if (sideOf(channel, a) === undefined || sideOf(channel, b) === undefined) continue
    reviewReady(simulation, channel)
    channel.changed.fire()
    hintChanged(channel)
  }
}
