import { BlockList, isIP } from 'node:net'
import { type Network, peerList } from '@payment-node/core'

/** How a node can be reached: by anybody, or through Tor only. */
export type Reach = 'clearnet' | 'tor'

/** Addresses that mean another machine in every network. */
const local = new BlockList()
for (const [network, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
] as const) {
  local.addSubnet(network, prefix, 'ipv4')
}
local.addSubnet('::', 127, 'ipv6')
local.addSubnet('fc00::', 7, 'ipv6')
local.addSubnet('fe80::', 10, 'ipv6')

/** Test chains of one's own live on such addresses. */
const privateNetworks: ReadonlySet<Network> = new Set<Network>(['regtest', 'simnet'])

/**
 * The address to connect to, of those that the node announces: `before` while it is still announced,
 * else IPv4, a name, IPv6, then Tor. Undefined when none can be used.
 */
export function chooseAddress(
  publicKey: string,
  announced: readonly string[],
  network: Network,
  before?: string,
): { readonly address: string; readonly reach: Reach } | undefined {
  const usable = announced
    .filter((address) => canBeListed(publicKey, address))
    .map((address) => ({ address, order: orderOf(address, network) }))
    .filter(({ order }) => order < unusable)
    .sort((one, other) => one.order - other.order)
  const chosen = usable.find(({ address }) => address === before) ?? usable[0]
  return chosen && { address: chosen.address, reach: chosen.order === tor ? 'tor' : 'clearnet' }
}

const tor = 3
const unusable = 4

function orderOf(address: string, network: Network): number {
  const host = address.slice(0, address.lastIndexOf(':')).replace(/^\[|\]$/g, '')
  if (host.toLowerCase().endsWith('.onion')) return tor
  const version = isIP(host)
  if (version !== 0 && !privateNetworks.has(network)) {
    if (local.check(host, version === 4 ? 'ipv4' : 'ipv6')) return unusable
  }
  return { 4: 0, 0: 1, 6: 2 }[version] ?? unusable
}

/** The list's own check decides what it takes. */
function canBeListed(publicKey: string, address: string): boolean {
  try {
    peerList([{ publicKey, address }])
    return true
  } catch {
    return false
  }
}
