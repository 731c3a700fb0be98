import type { Invariant } from './invariant.ts'
import { insertedRows, stateChanges, textOf } from './read-commit.ts'

/** State → the event that tells of it. */
const invoiceEvents: Readonly<Record<string, string>> = {
  open: 'invoice.created',
  settled: 'invoice.settled',
  expired: 'invoice.expired',
  canceled: 'invoice.canceled',
}
const payoutEvents: Readonly<Record<string, string>> = {
  sending: 'payout.sending',
  succeeded: 'payout.succeeded',
  failed: 'payout.failed',
  queued: 'payout.queued',
  canceled: 'payout.canceled',
}

/** Reason of a payout that waits for the operator's word. */
const givenUp = 'transaction-given-up'

/** State and event commit together. */
const oneEventPerChange: Invariant = {
  name: 'one-event-per-change',
  says: 'Each change of the state of an invoice or a payout comes with exactly one event of its kind, and no such event without a change.',
  begin: () => ({
    commit(commit) {
      const wanted: string[] = []
      for (const { row, to } of stateChanges(commit, 'invoices'))
        wanted.push(`${invoiceEvents[to]} invoice/${row.id}`)
      for (const { row, to } of stateChanges(commit, 'payouts')) {
        const type = payoutEvents[to]
        if (type) wanted.push(`${type} payout/${row.id}`)
      }
      for (const { row, to } of stateChanges(commit, 'attempts')) {
        if (to === 'unknown') wanted.push(`payout.unknown payout/${textOf(row, 'payout')}`)
      }
      for (const { subject } of insertedRows(commit, 'ledger_transactions').filter(
        ({ kind }) => kind === 'invoice-available',
      ))
        wanted.push(`invoice.available ${subject}`)
      for (const { table, before, after } of commit.rows) {
        // The operator gave up the transaction that another payout was in, too.
        if (table === 'payouts' && after?.reason === givenUp && before?.reason !== givenUp)
          wanted.push(`payout.unknown payout/${after.id}`)
        if (table === 'payouts' && after?.reason === 'revived' && before?.reason !== 'revived')
          wanted.push(`payout.revived payout/${after.id}`)
        // The swap whose claim was to pay it has ended without.
        if (table === 'payouts' && before?.swap != null && after?.swap === null)
          wanted.push(`payout.queued payout/${after.id}`)
        // Refunds have taken all that was held.
        if (table !== 'jobs' || after || !String(before?.queue).startsWith('available@')) continue
        const line = `invoice.available invoice/${before?.subject}`
        if (!wanted.includes(line)) wanted.push(line)
      }
      const found = (commit.change.events ?? [])
        .filter(({ type }) => /^(invoice|payout)\./.test(type))
        .map(({ type, subject }) => `${type} ${subject}`)
      const missing = wanted.find((line) => !found.includes(line))
      if (missing) return `no event ${missing}`
      if (found.length !== wanted.length)
        return `events ${found.join(', ')}, wanted ${wanted.join(', ')}`
      return undefined
    },
  }),
}

/** What may come first and what may follow per subject. */
const order: Readonly<Record<string, readonly string[]>> = {
  '': ['invoice.created', 'payout.queued', 'payout.sending', 'payout.failed', 'payout.unknown'],
  'invoice.created': ['invoice.settled', 'invoice.expired', 'invoice.canceled'],
  'invoice.expired': ['invoice.settled'],
  'invoice.canceled': ['invoice.settled'],
  'invoice.settled': ['invoice.available'],
  'invoice.available': [],
  // Paid straight by a swap's claim, or given back by that swap.
  'payout.queued': ['payout.sending', 'payout.canceled', 'payout.succeeded', 'payout.queued'],
  'payout.canceled': [],
  'payout.sending': ['payout.unknown', 'payout.succeeded', 'payout.failed', 'payout.queued'],
  'payout.unknown': ['payout.sending', 'payout.succeeded', 'payout.failed'],
  'payout.succeeded': [],
  'payout.failed': ['payout.revived'],
  'payout.revived': [],
}

/** What may come as well once an older copy of the books was put in place: the operator's word on what newer ones have paid. */
const afterRestore: Readonly<Record<string, readonly string[]>> = {
  '': ['payout.succeeded'],
  'payout.queued': ['payout.succeeded', 'payout.failed'],
}

/** The log is the history. */
const eventsInOrder: Invariant = {
  name: 'events-in-order',
  says: 'The events of each invoice and payout come in an order that its states allow, each id once.',
  begin({ books, records }) {
    const last = new Map<string, string>()
    const ids = new Set<string>()
    for (const { id, type, subject } of books.events) {
      ids.add(id)
      last.set(subject, type)
    }
    return {
      commit({ change }) {
        for (const { id, type, subject } of change.events ?? []) {
          if (ids.has(id)) return `the event ${id} was written twice`
          ids.add(id)
          if (!/^(invoice|payout)\./.test(type)) continue
          const before = last.get(subject) ?? ''
          const mayFollow =
            order[before]?.includes(type) ||
            (records.wasRestored && afterRestore[before]?.includes(type))
          if (!mayFollow) return `${subject}: ${type} after ${before || 'nothing'}`
          last.set(subject, type)
        }
        return undefined
      },
    }
  },
}

/** Durable handlers. */
const handlersSawAll: Invariant = {
  name: 'handlers-saw-all',
  says: 'In the end every durable handler has finished every event that it asked for at least once, in the order of the log.',
  begin(witness) {
    return {
      end() {
        for (const [consumer, handled] of witness.records.handled) {
          const first: string[] = []
          const seen = new Set<string>()
          let highest = 0n
          for (const { id, cursor } of handled) {
            if (seen.has(id)) continue
            seen.add(id)
            first.push(id)
            if (cursor < highest && !witness.records.wasRestored)
              return `${consumer} finished ${id} (${cursor}) for the first time after ${highest}`
            if (cursor > highest) highest = cursor
          }
          const missed = witness.books.events.find(
            ({ id, type }) => isWanted(consumer, type) && !seen.has(id),
          )
          if (missed) return `${consumer} has never finished ${missed.type} ${missed.subject}`
        }
        return undefined
      },
    }
  },
}

/** All about the event log. */
export const eventInvariants: readonly Invariant[] = [
  oneEventPerChange,
  eventsInOrder,
  handlersSawAll,
]

function isWanted(consumer: string, type: string): boolean {
  return consumer === 'orders' ? type === 'invoice.settled' : /^(invoice|payout)\./.test(type)
}
