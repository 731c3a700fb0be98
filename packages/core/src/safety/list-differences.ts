import { type Context, identityOf } from '../context.ts'
import { type Page, type PageInput, readCursor, readLimit, writeCursor } from '../pages.ts'
import { readObject, readOneOf } from '../read-input.ts'
import { differences } from '../tables/comparison.ts'
import { type Difference, type DifferenceState, differenceView } from './difference-view.ts'

/** Which differences. Default: the `open` ones. */
export interface DifferenceFilter extends PageInput {
  readonly state?: DifferenceState | 'all'
}

const states = ['open', 'booked', 'accepted', 'dropped', 'all'] as const

/** What LND and the books tell differently (money rule 15), newest first. Works while LND is away. */
export async function listDifferences(
  context: Context,
  filter: DifferenceFilter = {},
): Promise<Page<Difference>> {
  readObject(filter, 'filter', ['state', 'cursor', 'limit'])
  const limit = readLimit(filter.limit)
  const after = readCursor(filter.cursor)
  const state = filter.state === undefined ? 'open' : readOneOf(filter.state, 'state', states)
  const { publicKey } = identityOf(context)
  const rows = await context.storage.find(differences, {
    index: state === 'all' ? 'found' : 'state',
    equals: state === 'all' ? [publicKey] : [publicKey, state],
    descending: true,
    limit,
    ...(after && { after }),
  })
  const last = rows.at(-1)
  return {
    items: rows.map(differenceView),
    cursor: last && rows.length === limit ? writeCursor([last.found_at, last.id]) : undefined,
  }
}
