import { type Context, identityOf } from '../context.ts'
import { type Page, type PageInput, readCursor, readLimit, writeCursor } from '../pages.ts'
import { readObject } from '../read-input.ts'
import { partners } from '../tables/partners.ts'
import { withBalance } from './get-partner.ts'
import type { Partner } from './partner-view.ts'

/** All partners with their balances, newest first. Throws `input.invalid`. */
export async function listPartners(
  context: Context,
  input: PageInput = {},
): Promise<Page<Partner>> {
  readObject(input, 'page', ['cursor', 'limit'])
  const limit = readLimit(input.limit)
  const after = readCursor(input.cursor)
  const rows = await context.storage.find(partners, {
    index: 'created',
    equals: [identityOf(context).publicKey],
    descending: true,
    limit,
    ...(after && { after }),
  })
  const last = rows.at(-1)
  return {
    items: await Promise.all(rows.map((row) => withBalance(context, row))),
    cursor: last && rows.length === limit ? writeCursor([last.created_at, last.id]) : undefined,
  }
}
