import type { Context } from '../context.ts'
import { partners } from '../tables/partners.ts'

/** Rows of one page. */
const page = 1000

/**
 * Looks, where no schedule pays automatically, for partners that are set to be paid so, and tells it once in the
 * log; `node.status()` shows it. A host that calls `payouts.runAutomatic()` itself says so by
 * `payouts.automatic: 'by-call'`. Never throws.
 */
export async function noteUnscheduledPartners(context: Context): Promise<void> {
  const { live, settings, logger } = context
  const { automaticEvery, isAutomaticByCall } = settings.payouts
  if (automaticEvery !== undefined || isAutomaticByCall || live.identity === undefined) return
  try {
    const count = await countAutomatic(context, live.identity.publicKey)
    const before = live.warnings.length
    live.warnings = count === 0 ? [] : [unscheduledWarning(count)]
    if (count > 0 && before === 0) logger.warn(live.warnings[0]!)
  } catch (error) {
    // The storage: whoever uses it next tells.
    logger.info('partners without a schedule could not be looked for', {
      error: error instanceof Error ? error.message : String(error),
    })
  }
}

async function countAutomatic({ storage }: Context, publicKey: string): Promise<number> {
  let count = 0
  let after: (string | number)[] | undefined
  for (;;) {
    const rows = await storage.find(partners, {
      index: 'created',
      equals: [publicKey],
      limit: page,
      ...(after && { after }),
    })
    count += rows.filter((row) => row.has_automatic_payouts === true).length
    const last = rows.at(-1)
    if (!last || rows.length < page) return count
    after = [last.created_at, last.id]
  }
}

function unscheduledWarning(count: number): string {
  return `${count === 1 ? '1 partner has' : `${count} partners have`} automatic payouts, and no schedule pays them: set the option payouts.automatic, to 'by-call' where you call payouts.runAutomatic() yourself`
}
