import { expect, test } from 'vitest'
import { add, book, change, drop, invoice, payout, put, stageFor } from './stage.ts'

const settled = (msat: bigint, account = 'partner/bakery') =>
  book('settled/i1', 'invoice-settled', 'invoice/i1', { 'world/payers': -msat, [account]: msat })

test('ledger-sums-to-zero', () => {
  const good = stageFor('ledger-sums-to-zero')
  expect(good.commit(book('t', 'x', 's', { a: -5n, b: 5n }))).toBeUndefined()
  expect(good.commit(book('u', 'x', 's', { a: -5n, b: 4n }))).toContain('u sums to -1')
  expect(
    good.commit([put('postings', { transaction: 'w', line: 0, account: 'a', amount_msat: 0n })]),
  ).toContain('came without its transaction')
  expect(good.commit([change('postings', ['node', 't', 0], { amount_msat: 1n })])).toContain(
    'changed after it was booked',
  )
})

test('balances-never-negative', () => {
  const stage = stageFor('balances-never-negative')
  stage.commit([put('balances', { account: 'partner/bakery', amount_msat: 5n })])
  expect(stage.commit([add('partner/bakery', -5n)])).toBeUndefined()
  expect(stage.commit([add('partner/bakery', -1n)])).toContain('-1 msat')
  expect(
    stage.commit([put('balances', { account: 'debt/bakery', amount_msat: -5n })]),
  ).toBeUndefined()
  expect(stage.commit([add('debt/bakery', 6n)])).toContain('debt/bakery has 1 msat')
  const pending = put('balances', { account: 'pending/bakery', amount_msat: -1n })
  expect(stage.commit([pending])).toContain('pending/bakery has -1 msat')
})

test('balances-equal-postings', () => {
  const stage = stageFor('balances-equal-postings')
  stage.commit([put('balances', { account: 'partner/bakery', amount_msat: 0n })])
  expect(stage.commit([...settled(7n), add('partner/bakery', 7n)])).toBeUndefined()
  const unbooked = book('other', 'x', 'x', { 'partner/bakery': 7n })
  expect(stage.commit(unbooked)).toContain('differ by 7')
  expect(stage.commit([add('partner/bakery', 1n)])).toContain('differ by -1')
})

test('checkpoints-equal-postings', () => {
  const counted = (msat: bigint, isComplete = true) =>
    put('account_checkpoints', {
      account: 'operator',
      amount_msat: msat,
      is_complete: isComplete,
      counted_transaction: '',
      counted_line: 0,
    })
  const noted = (transaction: string, msat: bigint) =>
    put('uncounted_postings', { account: 'operator', transaction, line: 0, amount_msat: msat })
  const key = ['node', 'operator', 't', 0] as const
  const stage = stageFor('checkpoints-equal-postings')
  const booked = (id: string) => book(id, 'x', 's', { operator: 5n })
  // Books of an older release: nothing is noted, until all is counted.
  expect(stage.commit(booked('old'))).toBeUndefined()
  expect(stage.commit([counted(5n)])).toBeUndefined()
  expect(stage.commit([...booked('t'), noted('t', 5n)])).toBeUndefined()
  const count = change('account_checkpoints', ['node', 'operator'], { amount_msat: 10n })
  expect(stage.commit([count, drop('uncounted_postings', ...key)])).toBeUndefined()
  expect(stage.commit(booked('unnoted'))).toContain(
    'operator: checkpoint and postings differ by -5',
  )
  const twice = stageFor('checkpoints-equal-postings')
  twice.commit([counted(0n), ...booked('t'), noted('t', 5n)])
  expect(
    twice.commit([change('account_checkpoints', ['node', 'operator'], { amount_msat: 5n })]),
  ).toContain('differ by 5')
  const restored = stageFor('checkpoints-equal-postings', {
    counter: 0,
    holds: [counted(0n), ...booked('t'), noted('t', 5n)],
  })
  expect(restored.commit([...booked('u'), noted('u', 5n)])).toBeUndefined()
  const lost = stageFor('checkpoints-equal-postings')
  lost.commit([counted(0n), ...booked('t'), noted('t', 5n)])
  expect(lost.commit([drop('uncounted_postings', ...key)])).toContain('differ by -5')
})

test('no-other-credit', () => {
  const open = () => {
    const stage = stageFor('no-other-credit')
    stage.invoices.set('h-i1', { state: 'settled', paidMsat: 7n })
    stage.commit([invoice('i1')])
    return stage
  }
  const settle = change('invoices', ['i1'], { state: 'settled' })
  expect(open().commit([settle, ...settled(7n)])).toBeUndefined()
  expect(open().commit([settle, ...settled(8n)])).toContain('credits 8 msat, LND received 7')
  expect(open().commit([settle, ...settled(7n, 'partner/cinema')])).toContain("is bakery's")
  expect(open().commit(settled(7n))).toContain('still have open')
  const unpaid = open()
  unpaid.invoices.set('h-i1', { state: 'open', paidMsat: 0n })
  expect(unpaid.commit([settle, ...settled(7n)])).toContain('LND has open')
  const foreign = open()
  foreign.records.foreign.add('h-i1')
  expect(foreign.commit([settle, ...settled(7n)])).toContain('foreign')
  const unknown = book('gift', 'gift', 'x', { operator: -7n, 'partner/bakery': 7n })
  expect(open().commit(unknown)).toContain('gift')
  const lost = book('settled/i2', 'invoice-settled', 'invoice/i2', { 'partner/bakery': 7n })
  expect(open().commit(lost)).toContain('the books do not have')
})

test('what the operator keeps, what is held and what only moves is no credit', () => {
  const open = (
    partner: Readonly<Record<string, unknown>>,
    more: Readonly<Record<string, unknown>> = {},
  ) => {
    const stage = stageFor('no-other-credit')
    stage.invoices.set('h-i1', { state: 'settled', paidMsat: 1000n })
    stage.commit([put('partners', { id: 'bakery', ...partner }), invoice('i1', more)])
    return stage
  }
  const settle = change('invoices', ['i1'], { state: 'settled' })
  const fee = { fee_ppm: 100_000, fee_fixed_msat: 50n }
  expect(open(fee).commit([settle, ...settled(850n)])).toBeUndefined()
  expect(open(fee).commit([settle, ...settled(851n)])).toContain('the operator keeps 150')
  const commission = { commission_ppm: 10_000, commission_fixed_msat: 1n }
  expect(open(fee, commission).commit([settle, ...settled(839n)])).toBeUndefined()
  expect(open(fee, commission).commit([settle, ...settled(850n)])).toContain('keeps 161')
  const held = { available_after: 60 }
  expect(open(held).commit([settle, ...settled(1000n, 'pending/bakery')])).toBeUndefined()
  expect(open(held).commit([settle, ...settled(1000n)])).toContain('at once what was to be held')
  const changed = open(held)
  changed.commit([change('partners', ['node', 'bakery'], { available_after: null })])
  expect(changed.commit([settle, ...settled(1000n)])).toBeUndefined()
  const gained = book('available/i1', 'invoice-available', 'invoice/i1', {
    'pending/bakery': -10n,
    'partner/bakery': 11n,
    operator: -1n,
  })
  expect(open({}).commit(gained)).toContain('gives bakery 1 msat')
  const stolen = book('ended/p1', 'payout-released', 'payout/p1', {
    'reserved/bakery': -10n,
    'partner/cinema': 10n,
  })
  expect(open({}).commit(stolen)).toContain('gives cinema 10 msat')
})

test('released-by-end', () => {
  const release = book('ended/p1', 'payout-released', 'payout/p1', {
    'reserved/bakery': -110n,
    'partner/bakery': 110n,
  })
  const stage = stageFor('released-by-end')
  stage.commit(payout('p1'))
  expect(stage.commit(release)).toContain('no payout ended')
  const ending = stageFor('released-by-end')
  ending.commit(payout('p1'))
  expect(
    ending.commit([change('payouts', ['p1'], { state: 'failed' }), ...release]),
  ).toBeUndefined()
})

test('reservation-covers-flight', () => {
  const stage = stageFor('reservation-covers-flight')
  const reserved = put('balances', { account: 'reserved/bakery', amount_msat: 110n })
  expect(stage.commit([...payout('p1'), reserved])).toBeUndefined()
  expect(stage.commit([add('reserved/bakery', -1n)])).toContain('109 msat reserved, 110 may leave')
  expect(stageFor('reservation-covers-flight').commit(payout('p1'))).toContain('0 msat reserved')
  const free = stageFor('reservation-covers-flight')
  expect(free.commit([...payout('p1', { fees_paid_by: 'operator' }), reserved])).toContain(
    '110 msat reserved, 100 may leave',
  )
})
