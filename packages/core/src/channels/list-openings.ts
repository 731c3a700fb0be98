import { type Context, identityOf } from '../context.ts'
import type { OpeningState } from '../domain/opening.ts'
import { type Page, type PageInput, readCursor, readLimit, writeCursor } from '../pages.ts'
import { readObject, readOneOf } from '../read-input.ts'
import { channelIntents } from '../tables/channel-intents.ts'
import { type ChannelOpening, openingView } from './opening-view.ts'

/** Which openings; all of them when empty. */
export interface OpeningFilter extends PageInput {
  readonly state?: OpeningState
}

const states = ['intended', 'opening', 'pending', 'open', 'failed', 'abandoned'] as const

/** The keeper's and the operator's openings, newest first. Throws `input.invalid`. */
export async function listOpenings(
  context: Context,
  filter: OpeningFilter = {},
): Promise<Page<ChannelOpening>> {
  readObject(filter, 'filter', ['state', 'cursor', 'limit'])
  const limit = readLimit(filter.limit)
  const after = readCursor(filter.cursor)
  const state = filter.state === undefined ? undefined : readOneOf(filter.state, 'state', states)
  const rows = await context.storage.find(channelIntents, {
    index: state ? 'state' : 'created',
    equals: [identityOf(context).publicKey, ...(state ? [state] : [])],
    descending: true,
    limit,
    ...(after && { after }),
  })
  const last = rows.at(-1)
  return {
    items: rows.map(openingView),
    cursor: last && rows.length === limit ? writeCursor([last.created_at, last.id]) : undefined,
  }
}
