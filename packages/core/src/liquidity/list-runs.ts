import { type Context, identityOf } from '../context.ts'
import { PaymentNodeError } from '../errors.ts'
import { type Page, type PageInput, readCursor, readLimit, writeCursor } from '../pages.ts'
import { readObject, readText } from '../read-input.ts'
import { liquidityRuns } from '../tables/liquidity.ts'
import { runView } from './run-row.ts'
import type { LiquidityRun } from './run-view.ts'

/** What the autopilot decided and why, newest first, page by page. Throws `input.invalid`. */
export async function listRuns(
  context: Context,
  filter: PageInput = {},
): Promise<Page<LiquidityRun>> {
  readObject(filter, 'filter', ['limit', 'cursor'])
  const limit = readLimit(filter.limit)
  const after = readCursor(filter.cursor)
  const rows = await context.storage.find(liquidityRuns, {
    index: 'decided',
    equals: [identityOf(context).publicKey],
    descending: true,
    limit,
    ...(after && { after }),
  })
  const last = rows.at(-1)
  return {
    items: rows.map(runView),
    cursor: last && rows.length === limit ? writeCursor([last.decided_at, last.id]) : undefined,
  }
}

/** One run: what it saw, what it took and what it rejected, and why. Throws `liquidity.run-not-found`. */
export async function explainRun(context: Context, id: string): Promise<LiquidityRun> {
  const run = readText(id, 'id', { maximum: 100 })
  const row = await context.storage.get(liquidityRuns, [run])
  if (!row || row.node !== identityOf(context).publicKey) {
    throw new PaymentNodeError(
      'liquidity.run-not-found',
      `No run of the autopilot has the id ${run}.`,
      {
        run,
      },
    )
  }
  return runView(row)
}
