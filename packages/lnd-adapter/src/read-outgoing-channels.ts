import { invalid } from '@payment-node/core'

/** Short channel ids as LND takes them: none allows all, so that a wrong one must not be left out. */
export function readOutgoingChannels(channelIds: readonly string[]): readonly bigint[] {
  if (Array.isArray(channelIds)) {
    const ids = channelIds.map((id) => (/^\d{1,20}$/.test(id) ? BigInt(id) : 0n))
    if (ids.every((id) => id > 0n && id < 2n ** 64n)) return ids
  }
  throw invalid('outgoingChannels', 'malformed', 'must be short channel ids: decimal text')
}
