import type { PaymentNodeOptions, KeeperReport as Week } from '@payment-node/core'
import { readBooks, whyNotRead } from '../books/read-books.ts'

/** What `payment-node keeper report --json` prints. */
export interface WeekReport {
  readonly command: 'keeper report'
  readonly configuration: string
  /** null: the books were not read. */
  readonly week: Week | null
  readonly says: string | null
}

/** What the keeper did, or would have done, in the last `days`. */
export function reportWeek(
  configuration: string,
  options: PaymentNodeOptions,
  days: number,
): Promise<WeekReport> {
  return readBooks(options, async (books) => {
    const about = { command: 'keeper report', configuration } as const
    if (books.state !== 'open') return { ...about, week: null, says: whyNotRead(books) }
    const since = Date.now() - days * 86_400_000
    return { ...about, week: await books.rooms.keeper.report({ since }), says: null }
  })
}
