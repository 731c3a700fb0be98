import type { OpenChannel, WalletOutput } from '@payment-node/core'
import { createSimulatedNetwork, type PeerConduct, type SimulatedNetwork } from '../../src/index.ts'

/** Alice has coins and wants channels with bob, to whom she is connected. */
export async function managedPair(conduct: PeerConduct = {}) {
  const network = createSimulatedNetwork({ seed: 1 })
  const { clock } = network
  const [alice, bob] = [network.addNode('alice'), network.addNode('bob', { conduct })]
  alice.fund(700_000n)
  alice.fund(800_000n)
  network.mine(6)
  const [opener, onchain] = [alice.lightning.opener!, alice.lightning.onchain!]
  await clock.run(opener.connect(bob.publicKey, bob.address))
  const coins = (): Promise<readonly WalletOutput[]> => clock.run(onchain.unspent())
  const request = async (terms: Partial<OpenChannel> = {}): Promise<OpenChannel> => ({
    peer: bob.publicKey,
    capacitySat: 500_000n,
    satPerVbyte: 5,
    outpoints: [(await coins())[0]!.outpoint],
    memo: 'intent-1',
    isPrivate: false,
    ...terms,
  })
  const open = async (terms: Partial<OpenChannel> = {}): Promise<string> =>
    (await clock.run(opener.open(await request(terms)))).channelPoint
  /** A channel that needs four confirmations. */
  const openLarge = async (): Promise<string> => {
    alice.fund(13_000_000n)
    const large = (await coins()).find(({ amountSat }) => amountSat === 13_000_000n)!
    return open({ capacitySat: 12_000_000n, outpoints: [large.outpoint] })
  }
  /** The states in which alice lists her channels, open ones as active or inactive. */
  const lists = async (node = alice): Promise<string[]> => [
    ...(await clock.run(node.lightning.listChannels())).map(({ isActive }) =>
      isActive ? 'active' : 'inactive',
    ),
    ...(await clock.run(node.lightning.listPendingChannels())).map(({ state }) => state),
    ...(await clock.run(node.lightning.listClosedChannels())).map(({ closeType }) => closeType),
  ]
  return { network, clock, alice, bob, opener, onchain, coins, request, open, openLarge, lists }
}

/** What the audit misses, in msat; 0n when no money appeared or vanished. */
export function missingMsat(network: SimulatedNetwork): bigint {
  const { issuedMsat, channelsMsat, walletsMsat, feesMsat } = network.audit()
  return issuedMsat - channelsMsat - walletsMsat - feesMsat
}
