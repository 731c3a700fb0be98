import { type Context, identityOf } from '../context.ts'
import { type Page, type PageInput, readCursor, readLimit, writeCursor } from '../pages.ts'
import { readInteger, readObject } from '../read-input.ts'
import { decisions } from '../tables/keeper.ts'
import type { KeeperDecision } from './decision-view.ts'
import { decisionView, lever } from './write-decision.ts'

/** Which decisions; all of them when empty. */
export interface DecisionFilter extends PageInput {
  /** Milliseconds since 1970: nothing older. */
  readonly since?: number
}

/** What the keeper decided and why, newest first, page by page. Throws `input.invalid`. */
export async function listDecisions(
  context: Context,
  filter: DecisionFilter = {},
): Promise<Page<KeeperDecision>> {
  readObject(filter, 'filter', ['since', 'limit', 'cursor'])
  const limit = readLimit(filter.limit)
  const after = readCursor(filter.cursor)
  const since = filter.since === undefined ? undefined : readMoment(filter.since, 'since')
  const rows = await context.storage.find(decisions, {
    index: 'decided',
    equals: [identityOf(context).publicKey, lever],
    descending: true,
    limit,
    ...(since !== undefined && { upTo: since }),
    ...(after && { after }),
  })
  const last = rows.at(-1)
  return {
    items: rows.map(decisionView),
    cursor: last && rows.length === limit ? writeCursor([last.decided_at, last.id]) : undefined,
  }
}

/** Milliseconds since 1970. */
export function readMoment(value: unknown, field: string): number {
  return readInteger(value, field, { minimum: 0, maximum: Number.MAX_SAFE_INTEGER })
}
