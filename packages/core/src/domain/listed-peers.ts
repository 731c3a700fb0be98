import { PaymentNodeError } from '../errors.ts'
import type { PeerCandidate } from '../ports/channel-source.ts'
import { channelBounds } from './channel-capacity.ts'
import { readPeerAddress } from './peer-address.ts'
import { refusePeerList } from './refuse-peer-list.ts'

/** A node of the curated list, as the keeper uses it. */
export interface ListedPeer {
  /** 33 bytes, compressed, hex. */
  readonly publicKey: string
  /** `host:port`. */
  readonly address: string
  readonly alias: string | null
  /** Lower is better. */
  readonly rank: number
  /** What its entry asks for, in msat; undefined: `channels.capacity`. */
  readonly capacityMsat: bigint | undefined
  /** The list it comes from. */
  readonly list: string
}

/** All lists together, best first, each peer once. */
export interface ListedPeers {
  readonly entries: readonly ListedPeer[]
  readonly byKey: ReadonlyMap<string, ListedPeer>
}

/** What one source gave. */
export interface PeerListInput {
  readonly list: string
  readonly candidates: readonly PeerCandidate[]
}

/**
 * Checks the lists and joins them by rank; of two with the same rank the earlier list and the earlier
 * entry come first, and a peer of several lists counts in the first one. Throws `peer-list.invalid`
 * naming the entry. `self`: our own key, when it is known: it has no place in a list.
 */
export function joinPeerLists(lists: readonly PeerListInput[], self?: string): ListedPeers {
  const byKey = new Map<string, ListedPeer>()
  for (const { list, candidates } of lists) {
    const inThisList = new Set<string>()
    candidates.forEach((candidate, position) => {
      const refuse: Refuse = (field, reason, says, cause) => {
        const place = { entry: position + 1, line: null, ...candidate?.place }
        return refusePeerList({ list, ...place, field, reason }, `${field}: ${says}`, cause)
      }
      const peer = readCandidate(candidate, list, refuse)
      if (peer.publicKey === self) throw refuse('publicKey', 'own-key', 'is the key of this node')
      if (inThisList.has(peer.publicKey)) {
        throw refuse('publicKey', 'duplicate', 'is in the list already')
      }
      inThisList.add(peer.publicKey)
      if (!byKey.has(peer.publicKey)) byKey.set(peer.publicKey, peer)
    })
  }
  const entries = [...byKey.values()].sort((a, b) => a.rank - b.rank)
  return { entries, byKey }
}

type Refuse = (field: string, reason: string, says: string, cause?: unknown) => Error

/** Sources are written by hosts too: nothing is taken from the types alone. */
function readCandidate(candidate: PeerCandidate, list: string, refuse: Refuse): ListedPeer {
  if (typeof candidate !== 'object' || candidate === null) {
    throw refuse('entry', 'wrong-type', 'is no object')
  }
  const { publicKey, address, alias, rank, capacitySat } = candidate as unknown as Readonly<
    Record<string, unknown>
  >
  if (typeof publicKey !== 'string' || !/^0[23][0-9a-f]{64}$/.test(publicKey)) {
    throw refuse('publicKey', 'malformed', 'is not a public key (33 bytes, compressed, lower hex)')
  }
  if (
    alias !== undefined &&
    (typeof alias !== 'string' || !/^[^\p{Cc}\p{Cs}]{0,128}$/u.test(alias))
  ) {
    throw refuse('alias', 'malformed', 'is not one line of at most 128 characters')
  }
  if (typeof rank !== 'number' || !Number.isSafeInteger(rank)) {
    throw refuse('rank', 'wrong-type', 'is not a whole number')
  }
  if (rank < 0) throw refuse('rank', 'negative', 'is below zero')
  if (capacitySat !== undefined) {
    if (typeof capacitySat !== 'bigint') throw refuse('capacity', 'wrong-type', 'is not a bigint')
    const { minimum, maximum } = channelBounds
    if (capacitySat < minimum || capacitySat > maximum) {
      throw refuse('capacity', 'out-of-range', `is not within ${minimum} to ${maximum} sat`)
    }
  }
  return {
    publicKey,
    address: addressOf(address, refuse),
    alias: alias ?? null,
    rank,
    capacityMsat: capacitySat === undefined ? undefined : capacitySat * 1000n,
    list,
  }
}

function addressOf(address: unknown, refuse: Refuse): string {
  try {
    return readPeerAddress(address, 'address')
  } catch (error) {
    if (!PaymentNodeError.is(error, 'input.invalid')) throw error
    throw refuse('address', error.details.reason, error.message.replace(/^address: /, ''), error)
  }
}
