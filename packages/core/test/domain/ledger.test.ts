import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  bookAvailable,
  bookBreach,
  bookChainFee,
  bookCloseCost,
  bookCorrection,
  bookForeignIncome,
  bookForwards,
  bookFundingFee,
  bookImport,
  bookOpening,
  bookPayout,
  bookRelease,
  bookReservation,
  bookSettlement,
  isGuarded,
  type LedgerTransaction,
  ownerOf,
} from '../../src/domain/ledger.ts'
import { statementEntries } from '../../src/domain/statement-entry.ts'

const supplyMsat = 21n * 10n ** 17n
const amount = fc.bigInt({ min: 1n, max: supplyMsat })
const fee = fc.bigInt({ min: 0n, max: 10n ** 15n })

function balancesOf(transactions: readonly LedgerTransaction[]): Record<string, bigint> {
  const balances: Record<string, bigint> = {}
  for (const { account, amountMsat } of transactions.flatMap(({ legs }) => legs))
    balances[account] = (balances[account] ?? 0n) + amountMsat
  return balances
}

function checkForm(transaction: LedgerTransaction): void {
  expect(transaction.legs.reduce((sum, leg) => sum + leg.amountMsat, 0n)).toBe(0n)
  expect(transaction.legs.every((leg) => leg.amountMsat !== 0n)).toBe(true)
  const accounts = transaction.legs.map((leg) => leg.account)
  expect(new Set(accounts).size).toBe(accounts.length)
}

const ofChannels = (amountMsat: bigint): LedgerTransaction[] => [
  bookFundingFee('c:0', 't1', amountMsat),
  bookCloseCost('c:0', amountMsat),
  bookChainFee('channel-swept', 't2', 'channel/c:0', amountMsat),
  bookForwards('1', amountMsat),
]

const withDebt = (one: bigint, other: bigint, part: bigint): LedgerTransaction[] => [
  bookSettlement('i', 'm', { paidMsat: one + other, keptMsat: one, toDebtMsat: other }),
  bookSettlement('i', 'm', { paidMsat: one, keptMsat: part, isHeld: true, fromOperator: true }),
  bookForeignIncome('h', one),
  bookAvailable('i', 'm', one, part),
  bookReservation('p', 'm', one + other, other),
  bookRelease('p', 'm', one + other, other),
  bookPayout('p', 'm', { worstMsat: one + other, amountMsat: one, feeMsat: 0n, toDebtMsat: other }),
  bookCorrection('c', 'm', one, 'why', one),
  bookCorrection('c', 'm', -one, 'why'),
  bookImport('m', one),
]

test('every booking sums to zero, has no empty leg and names each account once', () => {
  fc.assert(
    fc.property(amount, amount, fee, fee, (one, other, limit, paidFee) => {
      const worstMsat = other + limit
      for (const transaction of [
        bookOpening(one),
        bookOpening(0n),
        bookSettlement('i', 'm', { paidMsat: one }),
        bookReservation('p', 'm', worstMsat),
        bookRelease('p', 'm', worstMsat),
        bookPayout('p', 'm', { worstMsat, amountMsat: other, feeMsat: paidFee }),
        ...ofChannels(paidFee),
        ...ofChannels(-paidFee),
        ...withDebt(one, other, paidFee),
      ])
        checkForm(transaction)
    }),
  )
})

test('a payout that fails leaves every balance as it was', () => {
  fc.assert(
    fc.property(amount, fee, (payout, limit) => {
      const worstMsat = payout + limit
      const balances = balancesOf([
        bookReservation('p', 'm', worstMsat),
        bookRelease('p', 'm', worstMsat),
      ])
      expect(balances).toEqual({ 'partner/m': 0n, 'reserved/m': 0n })
    }),
  )
})

test('a payout that succeeds costs amount and real fee, never more than was reserved', () => {
  fc.assert(
    fc.property(amount, fee, fee, (payout, limit, paidFee) => {
      const worstMsat = payout + limit
      const balances = balancesOf([
        bookReservation('p', 'm', worstMsat),
        bookPayout('p', 'm', { worstMsat, amountMsat: payout, feeMsat: paidFee }),
      ])
      const overrun = paidFee > limit ? paidFee - limit : 0n
      expect(balances['reserved/m']).toBe(0n)
      expect(balances['partner/m']).toBe(-(payout + paidFee - overrun))
      expect(balances['world/payees']).toBe(payout)
      expect(balances['world/routing-fees'] ?? 0n).toBe(paidFee)
      expect(balances.operator ?? 0n).toBe(-overrun)
    }),
  )
})

test('a fee that the operator bears never touches the partner', () => {
  const balances = balancesOf([
    bookReservation('p', 'm', 1000n),
    bookPayout('p', 'm', {
      worstMsat: 1000n,
      amountMsat: 1000n,
      feeMsat: 30n,
      feeAccount: 'world/onchain-fees',
    }),
  ])
  expect(balances).toEqual({
    'partner/m': -1000n,
    'reserved/m': 0n,
    'world/payees': 1000n,
    'world/onchain-fees': 30n,
    operator: -30n,
  })
})

test('a statement has receipts, payouts and corrections, and nothing that only moves', () => {
  const linesOf = (...transactions: LedgerTransaction[]) =>
    transactions.flatMap((transaction) => statementEntries(transaction))
  expect(
    linesOf(
      bookReservation('p', 'a/b', 1000n, 100n),
      bookRelease('p', 'a/b', 1000n, 50n),
      bookAvailable('i', 'a/b', 70n, 20n),
      bookOpening(9n),
    ),
  ).toEqual([])
  const partner = 'a/b'
  expect(
    linesOf(
      bookSettlement('i', partner, { paidMsat: 100n, keptMsat: 3n, toDebtMsat: 20n, isHeld: true }),
      bookSettlement('j', partner, { paidMsat: 5n, keptMsat: 5n, fromOperator: true }),
      bookPayout('p', partner, { worstMsat: 90n, amountMsat: 70n, feeMsat: 4n, toDebtMsat: 16n }),
      bookPayout('q', partner, { worstMsat: 70n, amountMsat: 70n, feeMsat: 4n }),
      bookCorrection('c', partner, -8n, 'why'),
      bookImport(partner, 6n),
    ),
  ).toEqual([
    { partner, grossMsat: 100n, amountMsat: 97n },
    { partner, grossMsat: 5n, amountMsat: 0n },
    { partner, grossMsat: -70n, amountMsat: -74n },
    { partner, grossMsat: -70n, amountMsat: -70n },
    { partner, grossMsat: -8n, amountMsat: -8n },
    { partner, grossMsat: 6n, amountMsat: 6n },
  ])
})

test('what channels cost and bring is the operator s, and nobody else s', () => {
  const balances = balancesOf([
    ...ofChannels(1000n),
    bookBreach('d:0', 70n),
    bookBreach('e:0', -9n),
  ])
  expect(balances).toEqual({
    operator: -3000n + 1000n + 70n - 9n,
    'world/onchain-fees': 3000n,
    'world/routing-income': -1000n,
    'world/penalties': -61n,
  })
})

test('each fact has an id of its own, so that it can be booked once only', () => {
  const ids = [
    bookOpening(1n),
    bookSettlement('x', 'm', { paidMsat: 1n }),
    bookReservation('x', 'm', 1n),
    bookRelease('x', 'm', 1n),
    bookFundingFee('c:0', 'x', 1n),
    bookCloseCost('x', 1n),
    bookForwards('x', 1n),
    bookForeignIncome('x', 1n),
    bookAvailable('x', 'm', 1n),
    bookCorrection('x', 'm', 1n, 'why'),
    bookImport('x', 1n),
  ].map(({ id }) => id)
  expect(new Set(ids).size).toBe(ids.length)
  // Released or succeeded: one of them.
  const succeeded = bookPayout('x', 'm', { worstMsat: 1n, amountMsat: 1n, feeMsat: 0n })
  expect(succeeded.id).toBe(bookRelease('x', 'm', 1n).id)
  // However it is looked at, a transaction's fee is one fact, and so is a channel's end.
  expect(bookChainFee('channel-bumped', 'x', 's', 1n).id).toBe(bookFundingFee('c:0', 'x', 2n).id)
  expect(bookBreach('c:0', 1n).id).toBe(bookCloseCost('c:0', 2n).id)
})

test('partners are guarded, the others are not', () => {
  expect(isGuarded('partner/operator')).toBe(true)
  expect(isGuarded('reserved/m')).toBe(true)
  expect(isGuarded('pending/m')).toBe(true)
  expect(isGuarded('debt/m')).toBe(true)
  expect(ownerOf('debt/world/x')).toEqual({ kind: 'debt', partner: 'world/x' })
  for (const account of [
    'operator',
    'world/payers',
    'world/opening',
    'world/onchain-fees',
  ] as const)
    expect(isGuarded(account), account).toBe(false)
})
