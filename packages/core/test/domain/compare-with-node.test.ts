import { expect, test } from 'vitest'
import {
  type ChannelSighting,
  type ComparisonVerdict,
  compareWithNode,
  type NodeComparison,
} from '../../src/domain/compare-with-node.ts'

const day = 86_400_000

const inStep: NodeComparison = {
  areBooksLive: false,
  counter: { books: 7, outside: 7, mostUnwritten: 50 },
  unknownPayments: 0,
  payoutsBehind: 0,
  unknownInvoices: 0,
  payments: { known: 12, node: 12 },
  payoutsUnderWay: 0,
  newestSettled: 'settled',
  channels: [],
  listedChannels: 3,
}
const open: ChannelSighting = {
  state: 'active',
  knownUpdates: 40,
  shown: 'open',
  shownUpdates: 42,
  isCloseSeen: false,
  unchangedFor: 0,
}
const older: ChannelSighting = { ...open, shownUpdates: 39 }
const nowhere: ChannelSighting = { ...open, shown: 'nowhere', shownUpdates: 0 }
const counter = (outside: number | undefined, books = 7): NodeComparison['counter'] => ({
  ...inStep.counter,
  books,
  outside,
})

const same: ComparisonVerdict = { outcome: 'in-step', reasons: [] }
const foreign: ComparisonVerdict = { outcome: 'foreign', reasons: [] }
const booksBehind = (...reasons: ComparisonVerdict['reasons']): ComparisonVerdict => ({
  outcome: 'books-behind',
  reasons,
})
const nodeBehind = (...reasons: ComparisonVerdict['reasons']): ComparisonVerdict => ({
  outcome: 'node-behind',
  reasons,
})

const rows: readonly [string, Partial<NodeComparison>, ComparisonVerdict][] = [
  ['nothing differs', {}, same],
  ['nothing differs, no counter', { counter: counter(undefined) }, same],
  ['first start of all', { counter: counter(undefined, 0), payments: { known: 0, node: 0 } }, same],

  // The counter tells an old copy from other programs.
  ['unknown payments, counter equal', { unknownPayments: 2 }, foreign],
  [
    'unknown payments, counter ahead',
    { unknownPayments: 2, counter: counter(9) },
    booksBehind('counter-ahead', 'unknown-payments'),
  ],
  [
    'unknown payments, no counter',
    { unknownPayments: 2, counter: counter(undefined) },
    booksBehind('unknown-payments'),
  ],
  ['a counter ahead alone', { counter: counter(8) }, booksBehind('counter-ahead')],
  ['a crash between books and counter', { unknownPayments: 1, counter: counter(6) }, foreign],
  ['as many unwritten as can be', { unknownPayments: 1, counter: counter(50, 100) }, foreign],
  [
    'a counter that is too old to be live',
    { unknownPayments: 1, counter: counter(49, 100) },
    booksBehind('unknown-payments'),
  ],
  ['an old counter without anything unknown', { counter: counter(0, 1000) }, same],
  [
    'a payout held for unsent that LND has, counter equal: another program paid its invoice',
    { payoutsBehind: 1 },
    same,
  ],
  [
    'the same without a counter',
    { payoutsBehind: 1, counter: counter(undefined) },
    booksBehind('payouts-behind'),
  ],
  [
    'the same with a counter ahead',
    { payoutsBehind: 1, counter: counter(8) },
    booksBehind('counter-ahead', 'payouts-behind'),
  ],
  ['an invoice of our key', { unknownInvoices: 1 }, booksBehind('unknown-invoices')],

  // Books that this process has compared before cannot have been replaced.
  [
    'unknown payments while it runs, no counter',
    { unknownPayments: 2, payoutsBehind: 1, areBooksLive: true, counter: counter(undefined) },
    foreign,
  ],
  [
    'a counter ahead while it runs: somebody else counts',
    { areBooksLive: true, unknownPayments: 1, counter: counter(8) },
    booksBehind('counter-ahead', 'unknown-payments'),
  ],

  // LND is behind, whatever the counters say.
  ['a channel with more updates', { channels: [open] }, same],
  ['a channel with as many updates', { channels: [{ ...open, shownUpdates: 40 }] }, same],
  ['a channel with fewer updates', { channels: [open, older] }, nodeBehind('channels-older')],
  [
    'a closed channel that is open again in an older state',
    { channels: [{ ...older, state: 'closed', isCloseSeen: true }] },
    nodeBehind('channels-older'),
  ],
  [
    'the same while it runs',
    { channels: [older], areBooksLive: true },
    nodeBehind('channels-older'),
  ],
  ['a channel that closes', { channels: [{ ...older, shown: 'elsewhere' }] }, same],
  ['a channel in no list for a moment', { channels: [nowhere] }, same],
  [
    'a channel in no list for long',
    { channels: [{ ...nowhere, state: 'closing', unchangedFor: 4 * day }] },
    nodeBehind('channels-unlisted'),
  ],
  [
    'a channel in no list for long that was seen to close',
    { channels: [{ ...nowhere, state: 'closing', isCloseSeen: true, unchangedFor: 4 * day }] },
    same,
  ],
  [
    'an opening in no list: its funding was canceled',
    { channels: [{ ...nowhere, state: 'opening', unchangedFor: 4 * day }] },
    same,
  ],
  ['the only channel in no list', { channels: [nowhere], listedChannels: 0 }, same],
  [
    'all channels in no list',
    { channels: [nowhere, nowhere], listedChannels: 0 },
    nodeBehind('channels-unlisted'),
  ],
  ['a settled invoice forgotten', { newestSettled: 'forgotten' }, nodeBehind('invoices-forgotten')],
  ['no invoice was ever settled', { newestSettled: 'none' }, same],
  [
    'fewer payments, and no channel that tells',
    { payments: { known: 12, node: 11 } },
    nodeBehind('payments-missing'),
  ],
  [
    'fewer payments with channels in step: they were deleted',
    { payments: { known: 12, node: 0 }, channels: [open] },
    same,
  ],
  [
    'fewer payments with a channel that was never used',
    { payments: { known: 12, node: 0 }, channels: [{ ...open, knownUpdates: 0 }] },
    nodeBehind('payments-missing'),
  ],
  [
    'fewer payments with a payout under way',
    { payments: { known: 12, node: 0 }, channels: [open], payoutsUnderWay: 1 },
    nodeBehind('payments-missing'),
  ],
  [
    'both are behind: LND is the greater danger',
    {
      channels: [older],
      unknownPayments: 1,
      counter: counter(9),
      payments: { known: 12, node: 3 },
    },
    nodeBehind('channels-older', 'payments-missing', 'counter-ahead', 'unknown-payments'),
  ],
]

test('what a comparison of books and LND means', () => {
  const wrong = rows.flatMap(([name, more, wanted]) => {
    const found = compareWithNode({ ...inStep, ...more })
    return JSON.stringify(found) === JSON.stringify(wanted) ? [] : [{ name, found, wanted }]
  })
  expect(wrong).toEqual([])
})
