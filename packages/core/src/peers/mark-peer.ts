import { type Context, type Identity, rowBase } from '../context.ts'
import { printableWords } from '../domain/printable-words.ts'
import { newEvent } from '../events/new-event.ts'
import type { NewEvent, Write } from '../ports/storage.ts'
import { peerMarks } from '../tables/keeper.ts'
import { type Fields, insert, type RowOf, remove, update } from '../tables/table.ts'
import { type PeerMark, peerMarkView } from './peer-mark.ts'

type MarkRow = RowOf<typeof peerMarks>

/** What is to be remembered of a peer. */
export interface NewMark {
  readonly state: PeerMark['state']
  readonly reason: string
  readonly says: string
  readonly evidence: unknown
}

const longestCoolDown = 30 * 86_400_000

/** The mark of a peer, also one whose time has passed. */
export function findMark(
  context: Context,
  identity: Identity,
  peer: string,
): Promise<MarkRow | undefined> {
  return context.storage.get(peerMarks, [identity.publicKey, peer])
}

/**
 * The write and the event that mark a peer. What is for good stays: a cool-down never replaces a
 * blacklisting, nor the operator's own close. That nothing is to be opened in a channel's place is kept
 * beside every state. Each failure in a row makes a cool-down four times longer.
 */
export function markPeer(
  context: Context,
  identity: Identity,
  row: MarkRow | undefined,
  peer: string,
  mark: NewMark,
): { readonly writes: readonly Write[]; readonly events: readonly NewEvent[] } {
  const isForGood = row?.state === 'blacklisted' || row?.state === 'closed-by-operator'
  if (row?.state === mark.state && isForGood) return { writes: [], events: [] }
  if (isForGood && mark.state === 'cooling-down') return { writes: [], events: [] }
  const now = context.clock.now()
  const isWaiver = mark.state === 'closed-by-operator'
  if (row?.state === 'blacklisted') {
    const isNew = isWaiver && !row.is_waived
    const waived = { is_waived: true, updated_at: now }
    return { writes: isNew ? [update(peerMarks, row, waived)] : [], events: [] }
  }
  const isCoolDown = mark.state === 'cooling-down'
  const failures = isCoolDown ? (row?.failures ?? 0) + 1 : (row?.failures ?? 0)
  const set = {
    ...mark,
    says: printableWords(mark.says),
    failures,
    until: isCoolDown ? now + coolDown(context.settings.channels.coolDown, failures) : null,
    is_waived: isWaiver || (row?.is_waived ?? null),
    created_at: now,
    updated_at: now,
  }
  const fields: Fields<typeof peerMarks> = { ...rowBase(identity), peer, ...set }
  const data = { peer: peerMarkView(fields) }
  const type = mark.state === 'blacklisted' ? 'peer.blacklisted' : 'peer.cooled-down'
  return {
    writes: [row ? update(peerMarks, row, set) : insert(peerMarks, fields)],
    events: isWaiver ? [] : [newEvent(context, identity, type, `peer/${peer}`, data)],
  }
}

/** A peer that keeps its promise begins anew: the write that forgets its failures, if there are any. */
export function forgetFailures(row: MarkRow | undefined): Write[] {
  return row?.state === 'cooling-down' ? [remove(peerMarks, row)] : []
}

/** Milliseconds; `first` for the first failure, four times longer for each further one. */
export function coolDown(first: number, failures: number): number {
  return Math.min(longestCoolDown, first * 4 ** Math.min(failures - 1, 20))
}
