import { type Context, identityOf } from '../context.ts'
import type { ClosingState } from '../domain/closing.ts'
import { type Page, type PageInput, readLimit } from '../pages.ts'
import { readObject, readOneOf } from '../read-input.ts'
import { closeIntents } from '../tables/channel-intents.ts'
import { type ChannelClosing, closingView } from './closing-view.ts'
import { readChannelPoint } from './read-channel-point.ts'

/** Which closings; all of them when empty. */
export interface ClosingFilter extends PageInput {
  readonly state?: ClosingState
}

const states = ['intended', 'closing', 'closed', 'refused'] as const

/** What the operator wanted closed, by channel point, page by page. Throws `input.invalid`. */
export async function listClosings(
  context: Context,
  filter: ClosingFilter = {},
): Promise<Page<ChannelClosing>> {
  readObject(filter, 'filter', ['state', 'cursor', 'limit'])
  const limit = readLimit(filter.limit)
  const state = filter.state === undefined ? undefined : readOneOf(filter.state, 'state', states)
  const { publicKey } = identityOf(context)
  const rows = await context.storage.find(closeIntents, {
    index: state ? 'state' : 'key',
    equals: state ? [publicKey, state] : [publicKey],
    limit,
    ...(filter.cursor !== undefined && { after: [readChannelPoint(filter.cursor, 'cursor')] }),
  })
  const last = rows.at(-1)
  return {
    items: rows.map(closingView),
    cursor: last && rows.length === limit ? last.channel_point : undefined,
  }
}
