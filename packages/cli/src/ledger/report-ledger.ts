import type {
  JournalEntry,
  LedgerRange,
  PaymentNode,
  PaymentNodeOptions,
  Statement,
} from '@payment-node/core'
import { readBooks, whyNotRead } from '../books/read-books.ts'

/** What `payment-node statement --json` prints. */
export interface StatementReport {
  readonly command: 'statement'
  /** Path of the configuration file. */
  readonly configuration: string
  readonly range: LedgerRange
  /** All lines of the range; null: the books were not read. */
  readonly statement: Omit<Statement, 'cursor'> | null
  /** Why they were not read. */
  readonly says: string | null
}

/** All pages of a partner's statement as one. */
export function reportStatement(
  configuration: string,
  options: PaymentNodeOptions,
  partner: string,
  range: LedgerRange,
): Promise<StatementReport> {
  return readBooks(options, async (books) => {
    const about = { command: 'statement', configuration, range } as const
    if (books.state !== 'open') return { ...about, statement: null, says: whyNotRead(books) }
    const { ledger } = books.rooms
    let page = await ledger.statement(partner, { ...range, limit: 1000 })
    const { opening } = page
    const items = [...page.items]
    while (page.cursor !== undefined) {
      page = await ledger.statement(partner, { ...range, limit: 1000, cursor: page.cursor })
      items.push(...page.items)
    }
    return { ...about, statement: { partner, opening, closing: page.closing, items }, says: null }
  })
}

/** What `payment-node journal --json` prints. */
export interface JournalReport {
  readonly command: 'journal'
  readonly configuration: string
  readonly range: LedgerRange
  /** null: the books were not read. */
  readonly entries: readonly JournalEntry[] | null
  readonly says: string | null
}

/** All pages of the journal as one. */
export function reportJournal(
  configuration: string,
  options: PaymentNodeOptions,
  range: LedgerRange,
): Promise<JournalReport> {
  return readBooks(options, async (books) => {
    const about = { command: 'journal', configuration, range } as const
    if (books.state !== 'open') return { ...about, entries: null, says: whyNotRead(books) }
    const entries: JournalEntry[] = []
    let cursor: string | undefined
    do {
      const page = await books.rooms.ledger.journal({
        ...range,
        limit: 1000,
        ...(cursor !== undefined && { cursor }),
      })
      entries.push(...page.items)
      cursor = page.cursor
    } while (cursor !== undefined)
    return { ...about, entries, says: null }
  })
}

/** CSV, or why the books were not read. */
export function reportCsv(
  options: PaymentNodeOptions,
  write: (ledger: PaymentNode['ledger']) => Promise<string>,
): Promise<{ readonly csv: string | null; readonly says: string | null }> {
  return readBooks(options, async (books) =>
    books.state === 'open'
      ? { csv: await write(books.rooms.ledger), says: null }
      : { csv: null, says: whyNotRead(books) },
  )
}
