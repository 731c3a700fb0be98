import { expect, test } from 'vitest'
import { add, book, change, drop, invoice, payout, put, type Stage, stageFor } from './stage.ts'

test('refunds-within-received', () => {
  const refunded = (refunded_msat: bigint) =>
    put('invoice_refunds', { invoice: 'i1', refunded_msat })
  const refund = (id: string, amount_msat: bigint) =>
    payout(id, { purpose: 'refund', invoice: 'i1', amount_msat })
  const open = (): Stage => {
    const stage = stageFor('refunds-within-received')
    stage.invoices.set('h-i1', { state: 'settled', paidMsat: 200n })
    stage.commit([invoice('i1', { state: 'settled' })])
    return stage
  }
  expect(open().commit([...refund('p1', 200n), refunded(200n)])).toBeUndefined()
  expect(open().commit([...refund('p1', 201n), refunded(201n)])).toContain('200 were received')
  expect(open().commit([...refund('p1', 150n), refunded(149n)])).toContain('counts 149 msat')
  const twice = open()
  twice.commit([...refund('p1', 150n), refunded(150n)])
  const second = change('invoice_refunds', ['node', 'i1'], { refunded_msat: 300n })
  expect(twice.commit([...refund('p2', 150n), second])).toContain('300 msat of i1 go back')
  const returned = change('invoice_refunds', ['node', 'i1'], { refunded_msat: 0n })
  const failed = change('payouts', ['p1'], { state: 'failed' })
  const ended = open()
  ended.commit([...refund('p1', 150n), refunded(150n)])
  expect(ended.commit([failed, returned])).toBeUndefined()
  // Given up, asked for again, and paid all the same: counted, and nobody's fault.
  ended.commit([
    ...refund('p2', 150n),
    change('invoice_refunds', ['node', 'i1'], { refunded_msat: 150n }),
  ])
  const revived = book('correction/revived/p1', 'correction', 'partner/bakery', {})
  const both = change('invoice_refunds', ['node', 'i1'], { refunded_msat: 300n })
  expect(ended.commit([...revived, both])).toBeUndefined()
  expect(
    ended.commit([change('invoice_refunds', ['node', 'i1'], { refunded_msat: 150n })]),
  ).toContain('counts 150 msat as given back, its refunds are 300')
  const unpaid = open()
  unpaid.invoices.set('h-i1', { state: 'open', paidMsat: 0n })
  expect(unpaid.commit([...refund('p1', 1n), refunded(1n)])).toContain('0 were received')
})

test('partner-caps-hold', () => {
  const open = (caps: object): Stage => {
    const stage = stageFor('partner-caps-hold')
    stage.commit([put('partners', { id: 'bakery', ...caps })])
    return stage
  }
  const day = (amount_msat: bigint) =>
    put('partner_days', { partner: 'bakery', day: '1', amount_msat })
  const one = payout('p1', { purpose: 'payout' })
  expect(open({}).commit([...one, day(110n)])).toBeUndefined()
  expect(open({}).commit([...one, day(109n)])).toContain(
    'counts 109 msat, what leaves for it is 110',
  )
  expect(open({ cap_per_payout_msat: 109n }).commit([...one, day(110n)])).toContain('is 109')
  expect(open({ cap_per_day_msat: 109n }).commit([...one, day(110n)])).toContain('its cap is 109')
  expect(open({ cap_per_day_msat: 110n }).commit([...one, day(110n)])).toBeUndefined()
})

test('available-in-time', () => {
  const released = (occurred_at: number, msat = 50n) => {
    const [first, ...rest] = book('available/i1', 'invoice-available', 'invoice/i1', {
      'pending/bakery': -msat,
      'partner/bakery': msat,
    })
    const row = (first as { row: object }).row
    return [put('ledger_transactions', { ...row, occurred_at }), ...rest]
  }
  const open = (available_at: number | null): Stage => {
    const stage = stageFor('available-in-time')
    stage.commit([
      invoice('i1', { state: 'settled', available_at }),
      ...book('settled/i1', 'invoice-settled', 'invoice/i1', { 'pending/bakery': 50n }),
    ])
    return stage
  }
  expect(open(1_000_000).commit(released(1_000_000))).toBeUndefined()
  expect(open(1_000_000).commit(released(999_999))).toContain('too early')
  expect(open(1_000_001).commit(released(1_000_001))).toContain('1 ms too early')
  const jumped = open(1_000_001)
  jumped.records.clocksJumped = true
  expect(jumped.commit(released(1_000_001))).toBeUndefined()
  const refunded = open(1_000_000)
  refunded.commit([put('held_refunds', { payout: 'p1', invoice: 'i1', taken_msat: 20n })])
  expect(refunded.commit(released(1_000_000, 50n))).toContain('held were 30')
  const taken = open(880_000)
  taken.commit([put('held_refunds', { payout: 'p1', invoice: 'i1', taken_msat: 50n })])
  expect(taken.end()).toBeUndefined()
  expect(open(null).commit(released(1_000_000))).toContain('was not held')
  expect(open(1_000_000).commit(released(1_000_000, 49n))).toContain('held were 50')
  expect(open(880_000).end()).toContain('should be available')
  expect(open(880_001).end()).toBeUndefined()
})

test('held-is-accounted-for', () => {
  const open = (): Stage => {
    const stage = stageFor('held-is-accounted-for')
    stage.commit([
      invoice('i1', { state: 'settled' }),
      put('jobs', { id: 'j1', queue: 'available@node', subject: 'i1' }),
      ...book('settled/i1', 'invoice-settled', 'invoice/i1', { 'pending/bakery': 50n }),
      put('balances', { account: 'pending/bakery', amount_msat: 50n }),
    ])
    return stage
  }
  const take = (taken_msat: bigint, id = 'p1') =>
    put('held_refunds', { payout: id, invoice: 'i1', taken_msat })
  expect(open().commit([take(20n), add('pending/bakery', -20n)])).toBeUndefined()
  expect(open().commit([take(20n)])).toContain('has 50 msat pending, its held invoices have 30')
  expect(open().commit([add('pending/bakery', -20n)])).toContain('has 30 msat pending')
  const twice = open()
  twice.commit([take(30n), add('pending/bakery', -30n)])
  expect(twice.commit([take(30n, 'p2')])).toContain('10 msat more of i1 than it had')
  const released = drop('jobs', 'j1')
  expect(open().commit([released, add('pending/bakery', -50n)])).toBeUndefined()
  expect(open().commit([released])).toContain('its held invoices have 0')
  // After that it is the partner's: what a refund gives back is pending no more.
  const late = open()
  late.commit([take(20n), add('pending/bakery', -20n)])
  late.commit([released, add('pending/bakery', -30n)])
  const returned = change('held_refunds', ['node', 'p1'], { taken_msat: 0n })
  expect(late.commit([returned])).toBeUndefined()
})

test('destinations-cool-down', () => {
  const destination = (version: number, effective_at: number, more: object = {}) =>
    put('partner_destinations', {
      partner: 'bakery',
      kind: 'offchain',
      version,
      destination: `a${version}`,
      requested_at: 5000 * version,
      effective_at,
      replaced_at: null,
      ...more,
    })
  const open = (): Stage => {
    const stage = stageFor('destinations-cool-down')
    expect(stage.commit([destination(1, 5000)])).toBeUndefined()
    return stage
  }
  expect(open().commit([destination(2, 11_000)])).toBeUndefined()
  expect(open().commit([destination(2, 10_999)])).toContain('paid to a2 after 999 ms')
  expect(open().commit([destination(2, 10_000, { destination: null })])).toBeUndefined()
  const onchain = destination(1, 10_000, { kind: 'onchain', requested_at: 10_000 })
  expect(open().commit([onchain])).toContain('after 0 ms')
  const automatic = (to: string, created_at: number) =>
    payout(`${to}-${created_at}`, { purpose: 'automatic', destination: to, created_at })
  const changed = open()
  changed.commit([destination(2, 11_000)])
  expect(changed.commit(automatic('a1', 10_500))).toBeUndefined()
  expect(changed.commit(automatic('a2', 10_500))).toContain('pays a2, where bakery is not paid')
  expect(changed.commit(automatic('a2', 11_000))).toBeUndefined()
  expect(changed.commit(automatic('mallory', 11_000))).toContain('pays mallory')
})

test('lies-are-not-paid', () => {
  const stage = stageFor('lies-are-not-paid')
  expect(stage.commit(payout('p1'))).toBeUndefined()
  stage.records.lies.add('h-p2')
  expect(stage.commit(payout('p2'))).toContain('p2 would pay h-p2')
})
