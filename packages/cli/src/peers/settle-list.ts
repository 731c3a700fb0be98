import { Amount, type PeerCandidate, parsePeerList } from '@payment-node/core'
import type { Candidate } from './candidate.ts'
import { compareLists, type ListChange } from './compare-lists.ts'
import { type ListFile, replaceFile, writeListText } from './list-file.ts'
import type { MergedList } from './merge-list.ts'

/** The list as it should be, and what became of it. */
export interface ListReport {
  readonly file: string
  /** `kept`: it differs, and was not written. */
  readonly result: 'created' | 'written' | 'kept' | 'unchanged' | 'not-written'
  readonly isApproved: boolean
  /** A source of the configuration reads this file. */
  readonly isConfigured: boolean
  /** Best first. */
  readonly peers: readonly ListLine[]
  readonly changes: readonly ListChange[]
  /** Keys of entries that a person has added or edited; they stay as they are. */
  readonly byHand: readonly string[]
  /** Keys that a person has taken out; they stay out. */
  readonly struckOut: readonly string[]
}

/** One entry of the list as it should be. */
export interface ListLine {
  readonly rank: number
  readonly publicKey: string
  readonly address: string
  readonly alias: string | null
  /** null: `channels.capacity`. */
  readonly capacity: Amount | null
}

/** What {@link settleList} needs. */
export interface Settling {
  readonly file: string
  readonly before: ListFile | undefined
  readonly merged: MergedList
  readonly prepared: { readonly at: string; readonly from: string; readonly node: string }
  readonly candidates: readonly Candidate[]
  readonly request: { readonly write: boolean; readonly forgetEdits: boolean }
}

/** Compares, and writes what may be written: a list that exists only when that was asked for. */
export async function settleList({
  file,
  before,
  merged,
  prepared,
  candidates,
  request,
}: Settling): Promise<Omit<ListReport, 'isConfigured'>> {
  const isApproved = before?.isApproved ?? false
  const forgotten = request.forgetEdits
  const edits = {
    byHand: forgotten ? [] : [...(before?.byHand ?? [])],
    struckOut: forgotten ? [] : [...(before?.struckOut ?? [])],
  }
  const { entries, order, written } = merged
  if (entries.length === 0) {
    return { file, result: 'not-written', isApproved, peers: [], changes: [], ...edits }
  }
  const text = writeListText(isApproved, entries, { ...prepared, order, written })
  // What is written can be read: the same checks as when the host starts.
  const { candidates: after } = await parsePeerList(text, file)
  const changes = compareLists(before?.candidates ?? [], after, candidates)
  const isNew = before === undefined
  const result = isNew
    ? 'created'
    : changes.length === 0
      ? 'unchanged'
      : request.write
        ? 'written'
        : 'kept'
  if (result === 'created' || result === 'written') replaceFile(file, text)
  return { file, result, isApproved, peers: after.map(toLine), changes, ...edits }
}

function toLine({ rank, publicKey, address, alias, capacitySat }: PeerCandidate): ListLine {
  const capacity = capacitySat === undefined ? null : new Amount(capacitySat * 1000n)
  return { rank, publicKey, address, alias: alias ?? null, capacity }
}
