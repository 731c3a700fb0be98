import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  bookOpening,
  bookPayout,
  bookRelease,
  bookReservation,
  bookSettlement,
  isGuarded,
  type LedgerTransaction,
} from '../../src/domain/ledger.ts'

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

test('every booking sums to zero, has no empty leg and names each account once', () => {
  fc.assert(
    fc.property(amount, amount, fee, fee, (one, other, limit, paidFee) => {
      const worstMsat = other + limit
      for (const transaction of [
        bookOpening(one),
        bookOpening(0n),
        bookSettlement('i', 'm', one),
        bookReservation('p', 'm', worstMsat),
        bookRelease('p', 'm', worstMsat),
        bookPayout('p', 'm', { worstMsat, amountMsat: other, feeMsat: paidFee }),
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

test('each fact has an id of its own, so that it can be booked once only', () => {
  const ids = [
    bookOpening(1n),
    bookSettlement('x', 'm', 1n),
    bookReservation('x', 'm', 1n),
    bookRelease('x', 'm', 1n),
  ].map(({ id }) => id)
  expect(new Set(ids).size).toBe(ids.length)
  // Released or succeeded: one of them.
  const succeeded = bookPayout('x', 'm', { worstMsat: 1n, amountMsat: 1n, feeMsat: 0n })
  expect(succeeded.id).toBe(bookRelease('x', 'm', 1n).id)
})

test('partners are guarded, the others are not', () => {
  expect(isGuarded('partner/operator')).toBe(true)
  expect(isGuarded('reserved/m')).toBe(true)
  for (const account of ['operator', 'world/payers', 'world/payees', 'world/opening'] as const)
    expect(isGuarded(account), account).toBe(false)
})
