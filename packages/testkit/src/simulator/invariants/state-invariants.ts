import type { MirrorRow } from '../mirror-books.ts'
import type { Invariant } from './invariant.ts'
import { stateChanges, textOf } from './read-commit.ts'

/** State → the states that may follow; `''` stands for a row that is new. */
export type Transitions = Readonly<Record<string, readonly string[]>>

const invoiceTransitions: Transitions = {
  '': ['open'],
  open: ['settled', 'expired', 'canceled'],
  expired: ['settled'],
  canceled: ['settled'],
  settled: [],
}

const payoutTransitions: Transitions = {
  '': ['reserved', 'queued'],
  reserved: ['sending', 'failed'],
  // Only on chain: until its transaction is made, and again when that is given up.
  queued: ['sending', 'canceled'],
  sending: ['succeeded', 'failed', 'queued'],
  succeeded: [],
  failed: [],
  canceled: [],
}

const transactionTransitions: Transitions = {
  '': ['intended'],
  intended: ['funded', 'published', 'given-up'],
  funded: ['signed', 'published', 'intended', 'given-up'],
  signed: ['published', 'confirmed', 'conflicted'],
  published: ['confirmed', 'conflicted'],
  confirmed: ['published', 'final'],
  final: [],
  'given-up': [],
  conflicted: [],
}

const attemptTransitions: Transitions = {
  '': ['recorded'],
  recorded: ['sent', 'unknown', 'failed'],
  sent: ['unknown', 'succeeded', 'failed'],
  unknown: ['succeeded', 'failed'],
  succeeded: [],
  failed: [],
}

/** The table of an invoice's states. */
const invoicesGoForward: Invariant = goesForward({
  name: 'invoices-go-forward',
  says: 'An invoice goes from open to settled, expired or canceled, and from those only to settled.',
  table: 'invoices',
  key: 'id',
  transitions: invoiceTransitions,
})

/** The table of a payout's states. */
const payoutsGoForward: Invariant = goesForward({
  name: 'payouts-go-forward',
  says: 'A payout goes from reserved or queued to sending to succeeded or failed; only a queued one is canceled, only one that is sent is queued again, and only the claim of the swap that it is bound to pays one that is queued.',
  table: 'payouts',
  key: 'id',
  transitions: payoutTransitions,
  // The operator's word on what newer books may have paid.
  afterRestore: { queued: ['succeeded', 'failed'] },
  mayFollow: ({ swap, claim_transaction: claim }, from, to) =>
    from === 'queued' && to === 'succeeded' && swap != null && claim != null,
})

/** The table of an attempt's states. */
const attemptsGoForward: Invariant = goesForward({
  name: 'attempts-go-forward',
  says: 'An attempt goes from recorded to sent, perhaps unknown, to succeeded or failed, and never back.',
  table: 'attempts',
  key: 'payout',
  transitions: attemptTransitions,
  // His word is kept in one.
  afterRestore: { '': ['succeeded', 'failed'] },
})

/** The table of a transaction's states. */
const transactionsGoForward: Invariant = goesForward({
  name: 'transactions-go-forward',
  says: 'A transaction goes from intended to funded to signed to published to confirmed to final; what is signed is never given up, unless a coin of it is lost.',
  table: 'transactions',
  key: 'id',
  transitions: transactionTransitions,
  afterLoss: { signed: ['given-up'], published: ['given-up'] },
})

/** What the books say once stays: rows of money are not deleted. */
const nothingIsDeleted: Invariant = {
  name: 'nothing-is-deleted',
  says: 'Invoices, payouts, attempts, transactions, ledger transactions, postings and balances are never deleted.',
  begin: () => ({
    commit({ rows }) {
      const kept = [
        'invoices',
        'payouts',
        'attempts',
        'ledger_transactions',
        'postings',
        'balances',
        'partners',
        'transactions',
        'transaction_outputs',
      ]
      const gone = rows.find(({ table, after }) => !after && kept.includes(table))
      return gone && `a row of ${gone.table} was deleted`
    },
  }),
}

/** All about states. */
export const stateInvariants: readonly Invariant[] = [
  invoicesGoForward,
  payoutsGoForward,
  attemptsGoForward,
  transactionsGoForward,
  nothingIsDeleted,
]

/** An invariant that holds a table's states to their transitions. */
export function goesForward(machine: {
  readonly name: string
  readonly says: string
  readonly table: string
  /** The column that names a row in words. */
  readonly key: string
  readonly transitions: Transitions
  /** What may follow as well once an older copy of the books was put in place. */
  readonly afterRestore?: Transitions
  /** What may follow as well once a coin of the wallet was lost. */
  readonly afterLoss?: Transitions
  /** What may follow by what the row says. */
  readonly mayFollow?: (row: MirrorRow, from: string | undefined, to: string) => boolean
}): Invariant {
  const { name, says, table, key, transitions, afterRestore = {}, afterLoss = {} } = machine
  return {
    name,
    says,
    begin: ({ records }) => ({
      commit(commit) {
        for (const { row, from, to } of stateChanges(commit, table)) {
          if (transitions[from ?? '']?.includes(to)) continue
          if (machine.mayFollow?.(row, from, to)) continue
          if (records.wasRestored && afterRestore[from ?? '']?.includes(to)) continue
          if (records.coinLost && afterLoss[from ?? '']?.includes(to)) continue
          return `${textOf(row, key)} went from ${from ?? 'nothing'} to ${to}`
        }
        return undefined
      },
    }),
  }
}
