import { expect, test } from 'vitest'
import { auditDay, findFaults } from '../../src/audit/audit-day.ts'
import type { Evidence } from '../../src/audit/gather-evidence.ts'
import { soundEvidence } from './sound-evidence.ts'

test('a sound day has no faults, and its sums are right', () => {
  const audit = auditDay(soundEvidence())
  expect(findFaults(audit)).toEqual([])
  expect(audit).toMatchObject({
    ledgerSumMsat: 0n,
    lostMsat: 0n,
    paidTwice: 0,
    receivedMsat: 100_000n,
    paidOutMsat: 60_000n,
    feesMsat: 1_000n,
  })
  expect([...audit.owedMsat]).toEqual([['bakery', 39_000n]])
})

test('a second payment for one debt shows as paid twice 1, also when all books agree on it', () => {
  const sound = soundEvidence()
  const again = { paymentHash: 'out-2', amountMsat: 60_000n }
  const audit = auditDay({
    ...sound,
    books: {
      ...sound.books,
      payouts: [...sound.books.payouts, { ...sound.books.payouts[0]!, ...again, id: 'p2' }],
    },
    receivedByWallets: [...sound.receivedByWallets, again],
    sentByLnd: [...sound.sentByLnd, { ...again, feeMsat: 1_000n }],
  })
  expect(audit.paidTwice).toBe(1)
  expect(audit.lostMsat).toBe(0n)
  expect(findFaults(audit)).toEqual(['a debt was paid twice'])
})

test('every other mistake in anybody’s records is found', () => {
  const { books, ...others } = soundEvidence()
  const [invoice, payout] = [books.invoices[0]!, books.payouts[0]!]
  const lost = 'money is lost'
  const mistakes: [string, Partial<Evidence>, string[]][] = [
    [
      'a leg is missing',
      { books: { ...books, postings: books.postings.slice(1) } },
      ['the ledger does not sum to zero', 'a booked fact does not sum to zero'],
    ],
    [
      'two facts are unbalanced in opposite ways',
      {
        books: {
          ...books,
          postings: books.postings.map((leg, index) => ({
            ...leg,
            amountMsat: leg.amountMsat + (index === 2 ? 5n : index === 4 ? -5n : 0n),
          })),
        },
      },
      ['a booked fact does not sum to zero'],
    ],
    [
      'a customer paid what nobody credited',
      { paidByCustomers: [...others.paidByCustomers, { paymentHash: 'x', amountMsat: 1n }] },
      [lost],
    ],
    [
      'the books credit more than was paid',
      { paidByCustomers: [{ paymentHash: 'in', amountMsat: 99_999n }] },
      [lost, 'an invoice was credited twice'],
    ],
    ['the wallet did not get a booked payout', { receivedByWallets: [] }, [lost]],
    [
      'the wallet got what the books call failed',
      { books: { ...books, payouts: [{ ...payout, state: 'failed' }] } },
      [lost],
    ],
    ['LND did not send a booked payout', { sentByLnd: [] }, [lost]],
    [
      'LND paid another fee than was booked',
      { sentByLnd: [{ paymentHash: 'out', amountMsat: 60_000n, feeMsat: 2_000n }] },
      [lost],
    ],
    [
      'the shop was never told',
      { toldAsSettled: new Set([`not ${invoice.id}`]) },
      ['the shop was not told of a settled invoice'],
    ],
  ]
  const failing = mistakes.flatMap(([name, change, expected]) => {
    const found = findFaults(auditDay({ books, ...others, ...change }))
    return JSON.stringify(found) === JSON.stringify(expected) ? [] : [`${name}: ${found}`]
  })
  expect(failing).toEqual([])
})
