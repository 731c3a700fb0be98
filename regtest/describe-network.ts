import type { NetworkDetails } from './network.ts'

/** How to reach a network, for a person. */
export function describeNetwork(network: NetworkDetails): string {
  const { chain } = network
  const nodes = network.nodes.map((node) =>
    describe(node.alias, [
      ['address', node.rpcAddress],
      ['certificate', node.certificatePath],
      ['macaroon', node.macaroonPath],
      ['public key', node.publicKey],
      ['peer address', node.peerAddress],
      ['log', node.logPath],
      ['process', String(node.pid)],
    ]),
  )
  const btcd = describe(`btcd (${chain.network})`, [
    ['address', `https://${chain.rpcAddress}`],
    ['certificate', chain.certificatePath],
    ['user', chain.username],
    ['password', chain.password],
    ['log', chain.logPath],
    ['process', String(chain.pid)],
  ])
  return [...nodes, btcd].join('\n\n')
}

function describe(title: string, rows: readonly (readonly [string, string])[]): string {
  return [title, ...rows.map(([name, value]) => `  ${name.padEnd(12)}  ${value}`)].join('\n')
}
