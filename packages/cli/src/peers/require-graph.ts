import { type LightningNode, type NodeInfo, PaymentNodeError } from '@payment-node/core'

/** Throws unless the node answers and its graph can be trusted: an old one would leave everybody out. */
export async function requireGraph(lightning: LightningNode): Promise<NodeInfo> {
  if (!lightning.graph) {
    const says = `The adapter ${lightning.name} cannot look into the network's graph.`
    throw new PaymentNodeError('node.unsupported', says, { call: 'graph' })
  }
  const info = await lightning.getInfo()
  if (info.isSyncedToChain && info.isSyncedToGraph) return info
  const what = info.isSyncedToChain ? "network's graph" : 'chain'
  throw new PaymentNodeError(
    'node.unavailable',
    `The node is not synced to the ${what}.`,
    { reason: 'not-synced', outcome: 'none' },
    { advice: 'Wait until it has caught up: until then it does not know which nodes are alive.' },
  )
}
