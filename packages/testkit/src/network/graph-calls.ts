import type {
  ForwardingHistory,
  GraphNode,
  NetworkGraph,
  RoutingPolicies,
} from '@payment-node/core'
import { invalid } from '@payment-node/core'
import { callNode, type NodeRequest } from './call-node.ts'
import { sideOf } from './channel.ts'
import type { NodeCall } from './faults.ts'
import { isInGraph } from './find-route.ts'
import { listForwards } from './forwarding-log.ts'
import type { NodeState } from './node-state.ts'
import { checkPolicy, listPolicies, writePolicy } from './routing-policies.ts'
import type { Simulation } from './simulation.ts'

/** What the graph, the node's own policies and its forwarding log say. */
export interface GraphCalls {
  readonly graph: NetworkGraph
  readonly policies: RoutingPolicies
  readonly forwards: ForwardingHistory
}

/** GetNodeInfo, the policies of the node's channels, and ForwardingHistory. */
export function createGraphCalls(simulation: Simulation, node: NodeState): GraphCalls {
  const request = (
    call: NodeCall,
    parameters: unknown[],
    signal: AbortSignal | undefined,
  ): NodeRequest => ({
    simulation,
    node,
    call,
    parameters,
    isChange: call === 'writePolicy',
    signal,
  })
  return {
    graph: {
      findNode: (publicKey, signal) =>
        callNode(request('findNode', [publicKey], signal), () =>
          findNode(simulation, node, publicKey),
        ),
    },
    policies: {
      read: (signal) =>
        callNode(request('readPolicies', [], signal), () => listPolicies(simulation, node)),
      write: (policy, signal) =>
        callNode(
          { ...request('writePolicy', [policy], signal), check: () => checkPolicy(policy) },
          () => writePolicy(simulation, node, policy),
        ),
    },
    forwards: {
      list: (page, signal) =>
        callNode(
          { ...request('listForwards', [page], signal), check: () => checkForwards(page) },
          () => listForwards(simulation, node, page),
        ),
    },
  }
}

function checkForwards({ limit, offset }: Parameters<ForwardingHistory['list']>[0]): void {
  if (!Number.isInteger(limit) || limit < 1 || limit > 50_000) {
    throw invalid('limit', 'out-of-range', 'must be 1 to 50000')
  }
  if (!Number.isInteger(offset) || offset < 0) {
    throw invalid('offset', 'out-of-range', 'must be 0 or more')
  }
}

/** Nodes come into the graph by public channels, and everybody is in his own; an announcement stands for channels that are not simulated. */
function findNode(
  simulation: Simulation,
  asker: NodeState,
  publicKey: string,
): GraphNode | undefined {
  const node = simulation.nodes.get(publicKey)
  if (!node) return undefined
  const capacities = [...simulation.channels.values()]
    .filter((one) => sideOf(one, node) !== undefined && isInGraph(simulation, one))
    .map(({ capacityMsat }) => capacityMsat / 1000n)
  const { announcement } = node
  const isHeardOf = announcement !== undefined || capacities.length > 0
  if (!isHeardOf && node !== asker) return undefined
  const smallest = [announcement?.smallestChannelSat, ...capacities]
    .filter((one) => one !== undefined)
    .reduce<bigint | undefined>((least, one) => (least && least < one ? least : one), undefined)
  return {
    publicKey,
    alias: node.alias,
    addresses: announcement?.addresses ?? [node.address],
    channels: (announcement?.channels ?? 0) + capacities.length,
    capacitySat: capacities.reduce((sum, one) => sum + one, announcement?.capacitySat ?? 0n),
    ...(smallest === undefined ? {} : { smallestChannelSat: smallest }),
    lastUpdateAt: announcement?.lastUpdateAt ?? node.announcedAt,
  }
}
