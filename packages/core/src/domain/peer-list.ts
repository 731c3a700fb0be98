import { invalid, PaymentNodeError } from '../errors.ts'
import type { PeerCandidate } from '../ports/channel-source.ts'
import { readBoolean, readObject } from '../read-input.ts'
import { type CurveCheck, type PeerEntry, readPeerEntry } from './peer-entry.ts'
import { refusePeerList } from './refuse-peer-list.ts'

/** What `payment-node peers` writes; a list of your own may as well be an array of entries. */
export interface PeerListContent {
  /** `false`: nobody has looked at it yet, and it is not used. */
  readonly approved?: boolean
  /** What the command remembers of its last run. */
  readonly prepared?: unknown
  readonly peers: readonly PeerEntry[]
}

/** A list that can be used. */
export interface ReadPeerList {
  readonly isApproved: boolean
  /** Best first. */
  readonly candidates: readonly PeerCandidate[]
}

/** What the checks need beside the value. */
export interface PeerListReading {
  /** Name of the list, for errors. */
  readonly list: string
  readonly isOnCurve: CurveCheck
  /** Line, from 1, of the value at this path, or of the nearest around it; null when it was not read from text. */
  readonly lineOf: (path: readonly (string | number)[]) => number | null
}

/** Entries that a list may have. */
const mostEntries = 10_000

/** Checks every entry; throws `peer-list.invalid` that names the first that cannot be used. */
export function readPeerList(value: unknown, reading: PeerListReading): ReadPeerList {
  const path = Array.isArray(value) ? [] : ['peers']
  const { peers, isApproved } = attempt(reading, null, [], () => readWhole(value))
  attempt(reading, null, [], () => checkLength(peers))
  const candidates: PeerCandidate[] = []
  const keys = new Map<string, PeerCandidate>()
  const ranks = new Map<number, PeerCandidate>()
  for (const [index, entry] of peers.entries()) {
    const at = [...path, index]
    const candidate = attempt(reading, index + 1, at, () => {
      const read = readPeerEntry(entry, index + 1, reading.isOnCurve)
      const twin = keys.get(read.publicKey)
      if (twin) throw invalid('publicKey', 'duplicate', `is also in ${placeOf(twin)}`)
      const rival = ranks.get(read.rank)
      if (rival) throw invalid('rank', 'duplicate', sameRank(entry, read.rank, rival))
      return { ...read, place: { entry: index + 1, line: reading.lineOf(at) } }
    })
    keys.set(candidate.publicKey, candidate)
    ranks.set(candidate.rank, candidate)
    candidates.push(candidate)
  }
  candidates.sort((one, other) => one.rank - other.rank)
  return { isApproved, candidates }
}

function readWhole(value: unknown): { peers: readonly unknown[]; isApproved: boolean } {
  if (Array.isArray(value)) return { peers: value, isApproved: true }
  if (typeof value !== 'object' || value === null) {
    throw invalid('list', 'wrong-type', `expected an array of peers, not ${nameOf(value)}`)
  }
  const { approved, peers } = readObject(value, 'list', ['approved', 'prepared', 'peers'])
  if (!Array.isArray(peers)) {
    const reason = peers === undefined ? 'missing' : 'wrong-type'
    throw invalid('peers', reason, `expected an array of peers, not ${nameOf(peers)}`)
  }
  return { peers, isApproved: readBoolean(approved, 'approved', true) }
}

function checkLength({ length }: readonly unknown[]): void {
  if (length === 0) throw invalid('peers', 'empty', 'there is no peer in it')
  if (length <= mostEntries) return
  throw invalid('peers', 'too-many', `has ${length} entries; at most ${mostEntries} are read`)
}

function sameRank(entry: unknown, rank: number, rival: PeerCandidate): string {
  const isOwn = (entry as PeerEntry).rank !== undefined
  const says = isOwn ? `${rank} is` : `${rank}, its place in the list since it names none, is`
  return `${says} also the rank of ${placeOf(rival)}`
}

function placeOf({ place }: PeerCandidate): string {
  return `entry ${place!.entry}${place!.line === null ? '' : ` (line ${place!.line})`}`
}

/** Adds the place to what a check says. */
function attempt<R>(
  { list, lineOf }: PeerListReading,
  entry: number | null,
  path: readonly (string | number)[],
  work: () => R,
): R {
  try {
    return work()
  } catch (error) {
    if (!PaymentNodeError.is(error, 'input.invalid')) throw error
    const field = error.details.field.replace(/^(entry|list)\./, '')
    const says = error.message.replace(/^(entry|list)(\.|: )/, '').replace(' option;', ' field;')
    const line = lineOf([...path, field])
    throw refusePeerList({ list, entry, line, field, reason: error.details.reason }, says, error)
  }
}

function nameOf(value: unknown): string {
  if (value === undefined) return 'nothing'
  return Array.isArray(value) ? 'an array' : value === null ? 'null' : typeof value
}
