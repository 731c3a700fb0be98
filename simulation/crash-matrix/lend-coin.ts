import type { World } from '@payment-node/testkit'

/** A coin of the wallet that can be taken away again. */
export interface LentCoin {
  /** The block that has it gives way to others, and nobody publishes it. */
  takeAway(): void
  /** Who sent it publishes it again. */
  bringBack(): void
}

/** Somebody sends the wallet its only coin, which the newest block has. */
export async function lendCoin(world: World): Promise<LentCoin> {
  const { shop, network } = world
  const { island } = world.peers
  island.fund(2_000_000n)
  const address = await shop.lightning.onchain!.newAddress('taproot')
  const { funding, onchain } = island.lightning
  const funded = await funding!.fund({
    outputs: { [address]: 1_000_000n },
    satPerVbyte: 50,
    lockId: new Uint8Array(32).fill(7),
    lockSeconds: 600,
    minimumConfirmations: 1,
  })
  const { rawTransaction } = await funding!.sign(funded.psbt)
  await onchain!.publish(rawTransaction, '')
  network.mine()
  const { transactionId } = network.outputsTo(address)[0]!
  return {
    takeAway() {
      island.setSynced(false)
      world.records.coinLost = true
      network.reorganize(network.outputsTo(address)[0]!.confirmations)
      network.evict(transactionId)
    },
    bringBack: () => island.setSynced(true),
  }
}
