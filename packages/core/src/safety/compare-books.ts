import { type Context, type Identity, type Leadership, rowBase } from '../context.ts'
import {
  type ComparisonOutcome,
  type ComparisonVerdict,
  compareWithNode,
  isOlderState,
  isUnlisted,
} from '../domain/compare-with-node.ts'
import { record } from '../record.ts'
import { intentCounters } from '../tables/comparison.ts'
import { insert } from '../tables/table.ts'
import { bookForeign, takeOver } from './book-foreign.ts'
import { confirmNode } from './confirm-node.ts'
import { readCounterOutside, writeCounterOutside } from './count-intent.ts'
import { explainPayments, type PaymentFindings } from './explain-payments.ts'
import { haltForDifferences } from './halt-for-differences.ts'
import {
  aheadCounter,
  channelOlder,
  channelUnlisted,
  invoiceForgotten,
  missingPayments,
  type NewDifference,
  payoutBehind,
  unknownPayment,
} from './new-difference.ts'
import { readPaymentsCursor, storePaymentsCursor } from './payments-cursor.ts'
import { settleDifferences } from './settle-differences.ts'
import { countUnderWay, sightChannels, sightNewestSettled } from './sight-node.ts'

/**
 * Money rule 15: compares the books with LND before anything is sent. What is foreign is booked as the
 * operator's; what says that one of the two is an old copy sets the kill switch and is listed. Any step
 * may be repeated: what was found before is not found again. `areBooksLive`: this leader has compared
 * them before, and nobody can have replaced them since.
 */
export async function compareBooks(
  context: Context,
  identity: Identity,
  leadership: Leadership,
  areBooksLive: boolean,
  signal: AbortSignal,
): Promise<ComparisonOutcome> {
  await confirmNode(context, identity, signal)
  await settleDifferences(context, identity, leadership, signal)
  const findings = await find(context, identity, leadership, signal)
  await confirmNode(context, identity, signal)
  signal.throwIfAborted()
  const verdict = judge(context, findings, areBooksLive)
  const { counter, payments, known } = findings
  if (verdict.outcome === 'books-behind' || verdict.outcome === 'node-behind') {
    const found = {
      cause: verdict.outcome,
      reasons: verdict.reasons,
      rows: list(findings, verdict),
      outside: counter.outside,
    }
    await haltForDifferences(context, identity, found, leadership.fence)
  } else {
    await bookForeign(context, identity, leadership, payments.unknown)
  }
  await bookForeign(context, identity, leadership, payments.daemons)
  // Whatever else was found: LND's word ends them.
  await takeOver(context, identity, leadership, payments.behind)
  const position = placeOf(context, findings, verdict)
  if (position !== known) await storePaymentsCursor(context, identity, leadership, position)
  await raiseOutside(context, identity, counter)
  return verdict.outcome
}

interface Findings {
  readonly counter: { readonly books: number; readonly outside: number | undefined }
  /** Payment indexes: what the books have seen, and the newest of LND. */
  readonly known: number
  readonly newest: number
  readonly underWay: number
  readonly payments: PaymentFindings
  readonly channels: Awaited<ReturnType<typeof sightChannels>>
  readonly settled: Awaited<ReturnType<typeof sightNewestSettled>>
}

/** What the books know is read before LND's word on it: what happens meanwhile is then no difference. */
async function find(
  context: Context,
  identity: Identity,
  leadership: Leadership,
  signal: AbortSignal,
): Promise<Findings> {
  const outside = await readCounterOutside(context)
  const books = await countedIntents(context, identity, leadership)
  const known = await readPaymentsCursor(context, identity)
  const underWay = await countUnderWay(context, identity)
  const channels = await sightChannels(context, identity, signal)
  const settled = await sightNewestSettled(context, identity, signal)
  const { paymentIndex } = await context.lightning.highWater(signal)
  const payments = await explainPayments(context, identity, BigInt(known), signal)
  const newest = Number(paymentIndex)
  return { counter: { books, outside }, known, newest, underWay, payments, channels, settled }
}

function judge(context: Context, findings: Findings, areBooksLive: boolean): ComparisonVerdict {
  const { counter, known, newest, underWay, payments, channels, settled } = findings
  return compareWithNode({
    areBooksLive,
    counter: { ...counter, mostUnwritten: context.settings.maximumConcurrentPayouts + 1 },
    unknownPayments: payments.unknown.length,
    payoutsBehind: payments.behind.length,
    // Found where the host asks for them again: only then their ids are known.
    unknownInvoices: 0,
    payments: { known, node: newest },
    payoutsUnderWay: underWay,
    newestSettled: settled.sighting,
    channels: channels.sightings,
    listedChannels: channels.listed,
  })
}

/** Everything that the operator should see. */
function list(
  { counter, known, newest, payments, channels, settled }: Findings,
  { reasons }: ComparisonVerdict,
): NewDifference[] {
  const { books, outside = 0 } = counter
  const unlisted = reasons.includes('channels-unlisted')
    ? channels.sightings.filter(isUnlisted)
    : []
  return [
    ...(reasons.includes('counter-ahead') ? [aheadCounter(outside, books)] : []),
    ...payments.behind.map(payoutBehind),
    ...payments.unknown.map(unknownPayment),
    ...channels.sightings.filter(isOlderState).map(channelOlder),
    ...unlisted.map(channelUnlisted),
    ...(reasons.includes('payments-missing') ? [missingPayments(known, newest)] : []),
    ...(settled.row && settled.sighting === 'forgotten' ? [invoiceForgotten(settled.row)] : []),
  ]
}

/** Where the next look at LND's payments begins. A shorter history that was judged harmless begins anew. */
function placeOf(
  context: Context,
  { known, newest, payments }: Findings,
  { reasons }: ComparisonVerdict,
): number {
  if (newest >= known || reasons.includes('payments-missing')) return Number(payments.through)
  context.logger.warn('LND has fewer payments than before: some were deleted there', {
    known,
    newest,
  })
  return newest
}

/** What the books have counted; the first comparison begins with nothing. */
async function countedIntents(
  context: Context,
  identity: Identity,
  leadership: Leadership,
): Promise<number> {
  const row = await context.storage.get(intentCounters, [identity.publicKey])
  if (row) return row.count
  const first = insert(intentCounters, { ...rowBase(identity), count: 0, outside_seen: 0 })
  await record(context, { writes: [first], fence: leadership.fence }, async () => true)
  return 0
}

async function raiseOutside(
  context: Context,
  identity: Identity,
  { books, outside }: Findings['counter'],
): Promise<void> {
  if (!context.settings.intentCounter || (outside !== undefined && outside >= books)) return
  if (outside !== undefined) {
    context.logger.warn('the counter outside is older than the books; it is raised', {
      outside,
      books,
    })
  }
  await writeCounterOutside(context, identity)
}
