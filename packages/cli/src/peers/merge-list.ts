import type { PeerEntry } from '@payment-node/core'
import type { Candidate } from './candidate.ts'
import { digest, type ListFile } from './list-file.ts'

/** The list as it should be. */
export interface MergedList {
  /** In the order of the file. */
  readonly entries: readonly PeerEntry[]
  readonly order: 'score' | 'by-hand'
  /** For the next run; see {@link ListFile.written}. */
  readonly written: Readonly<Record<string, string>>
}

/** How the list is put together. */
export interface MergeRules {
  /** Entries at most; a person's own count, and are never cut. */
  readonly limit: number
  /** Takes a person's changes back. */
  readonly forgetEdits: boolean
}

/**
 * The best candidates, beside what a person has done to the list that there is: their entries stay as
 * they are and where they are, what they took out stays out, and the order is theirs once they have
 * changed it. A peer that we have a channel with is not cut by the limit.
 */
export function mergeList(
  before: ListFile | undefined,
  candidates: readonly Candidate[],
  { limit, forgetEdits }: MergeRules,
): MergedList {
  const { byHand, struckOut, entries: old, written } = edits(before, forgetEdits)
  const position = new Map(old.map(({ publicKey }, index) => [publicKey.toLowerCase(), index]))
  const own = old.filter(({ publicKey }) => byHand.has(publicKey.toLowerCase()))
  const usable = candidates.filter(
    ({ verdict, publicKey }) =>
      verdict !== 'left-out' && !byHand.has(publicKey) && !struckOut.has(publicKey),
  )
  const isSafe = ({ publicKey, channel }: Candidate) => channel !== null && position.has(publicKey)
  const places = Math.max(0, limit - own.length - usable.filter(isSafe).length)
  let taken = 0
  const chosen = usable.filter((candidate) => isSafe(candidate) || taken++ < places)
  const order = before?.isOrderByHand && !forgetEdits ? 'by-hand' : 'score'
  if (order === 'by-hand') {
    const place = ({ publicKey }: Candidate) => position.get(publicKey) ?? Number.MAX_SAFE_INTEGER
    chosen.sort((one, other) => place(one) - place(other))
  }
  const entries = weave(chosen.map(toEntry), own, (entry) => position.get(keyOf(entry))!)
  const ranked = giveRanks(entries, new Set(own))
  const digests = ranked.map((entry): [string, string | undefined] => {
    const key = keyOf(entry)
    return [key, byHand.has(key) ? written.get(key) : digest(entry)]
  })
  for (const key of struckOut) digests.push([key, written.get(key)])
  return {
    entries: ranked,
    order,
    written: Object.fromEntries(digests.filter(([, value]) => value !== undefined)) as Record<
      string,
      string
    >,
  }
}

const nothing = { entries: [], written: new Map<string, string>() }

function edits(before: ListFile | undefined, forgetEdits: boolean) {
  const { entries, written } = before ?? nothing
  const none = new Set<string>()
  const byHand = forgetEdits ? none : (before?.byHand ?? none)
  const struckOut = forgetEdits ? none : (before?.struckOut ?? none)
  return { entries, written, byHand, struckOut }
}

function toEntry({ publicKey, address, alias, opensWith }: Candidate): PeerEntry {
  return {
    publicKey,
    address: address!,
    ...(alias !== '' && { alias }),
    ...(opensWith && { capacity: opensWith.toString() }),
  }
}

/** A person's entries keep their places; the others fill what is left. */
function weave(
  chosen: readonly PeerEntry[],
  own: readonly PeerEntry[],
  placeOf: (entry: PeerEntry) => number,
): PeerEntry[] {
  const woven = [...chosen]
  for (const entry of own) woven.splice(Math.min(placeOf(entry), woven.length), 0, entry)
  return woven
}

/**
 * The order of the file is the rank, unless a person's entry names one: then all do, so that no two
 * have the same, and the others get what is free.
 */
function giveRanks(entries: readonly PeerEntry[], own: ReadonlySet<PeerEntry>): PeerEntry[] {
  const given = new Set(entries.flatMap((entry) => (own.has(entry) ? (entry.rank ?? []) : [])))
  if (given.size === 0) return [...entries]
  let next = 1
  return entries.map((entry) => {
    if (own.has(entry) && entry.rank !== undefined) return entry
    while (given.has(next)) next++
    return { ...entry, rank: next++ }
  })
}

function keyOf({ publicKey }: PeerEntry): string {
  return publicKey.toLowerCase()
}
