import { invalid } from '@payment-node/core'
import { connectPeers, takesConnections } from './connections.ts'
import { refused } from './node-errors.ts'
import type { NodeState } from './node-state.ts'
import type { Simulation } from './simulation.ts'

/** ConnectPeer: dials the address, and stays only when the expected node answers there. */
export async function connectPeer(
  simulation: Simulation,
  node: NodeState,
  publicKey: string,
  address: string,
): Promise<void> {
  const { clock, nodes, timing } = simulation
  checkTarget(publicKey, address)
  if (publicKey === node.publicKey) {
    throw refused('connectPeer', 'other', 'cannot make connection to self')
  }
  const known = nodes.get(publicKey)
  if (known && node.peers.has(known)) return
  const { run } = node
  await clock.sleep(2 * timing.hopMilliseconds)
  const found = [...nodes.values()].find((one) => one.address === address)
  const isSilent = found?.conduct.isSilentOnConnect && takesConnections(found)
  if (isSilent) await clock.sleep(timing.connectMilliseconds)
  if (node.run !== run) return
  const answers = found !== undefined && !isSilent && takesConnections(found)
  if (!answers || !node.isReachable || found.publicKey !== publicKey) {
    const says = isSilent ? 'i/o timeout' : answers ? 'another node answers' : 'connection refused'
    throw refused('connectPeer', 'peer-unreachable', `dial ${address}: ${says}`)
  }
  connectPeers(simulation, node, found)
}

function checkTarget(publicKey: string, address: string): void {
  if (!/^0[23][0-9a-f]{64}$/.test(publicKey)) {
    throw invalid('peer', 'malformed', 'must be a compressed public key in hex')
  }
  if (!/^\S+:\d{1,5}$/.test(address)) throw invalid('address', 'malformed', 'must be host:port')
}
