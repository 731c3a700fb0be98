import { type Context, identityOf } from '../context.ts'
import type { PayoutState } from '../domain/attempt.ts'
import { type Page, type PageInput, readCursor, readLimit, writeCursor } from '../pages.ts'
import { readId, readObject, readOneOf } from '../read-input.ts'
import { payouts } from '../tables/payouts.ts'
import { readPayout } from './get-payout.ts'
import type { Payout } from './payout-view.ts'

/** Which payouts; all of them when empty. */
export interface PayoutFilter extends PageInput {
  readonly partner?: string
  readonly state?: PayoutState
}

const states = ['reserved', 'queued', 'sending', 'succeeded', 'failed', 'canceled'] as const

/** Payouts by partner and state, newest first. Throws `input.invalid`. */
export async function listPayouts(
  context: Context,
  filter: PayoutFilter = {},
): Promise<Page<Payout>> {
  readObject(filter, 'filter', ['partner', 'state', 'cursor', 'limit'])
  const limit = readLimit(filter.limit)
  const after = readCursor(filter.cursor)
  const partner = filter.partner === undefined ? undefined : readId(filter.partner, 'partner')
  const state = filter.state === undefined ? undefined : readOneOf(filter.state, 'state', states)
  const rows = await context.storage.find(payouts, {
    index: partner && state ? 'partner_state' : partner ? 'partner' : state ? 'state' : 'created',
    equals: [
      identityOf(context).publicKey,
      ...(partner ? [partner] : []),
      ...(state ? [state] : []),
    ],
    descending: true,
    limit,
    ...(after && { after }),
  })
  const last = rows.at(-1)
  return {
    items: await Promise.all(rows.map((row) => readPayout(context, row))),
    cursor: last && rows.length === limit ? writeCursor([last.created_at, last.id]) : undefined,
  }
}
