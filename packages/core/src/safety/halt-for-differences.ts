import type { Context, Identity } from '../context.ts'
import type { ComparisonReason } from '../domain/compare-with-node.ts'
import { newEvent } from '../events/new-event.ts'
import { sayMaybePaid } from '../payouts/maybe-paid.ts'
import type { Change } from '../ports/storage.ts'
import { maximumDecisions, record, tooContended } from '../record.ts'
import { differences, intentCounters } from '../tables/comparison.ts'
import { safety } from '../tables/node.ts'
import { insert, update } from '../tables/table.ts'
import type { Comparison, DifferenceKind } from './difference-view.ts'
import { differenceRow, type NewDifference } from './new-difference.ts'
import { readSafety } from './require-not-halted.ts'

/** Why the comparison halted outgoing money, in the kill switch's row. */
export type HaltCause = 'books-behind' | 'node-behind' | 'books-short'

const eventOf = {
  'books-behind': 'node.books-behind',
  'node-behind': 'node.behind',
  'books-short': 'books.short',
} as const

/** Rows in one change: a long list must not hold up the other commits. */
const together = 200

/**
 * Sets the kill switch with its cause, lists what was found, and tells. What was found before is neither
 * listed nor told again. Answers whether there was anything new.
 */
export async function haltForDifferences(
  context: Context,
  identity: Identity,
  found: {
    readonly cause: HaltCause
    readonly reasons: readonly ComparisonReason[]
    readonly rows: readonly NewDifference[]
    /** Of the counter outside, when it is ahead. */
    readonly outside?: number | undefined
  },
  fence?: Change['fence'],
): Promise<boolean> {
  for (let decision = 0; decision < maximumDecisions; decision++) {
    const fresh = await withoutListed(context, identity, found.rows)
    if (fresh.length === 0) return decision > 0
    if (await halt(context, identity, { ...found, rows: fresh }, fence)) return true
  }
  throw tooContended('the differences')
}

async function withoutListed(
  context: Context,
  { publicKey }: Identity,
  rows: readonly NewDifference[],
): Promise<NewDifference[]> {
  const fresh: NewDifference[] = []
  for (const row of rows)
    if (!(await context.storage.get(differences, [publicKey, row.id]))) fresh.push(row)
  return fresh
}

/** False when something was changed by others meanwhile. */
async function halt(
  context: Context,
  identity: Identity,
  found: Parameters<typeof haltForDifferences>[2],
  fence: Change['fence'],
): Promise<boolean> {
  const { cause, reasons, rows, outside } = found
  const now = context.clock.now()
  const isOldCopy = reasons.some((reason) => ofOldCopy.has(reason))
  const comparison: Comparison = {
    reasons,
    differences: countByKind(rows),
    says: wordsFor(cause, reasons, rows),
  }
  for (let start = 0; start < rows.length; start += together) {
    const part = rows.slice(start, start + together)
    const row = await readSafety(context, identity)
    const counter =
      outside === undefined
        ? undefined
        : await context.storage.get(intentCounters, [identity.publicKey])
    const change: Change = {
      writes: [
        update(safety, row, {
          is_halted: true,
          // An old LND is the greater danger: its words stay.
          cause: row.cause === 'node-behind' ? row.cause : cause,
          reason:
            row.cause === 'node-behind' && cause !== 'node-behind' ? row.reason : comparison.says,
          changed_at: now,
          // From this change on, payouts that newer books may have paid are left alone.
          ...(isOldCopy && start === 0 && { times_behind: (row.times_behind ?? 0) + 1 }),
        }),
        ...part.map((difference) => insert(differences, differenceRow(identity, difference, now))),
        ...(counter && outside !== undefined && outside > counter.outside_seen
          ? [update(intentCounters, counter, { outside_seen: outside })]
          : []),
      ],
      events:
        start > 0 ? [] : [newEvent(context, identity, eventOf[cause], 'node', { comparison })],
      ...(fence && { fence }),
    }
    const isApplied = async (): Promise<boolean> =>
      (await context.storage.get(differences, [identity.publicKey, part[0]!.id])) !== undefined
    if (await record(context, change, isApplied)) return false
    if (start === 0) context.logger.error(comparison.says, { ...comparison.differences })
  }
  if (isOldCopy) await sayMaybePaid(context, identity)
  return true
}

function countByKind(rows: readonly NewDifference[]): Comparison['differences'] {
  const counts: Partial<Record<DifferenceKind, number>> = {}
  for (const { kind } of rows) counts[kind] = (counts[kind] ?? 0) + 1
  return counts
}

/** What shows that the books are an old copy, also where LND is an old one itself. */
const ofOldCopy: ReadonlySet<ComparisonReason> = new Set([
  'counter-ahead',
  'unknown-payments',
  'payouts-behind',
  'unknown-invoices',
  'unknown-transactions',
])

const meanings: Readonly<Record<ComparisonReason, string>> = {
  'counter-ahead': 'more was sent than these books have counted',
  'unknown-payments': 'LND has made payments that these books do not know',
  'payouts-behind': 'LND has paid payouts that these books hold for unsent',
  'unknown-invoices': 'LND was paid for invoices that these books do not know',
  'channels-older': 'LND shows an older state of channels than these books have seen',
  'channels-unlisted': 'LND has never heard of channels that these books know as open',
  'payments-missing': 'LND has fewer payments than these books have seen',
  'invoices-forgotten': 'LND does not know that invoices were paid',
  'unknown-transactions': 'LND has published payouts that these books have not signed',
  'value-missing': 'LND has less than the books say',
  insolvent: 'LND has less than partners are owed',
}

function wordsFor(
  cause: HaltCause,
  reasons: readonly ComparisonReason[],
  rows: readonly NewDifference[],
): string {
  const found = reasons.map((reason) => meanings[reason]).join('; ')
  const list = `safety.differences() (${rows.length} ${rows.length === 1 ? 'entry' : 'entries'})`
  if (cause === 'books-short') {
    const what = rows.map(({ books }) => books).join(' ')
    return `the proof of the books failed: ${what} Find out where it went; safety.resume(reason) books it as the operator's loss`
  }
  return cause === 'node-behind'
    ? `LND came back with an old state (${found}). Do NOT force close any channel, and let nobody do it: the peers hold newer states. Find LND's newest data first. Details: ${list}`
    : `these books seem to be an old copy (${found}). Restore the newest copy. Or read ${list}; of each payout with the reason 'maybe-paid' find out whether newer books have paid it, and say so by payouts.resolve(id, verdict, evidence), or by payouts.release(id) when it was not: until then it waits, and automatic payouts wait for payouts.runAutomatic(). safety.resume(reason) books what LND paid as the operator's. Swaps that these books do not have are claimed by nobody: payment-node rescue --without-books finds them`
}
