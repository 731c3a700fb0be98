import type { ResolveEvidence } from '@payment-node/core'
import { type OnchainStand, openOnchain } from '../transactions/onchain-stand.ts'

/** An operator who is sure. */
export const insisting: ResolveEvidence = { by: 'ada', note: 'its coin is gone', insist: true }

/** A node whose only coin was sent by somebody who can take it away again. */
export interface LostCoinStand extends OnchainStand {
  /** The coin's transaction leaves its block and the mempool, for 7 blocks: long enough for a verdict. */
  loseCoin(blocks?: number, depth?: number): Promise<void>
  /** Who sent it publishes it again, and LND what spends it: final after some blocks. */
  bringBack(blocks?: number): Promise<void>
}

export async function openLostCoin(
  given: Parameters<typeof openOnchain>[0] = {},
): Promise<LostCoinStand> {
  const stand = await openOnchain({ ...given, coinsSat: [] })
  const { run, network, lnd, payee } = stand
  payee.fund(2_000_000n)
  const address = await run(lnd.lightning.onchain!.newAddress('taproot'))
  const funding = payee.lightning.funding!
  const funded = await run(
    funding.fund({
      outputs: { [address]: 1_000_000n },
      satPerVbyte: 10,
      lockId: new Uint8Array(32).fill(7),
      lockSeconds: 600,
      minimumConfirmations: 1,
    }),
  )
  const { rawTransaction, transactionId } = await run(funding.sign(funded.psbt))
  await run(payee.lightning.onchain!.publish(rawTransaction, ''))
  network.mine()
  await run(stand.node.start())
  return Object.assign(Object.create(stand) as OnchainStand, {
    async loseCoin(blocks = 7, depth = 1) {
      payee.setSynced(false)
      network.reorganize(depth)
      network.evict(transactionId)
      await stand.mine(blocks)
    },
    async bringBack(blocks = 14) {
      payee.setSynced(true)
      await stand.mine(blocks)
    },
  })
}
