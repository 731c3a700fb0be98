import { Amount, type PeerCandidate } from '@payment-node/core'
import { exactSat } from '../terminal/format-sat.ts'
import type { Candidate } from './candidate.ts'

/** One difference between the list that there is and the list as it should be. */
export interface ListChange {
  readonly kind: 'added' | 'removed' | 'address' | 'alias' | 'capacity' | 'rank'
  readonly publicKey: string
  readonly alias: string
  readonly before: string | null
  readonly after: string | null
  /** Why, where there is more to say. */
  readonly says: string | null
}

/** What changes, in the order of the new list; what is removed comes last. */
export function compareLists(
  before: readonly PeerCandidate[],
  after: readonly PeerCandidate[],
  judged: readonly Candidate[],
): ListChange[] {
  const byKey = new Map(judged.map((candidate) => [candidate.publicKey, candidate]))
  const old = new Map(before.map((peer) => [peer.publicKey, peer]))
  const now = new Set(after.map(({ publicKey }) => publicKey))
  const aliasOf = ({ publicKey, alias }: PeerCandidate) =>
    alias ?? byKey.get(publicKey)?.alias ?? ''
  const changes = after.flatMap((peer): ListChange[] => {
    const { publicKey } = peer
    const about = { publicKey, alias: aliasOf(peer), says: null }
    const was = old.get(publicKey)
    if (!was) return [{ ...about, kind: 'added', before: null, after: `rank ${peer.rank}` }]
    return describe(was).flatMap(([kind, before], index) => {
      const [, after] = describe(peer)[index]!
      return before === after ? [] : [{ ...about, kind, before, after }]
    })
  })
  const removed = before.filter(({ publicKey }) => !now.has(publicKey))
  return [
    ...changes,
    ...removed.map((peer): ListChange => {
      const { publicKey, rank } = peer
      const says = whyRemoved(byKey.get(publicKey))
      const about = { publicKey, alias: aliasOf(peer), before: `rank ${rank}`, after: null, says }
      return { ...about, kind: 'removed' }
    }),
  ]
}

function describe(peer: PeerCandidate): [kind: ListChange['kind'], value: string | null][] {
  const { capacitySat, rank, address, alias } = peer
  const capacity = capacitySat === undefined ? null : exactSat(new Amount(capacitySat * 1000n))
  return [
    ['address', address],
    ['alias', alias ?? null],
    ['capacity', capacity],
    ['rank', String(rank)],
  ]
}

function whyRemoved(candidate: Candidate | undefined): string | null {
  if (!candidate) return null
  const { verdict, reasons, channel } = candidate
  const why =
    verdict === 'left-out' ? reasons.map(({ says }) => says).join(', ') : 'others are better'
  return channel === null ? why : `${why}; its channel (${channel}) no longer counts`
}
