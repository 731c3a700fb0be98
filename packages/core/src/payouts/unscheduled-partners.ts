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
  const { live, logger } = context
  if (live.identity === undefined || isScheduled(context)) return
  try {
    setCount(context, await countAutomatic(context, live.identity.publicKey))
  } catch (error) {
    // The storage: whoever uses it next tells.
    logger.info('partners without a schedule could not be looked for', {
      error: error instanceof Error ? error.message : String(error),
    })
  }
}

/** A partner was set to be paid automatically, or not to be any more: counted, since a look reads all partners. */
export async function noteAutomaticPartner(context: Context, isAutomatic: boolean): Promise<void> {
  const { unscheduled } = context.live
  if (isScheduled(context)) return
  if (unscheduled === null) return noteUnscheduledPartners(context)
  setCount(context, Math.max(0, unscheduled + (isAutomatic ? 1 : -1)))
}

function isScheduled({ settings }: Context): boolean {
  const { automaticEvery, isAutomaticByCall } = settings.payouts
  return automaticEvery !== undefined || isAutomaticByCall
}

function setCount({ live, logger }: Context, count: number): void {
  const before = live.unscheduled ?? 0
  const others = live.warnings.filter((warning) => warning !== unscheduledWarning(before))
  live.unscheduled = count
  live.warnings = count === 0 ? others : [...others, unscheduledWarning(count)]
  if (count > 0 && before === 0) logger.warn(unscheduledWarning(count))
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
