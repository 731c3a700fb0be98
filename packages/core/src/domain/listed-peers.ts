import { PaymentNodeError } from '../errors.ts'
import type { PeerCandidate } from '../ports/channel-source.ts'

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

/** LND's own bounds of a channel, in sat. */
export interface CapacityBounds {
  readonly minimum: bigint
  readonly maximum: bigint
}

/**
 * Checks the lists and joins them by rank; of two with the same rank the earlier list and the earlier
 * entry come first, and a peer of several lists counts in the first one. Throws `peer-list.invalid`
 * naming the entry. `self`: our own key, when it is known: it has no place in a list.
 */
export function joinPeerLists(
  lists: readonly PeerListInput[],
  bounds: CapacityBounds,
  self?: string,
): ListedPeers {
  const byKey = new Map<string, ListedPeer>()
  for (const { list, candidates } of lists) {
    const inThisList = new Set<string>()
    candidates.forEach((candidate, position) => {
      const peer = readCandidate(candidate, list, position + 1, bounds)
      if (peer.publicKey === self) {
        throw invalidEntry(list, position + 1, 'publicKey', 'own-key', 'is our own node')
      }
      if (inThisList.has(peer.publicKey)) {
        throw invalidEntry(list, position + 1, 'publicKey', 'duplicate', 'is in the list already')
      }
      inThisList.add(peer.publicKey)
      if (!byKey.has(peer.publicKey)) byKey.set(peer.publicKey, peer)
    })
  }
  const entries = [...byKey.values()].sort((a, b) => a.rank - b.rank)
  return { entries, byKey }
}

function readCandidate(
  candidate: PeerCandidate,
  list: string,
  entry: number,
  bounds: CapacityBounds,
): ListedPeer {
  const refuse = (field: string, reason: string, says: string) =>
    invalidEntry(list, entry, field, reason, says)
  if (typeof candidate !== 'object' || candidate === null) {
    throw refuse('entry', 'wrong-type', 'is no object')
  }
  // Sources are written by hosts too: nothing is taken from the types alone.
  const { publicKey, address, alias, rank, capacitySat } = candidate as unknown as Readonly<
    Record<keyof PeerCandidate, unknown>
  >
  if (typeof publicKey !== 'string' || !/^0[23][0-9a-f]{64}$/.test(publicKey)) {
    throw refuse('publicKey', 'malformed', 'is not a public key (33 bytes, compressed, lower hex)')
  }
  if (typeof address !== 'string' || !isAddress(address)) {
    throw refuse('address', 'malformed', "is not like 'host:port'")
  }
  if (alias !== undefined && (typeof alias !== 'string' || !isPrintable(alias))) {
    throw refuse('alias', 'malformed', 'is not printable text of at most 100 characters')
  }
  if (typeof rank !== 'number' || !Number.isSafeInteger(rank)) {
    throw refuse('rank', 'wrong-type', 'is not a whole number')
  }
  if (rank < 0) throw refuse('rank', 'negative', 'is below zero')
  if (capacitySat !== undefined) {
    if (typeof capacitySat !== 'bigint') throw refuse('capacity', 'wrong-type', 'is not a bigint')
    if (capacitySat < bounds.minimum || capacitySat > bounds.maximum) {
      throw refuse(
        'capacity',
        'out-of-range',
        `is not within ${bounds.minimum} to ${bounds.maximum} sat`,
      )
    }
  }
  return {
    publicKey,
    address,
    alias: alias ?? null,
    rank,
    capacityMsat: capacitySat === undefined ? undefined : capacitySat * 1000n,
    list,
  }
}

function isAddress(address: string): boolean {
  const match = /^(?:\[[0-9a-fA-F:.]+\]|[A-Za-z0-9._-]+):([0-9]{1,5})$/.exec(address)
  const port = Number(match?.[1])
  return address.length <= 300 && port >= 1 && port <= 65_535
}

function isPrintable(text: string): boolean {
  return text.length <= 100 && text.isWellFormed() && !/\p{Cc}/u.test(text)
}

function invalidEntry(
  list: string,
  entry: number,
  field: string,
  reason: string,
  says: string,
): PaymentNodeError<'peer-list.invalid'> {
  return new PaymentNodeError(
    'peer-list.invalid',
    `${list}, entry ${entry}: ${field} ${says}.`,
    { list, entry, field, reason },
    { advice: 'Correct the entry; the list in force stays until then.' },
  )
}
