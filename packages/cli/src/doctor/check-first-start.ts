import type { Diagnosis, LightningNode } from '@payment-node/core'
import { failedBy, ok } from './check.ts'

/**
 * The first start on a node with a past writes down what it owns and how far its histories go, and
 * fails when it may not read them; later starts do not need to.
 */
export async function checkFirstStart(lightning: LightningNode): Promise<readonly Diagnosis[]> {
  try {
    await Promise.all([lightning.highWater(), lightning.listChannels(), lightning.walletBalance()])
    return [ok('first-start', "The node's balances and histories can be read.")]
  } catch (error) {
    return [failedBy('first-start', error, 'Mend this before the first start.')]
  }
}
