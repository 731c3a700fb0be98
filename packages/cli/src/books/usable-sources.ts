import type { PaymentNodeOptions, PeerSource } from '@payment-node/core'
import { describeError, type Trouble } from '../terminal/describe-error.ts'

/** The lists of peers that can be read, and what is wrong with the others. */
export interface UsableSources {
  readonly sources: readonly PeerSource[]
  readonly troubles: readonly Trouble[]
}

/** Asks every source once: with one that cannot be used a host would not start. */
export async function usableSources({
  channelSources = [],
}: PaymentNodeOptions): Promise<UsableSources> {
  const sources: PeerSource[] = []
  const troubles: Trouble[] = []
  for (const source of channelSources) {
    try {
      await source.candidates()
      sources.push(source)
    } catch (error) {
      troubles.push(describeError(error))
    }
  }
  return { sources, troubles }
}
