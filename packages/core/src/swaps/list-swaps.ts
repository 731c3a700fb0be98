import { type Context, identityOf } from '../context.ts'
import { type Page, type PageInput, readCursor, readLimit, writeCursor } from '../pages.ts'
import { readObject, readOneOf } from '../read-input.ts'
import { swaps } from '../tables/swaps.ts'
import { type Swap, swapView } from './swap-view.ts'

/** Which swaps; all of them when empty. */
export interface SwapFilter extends PageInput {
  readonly state?: Swap['state']
}

const states = [
  'created',
  'verified',
  'paying',
  'held',
  'lockup-seen',
  'lockup-confirmed',
  'preimage-revealed',
  'claim-published',
  'claimed',
  'failed-unpaid',
  'returned',
  'lost',
  'requested',
  'accepted',
  'running',
  'completed',
  'failed',
  'needs-operator',
] as const satisfies readonly Swap['state'][]

/** Swaps by state, newest first, page by page. */
export async function listSwaps(context: Context, filter: SwapFilter = {}): Promise<Page<Swap>> {
  readObject(filter, 'filter', ['state', 'cursor', 'limit'])
  const limit = readLimit(filter.limit)
  const after = readCursor(filter.cursor)
  const state = filter.state === undefined ? undefined : readOneOf(filter.state, 'state', states)
  const rows = await context.storage.find(swaps, {
    index: state ? 'state' : 'created',
    equals: [identityOf(context).publicKey, ...(state ? [state] : [])],
    descending: true,
    limit,
    ...(after && { after }),
  })
  const last = rows.at(-1)
  return {
    items: rows.map(swapView),
    cursor: last && rows.length === limit ? writeCursor([last.created_at, last.id]) : undefined,
  }
}
