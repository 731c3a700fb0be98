import { randomBytes } from 'node:crypto'
import { rescueSwaps } from '@payment-node/core'

/**
 * The library loads what swaps need when it needs it first, which takes real time: time of the story would run on
 * meanwhile, and the first offer be outdated. A rescue that finds nothing loads it before the story begins.
 */
export async function loadSwapKit(): Promise<void> {
  const nobody = {
    chain: {},
    onchain: { newAddress: async () => '', estimateFeerate: async () => 1 },
    getInfo: async () => ({
      publicKey: `02${'11'.repeat(32)}`,
      network: 'regtest',
      blockHeight: 1,
      isSyncedToChain: true,
    }),
  }
  const nothing = { name: 'nothing', restore: async () => [] }
  await rescueSwaps({
    lightning: nobody as never,
    provider: nothing as never,
    swapKey: randomBytes(32),
  })
}
