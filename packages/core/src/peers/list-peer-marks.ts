import { type Context, identityOf } from '../context.ts'
import { readPublicKey } from '../domain/peer-entry.ts'
import { type Page, readLimit } from '../pages.ts'
import { readObject, readOneOf } from '../read-input.ts'
import { peerMarks } from '../tables/keeper.ts'
import { type PeerMark, peerMarkView } from './peer-mark.ts'

/** Which marks; all of them when empty. */
export interface PeerMarkFilter {
  readonly state?: PeerMark['state']
  /** 1 to 1000, default 100. */
  readonly limit?: number
  /** From the page before. */
  readonly cursor?: string
}

const states = ['blacklisted', 'cooling-down', 'closed-by-operator'] as const

/** The marked peers, by public key. A cool-down that is over is listed until the peer keeps its promise. */
export async function listPeerMarks(
  context: Context,
  filter: PeerMarkFilter = {},
): Promise<Page<PeerMark>> {
  readObject(filter, 'filter', ['state', 'limit', 'cursor'])
  const limit = readLimit(filter.limit)
  const state = filter.state === undefined ? undefined : readOneOf(filter.state, 'state', states)
  const { publicKey } = identityOf(context)
  const rows = await context.storage.find(peerMarks, {
    index: state ? 'state' : 'key',
    equals: state ? [publicKey, state] : [publicKey],
    limit,
    ...(filter.cursor !== undefined && {
      after: [readPublicKey(filter.cursor, 'cursor', () => true)],
    }),
  })
  const last = rows.at(-1)
  return {
    items: rows.map(peerMarkView),
    cursor: last && rows.length === limit ? last.peer : undefined,
  }
}
