import { type GraphNode, PaymentNodeError } from '@payment-node/core'
import type { Call } from '../call.ts'
import type { Connection } from '../connection.ts'
import type { NodeInfo } from '../generated/messages.ts'
import { readPublicKey } from '../read-public-key.ts'
import { integer } from '../wire-values.ts'

export const getNodeInfoCall: Call<'/lnrpc.Lightning/GetNodeInfo'> = {
  path: '/lnrpc.Lightning/GetNodeInfo',
  uri: 'uri:/lnrpc.Lightning/GetNodeInfo',
  roles: ['readonly', 'channels'],
  effect: 'read',
  otherRefusals: 'refused',
}

export async function findNode(
  connection: Connection,
  publicKey: string,
  signal: AbortSignal | undefined,
): Promise<GraphNode | undefined> {
  const found = await nodeInfo(connection, readPublicKey(publicKey, 'publicKey'), signal)
  return found && readNode(found)
}

/** A node and its announced channels; undefined when the graph does not know it. */
export async function nodeInfo(
  connection: Connection,
  publicKey: string,
  signal: AbortSignal | undefined,
): Promise<NodeInfo | undefined> {
  const request = { pub_key: publicKey, include_channels: true }
  try {
    return await connection.unary(getNodeInfoCall, request, { signal })
  } catch (error) {
    const isUnknown =
      PaymentNodeError.is(error, 'node.refused') && error.details.reason === 'node-not-found'
    if (isUnknown) return undefined
    throw error
  }
}

/** LND's own totals count channels that are not announced, too; so these are counted here. */
function readNode({ node, channels }: NodeInfo): GraphNode {
  if (!node) throw new TypeError('LND answered without the node')
  const capacities = channels.map(({ capacity }) => integer(capacity))
  const smallest = capacities.reduce<bigint | undefined>(
    (least, one) => (least === undefined || one < least ? one : least),
    undefined,
  )
  return {
    publicKey: node.pub_key,
    alias: node.alias,
    addresses: node.addresses.map(({ addr }) => addr),
    channels: channels.length,
    capacitySat: capacities.reduce((sum, one) => sum + one, 0n),
    ...(smallest === undefined ? {} : { smallestChannelSat: smallest }),
    lastUpdateAt: node.last_update * 1000,
  }
}
