import type { Context, Identity } from '../context.ts'
import { Amount } from '../domain/amount.ts'
import { lookAt } from '../domain/keeper-count.ts'
import { capacityOf } from '../domain/keeper-plan.ts'
import type { KeeperPolicy, KeeperSnapshot } from '../domain/keeper-snapshot.ts'
import type { ListedPeers } from '../domain/listed-peers.ts'
import { findMark } from '../peers/mark-peer.ts'
import { type PeerMark, peerMarkView } from '../peers/peer-mark.ts'

/** A peer of the list and what there is with it. */
export interface ListedPeerStatus {
  readonly publicKey: string
  readonly address: string
  readonly alias: string | null
  readonly rank: number
  /** Of the channel that would be opened to it. */
  readonly capacity: Amount
  /** Its best channel; `none`: there is none that lives. */
  readonly channel: 'active' | 'inactive' | 'opening' | 'closing' | 'none'
  /** Why no channel is opened to it; null: nothing speaks against it. */
  readonly mark: PeerMark | null
}

/** The first `limit` peers of the list. */
export function listedPeers(
  context: Context,
  identity: Identity,
  list: ListedPeers | undefined,
  snapshot: KeeperSnapshot,
  policy: KeeperPolicy,
  limit: number,
): Promise<ListedPeerStatus[]> {
  const { places } = lookAt(snapshot, policy)
  const active = new Set<string>()
  for (const { state, peer } of snapshot.channels) if (state === 'active') active.add(peer)
  const stateOf = (peer: string): ListedPeerStatus['channel'] => {
    if (active.has(peer)) return 'active'
    const place = places.get(peer)
    return place === 'has-channel' ? 'inactive' : (place ?? 'none')
  }
  const entries = list?.entries.slice(0, limit) ?? []
  return Promise.all(
    entries.map(async (entry) => {
      const mark = await findMark(context, identity, entry.publicKey)
      return {
        publicKey: entry.publicKey,
        address: entry.address,
        alias: entry.alias,
        rank: entry.rank,
        capacity: new Amount(capacityOf(entry, policy)),
        channel: stateOf(entry.publicKey),
        mark: mark ? peerMarkView(mark) : null,
      }
    }),
  )
}
