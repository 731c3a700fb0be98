import type { Diagnosis, PaymentNodeOptions } from '@payment-node/core'
import { failedBy, ok } from './check.ts'

/** The lists of peers: with one that cannot be used the host would not start. None: nothing to say. */
export async function checkLists({
  channelSources = [],
}: PaymentNodeOptions): Promise<readonly Diagnosis[]> {
  return Promise.all(
    channelSources.map(async (source) => {
      try {
        const { length } = await source.candidates()
        return ok('peers', `${source.name} lists ${length} ${length === 1 ? 'peer' : 'peers'}.`)
      } catch (error) {
        return failedBy('peers', error, `Look at the source ${source.name}.`)
      }
    }),
  )
}
