import type { KeeperPolicy, KeeperSnapshot } from './keeper-snapshot.ts'

/** How many channels there are, to distinct peers of the list. */
export interface KeeperCount {
  readonly minimum: number
  /** The minimum less what the operator closed and does not want replaced. */
  readonly wanted: number
  /** Active now. */
  readonly active: number
  /** Active, opening, or inactive for less than the grace period. */
  readonly counted: number
  /** Closing, and nobody knows yet by whose wish: not replaced before that is clear, for a grace period. */
  readonly unclear: number
}

/** What a peer has with us. */
export type Place = 'has-channel' | 'opening' | 'closing'

/** One pass over channels and marks. */
export interface Look {
  readonly count: KeeperCount
  /** By peer, listed or not. */
  readonly places: ReadonlyMap<string, Place>
}

/** Counts what the list's peers have with us, and finds who has anything. */
export function lookAt(snapshot: KeeperSnapshot, policy: KeeperPolicy): Look {
  const { list, channels, marks, opening, now } = snapshot
  const places = new Map<string, Place>()
  const active = new Set<string>()
  const counted = new Set<string>()
  const unclear = new Set<string>()
  const waived = new Set<string>()
  for (const channel of channels) {
    const { peer, state } = channel
    // Also one that is not counted: a second channel to the same peer is worth little.
    const place = state === 'closing' ? 'closing' : state === 'opening' ? 'opening' : 'has-channel'
    if (place === 'has-channel' || !places.has(peer)) places.set(peer, place)
    if (channel.ownership === 'never' || !list?.byKey.has(peer)) continue
    if (state === 'active') active.add(peer)
    const inactiveFor = channel.inactiveSince === null ? 0 : now - channel.inactiveSince
    const isYoung = inactiveFor < policy.gracePeriod
    const isComing = (state === 'inactive' && isYoung) || (state === 'opening' && !channel.isStuck)
    if (state === 'active' || isComing) counted.add(peer)
    else if (state === 'closing' && channel.isWaived) waived.add(peer)
    else if (state === 'closing' && !channel.isAttributed && isYoung) unclear.add(peer)
  }
  if (opening?.peer && list?.byKey.has(opening.peer)) counted.add(opening.peer)
  if (opening?.peer && !places.has(opening.peer)) places.set(opening.peer, 'opening')
  for (const { isWaived, peer } of marks) {
    if (isWaived && list?.byKey.has(peer)) waived.add(peer)
  }
  // With a channel that counts, the operator has the peer back.
  for (const peer of counted) waived.delete(peer)
  let unclearCount = 0
  for (const peer of unclear) if (!counted.has(peer) && !waived.has(peer)) unclearCount++
  return {
    places,
    count: {
      minimum: policy.minimumActive,
      wanted: Math.max(0, policy.minimumActive - waived.size),
      active: active.size,
      counted: counted.size,
      unclear: unclearCount,
    },
  }
}
