import { followsChain } from './chain.ts'
import { sideOf } from './channel.ts'
import { hintChanged } from './channel-hints.ts'
import { disconnectAll, reconnectSoon } from './connections.ts'
import { flushForwards } from './forwarding-log.ts'
import { unavailable } from './node-errors.ts'
import type { NodeState } from './node-state.ts'
import { processBlock } from './process-block.ts'
import { rebroadcast, republishFundings } from './rebroadcast.ts'
import { resumePayments } from './route-payment.ts'
import { inBackground, type Simulation } from './simulation.ts'

/** The process ends: streams break, peers lose the link; what is stored stays. */
export function stopNode(simulation: Simulation, node: NodeState): void {
  endProcess(simulation, node, 'stopped')
}

/** The process runs, but its wallet is locked: no calls, no peers. */
export function lockNode(simulation: Simulation, node: NodeState): void {
  endProcess(simulation, node, 'locked')
}

function endProcess(
  simulation: Simulation,
  node: NodeState,
  lifecycle: 'stopped' | 'locked',
): void {
  if (node.lifecycle === lifecycle) return
  node.lifecycle = lifecycle
  node.run++
  node.payments.dropBlock()
  flushForwards(simulation, node)
  disconnectAll(simulation, node)
  breakStreams(node)
  announce(simulation, node)
}

/** Cuts every stream, as a lost connection does. */
export function breakStreams(node: NodeState): void {
  for (const end of [...node.streams]) {
    end(unavailable('unreachable', 'none', `The connection to ${node.alias} was lost`))
  }
}

/** Starts or unlocks: catches up with the chain, follows what is in flight, connects its peers. */
export function startNode(simulation: Simulation, node: NodeState, takesMilliseconds = 0): void {
  if (node.lifecycle === 'running' || node.lifecycle === 'starting') return
  node.run++
  node.lifecycle = 'starting'
  if (takesMilliseconds === 0) serve(simulation, node)
  else inBackground(serveLater(simulation, node, takesMilliseconds))
}

async function serveLater(
  simulation: Simulation,
  node: NodeState,
  takesMilliseconds: number,
): Promise<void> {
  const { run } = node
  await simulation.clock.sleep(takesMilliseconds)
  if (node.run === run) serve(simulation, node)
}

function serve(simulation: Simulation, node: NodeState): void {
  node.lifecycle = 'running'
  republishFundings(simulation, node)
  catchUp(simulation, node)
  rebroadcast(simulation, node)
  resumePayments(node)
  reconnectSoon(simulation, node)
  announce(simulation, node)
}

/** Processes the blocks that came while the node did not look; replaced blocks are forgotten first. */
export function catchUp(simulation: Simulation, node: NodeState): void {
  if (!followsChain(node)) return
  const { chain } = simulation
  for (const fork of chain.forks.slice(node.forksSeen)) {
    node.height = Math.min(node.height, fork)
    lookAgain(node)
  }
  node.forksSeen = chain.forks.length
  while (followsChain(node) && node.height < chain.height) {
    processBlock(simulation, node, node.height + 1)
    lookAgain(node)
  }
}

function lookAgain({ chainWatches }: NodeState): void {
  for (const review of chainWatches) review()
}

/** Everybody whose link to the node went up or down looks again. */
function announce(simulation: Simulation, node: NodeState): void {
  for (const channel of simulation.channels.values()) {
    if (sideOf(channel, node) === undefined) continue
    channel.changed.fire()
    hintChanged(channel)
  }
}
