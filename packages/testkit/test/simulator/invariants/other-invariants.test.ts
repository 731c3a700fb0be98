import { PaymentNodeError } from '@payment-node/core'
import { expect, test } from 'vitest'
import { book, change, drop, event, invoice, payout, put, type Stage, stageFor } from './stage.ts'

const credit = book('settled/i1', 'invoice-settled', 'invoice/i1', {
  'world/payers': -7n,
  'partner/bakery': 7n,
})
const settle = change('invoices', ['i1'], { state: 'settled', paid_msat: 7n })

test('settled-means-credited', () => {
  const open = (): Stage => {
    const stage = stageFor('settled-means-credited')
    stage.invoices.set('h-i1', { state: 'settled', paidMsat: 7n })
    stage.commit([invoice('i1')])
    return stage
  }
  const stage = open()
  expect(stage.commit([settle, ...credit])).toBeUndefined()
  const again = book('again', 'invoice-settled', 'invoice/i1', { 'partner/bakery': 7n })
  expect(stage.commit(again)).toContain('credited twice')
  expect(open().commit([settle])).toContain('without a credit')
  expect(open().commit(credit)).toContain('without becoming settled')
  const less = change('invoices', ['i1'], { state: 'settled', paid_msat: 6n })
  expect(open().commit([less, ...credit])).toContain('LND received 7')
})

test('given-out-is-stored', () => {
  const stage = stageFor('given-out-is-stored')
  stage.records.givenOut.set('h-i1', 'i1')
  expect(stage.end()).toContain('not in the books')
  stage.commit([invoice('i1')])
  expect(stage.end()).toContain('LND has no h-i1')
  stage.invoices.set('h-i1', {})
  expect(stage.end()).toBeUndefined()
})

test('received-is-credited', () => {
  const stage = stageFor('received-is-credited')
  stage.invoices.set('h-i1', { state: 'settled', paidMsat: 7n })
  stage.commit([invoice('i1')])
  expect(stage.end()).toContain('LND received 7 msat')
  stage.commit([change('invoices', ['i1'], { state: 'settled', paid_msat: 6n })])
  expect(stage.end()).toContain('credited 6 msat of 7')
  stage.commit([settle])
  expect(stage.end()).toBeUndefined()
})

test('ended-invoices-end', () => {
  const stage = stageFor('ended-invoices-end')
  stage.invoices.set('h-i1', { state: 'canceled' })
  stage.commit([invoice('i1')])
  expect(stage.end()).toContain('i1 is open, and LND has it canceled')
  stage.commit([change('invoices', ['i1'], { state: 'expired' })])
  expect(stage.end()).toBeUndefined()
})

test('one-event-per-change', () => {
  const stage = stageFor('one-event-per-change')
  expect(
    stage.commit([invoice('i1')], { events: [event('invoice.created', 'invoice/i1')] }),
  ).toBeUndefined()
  expect(stage.commit([settle])).toContain('no event invoice.settled')
  expect(
    stage.commit([put('cursors', { name: 'x' })], {
      events: [event('invoice.expired', 'invoice/i1')],
    }),
  ).toContain('invoice.expired')
  stage.commit(payout('p1'))
  expect(stage.commit([change('attempts', ['p1', 1], { state: 'unknown' })])).toContain(
    'payout.unknown',
  )
  expect(stage.commit([change('payouts', ['p1'], { state: 'sending' })])).toContain(
    'payout.sending',
  )
  const givenUp = change('payouts', ['p1'], { reason: 'transaction-given-up' })
  expect(stage.commit([givenUp])).toContain('no event payout.unknown payout/p1')
  stage.commit(payout('p2', { state: 'queued', swap: 's1' }), {
    events: [event('payout.queued', 'payout/p2')],
  })
  const returned = change('payouts', ['p2'], { swap: null })
  expect(stage.commit([returned])).toContain('no event payout.queued payout/p2')
  // Refunds have taken all that was held of it: nothing is booked.
  stage.commit([put('jobs', { id: 'j1', queue: 'available@node', subject: 'i1' })])
  const told = { events: [event('invoice.available', 'invoice/i1')] }
  expect(stage.commit([put('cursors', { name: 'y' })], told)).toContain('invoice.available')
  expect(stage.commit([drop('jobs', 'j1')], told)).toBeUndefined()
  stage.commit([put('jobs', { id: 'j2', queue: 'available@node', subject: 'i1' })])
  expect(stage.commit([drop('jobs', 'j2')])).toContain('no event invoice.available')
})

test('events-in-order', () => {
  const stage = stageFor('events-in-order')
  const tell = (...types: string[]) =>
    stage.commit([], { events: types.map((type) => event(type, 'invoice/i1')) })
  expect(tell('invoice.created', 'invoice.expired', 'invoice.settled')).toBeUndefined()
  expect(tell('invoice.canceled')).toContain('invoice.canceled after invoice.settled')
  expect(tell('invoice.created')).toContain('was written twice')
  expect(stage.commit([], { events: [event('payout.succeeded', 'payout/p1')] })).toContain(
    'payout.succeeded after nothing',
  )
  const restored = stageFor('events-in-order', { counter: 1 })
  const follow = (...types: string[]) =>
    restored.commit([], { events: types.map((type) => event(type, 'payout/p1')) })
  expect(follow('payout.queued', 'payout.succeeded')).toBeUndefined()
  expect(follow('payout.failed')).toContain('payout.failed after payout.succeeded')
})

test('handlers-saw-all', () => {
  const open = (): Stage => {
    const stage = stageFor('handlers-saw-all')
    stage.commit([], {
      events: [event('invoice.created', 'invoice/i1', 'e1'), event('invoice.settled', 'i', 'e2')],
    })
    return stage
  }
  const seen = (id: string, cursor: bigint) => ({ id, type: 'x', subject: 's', cursor })
  const all = open()
  all.records.handled.set('everything', [seen('e1', 1n), seen('e2', 2n), seen('e1', 1n)])
  all.records.handled.set('orders', [seen('e2', 2n)])
  expect(all.end()).toBeUndefined()
  const missed = open()
  missed.records.handled.set('everything', [seen('e1', 1n)])
  expect(missed.end()).toContain('has never finished invoice.settled')
  const shuffled = open()
  shuffled.records.handled.set('everything', [seen('e2', 2n), seen('e1', 1n)])
  expect(shuffled.end()).toContain('for the first time after 2')
})

test('no-stale-leader', () => {
  const stage = stageFor('no-stale-leader')
  const write = [put('cursors', { name: 'x' })]
  expect(stage.commit(write, { fence: 1 })).toBeUndefined()
  expect(stage.commit(write, { fence: 2 })).toBeUndefined()
  expect(stage.commit(write, { fence: 1 })).toContain('epoch 1 was applied after one of 2')
})

test('leader-writes-are-fenced', () => {
  const stage = stageFor('leader-writes-are-fenced')
  stage.commit(payout('p1'))
  const sent = change('attempts', ['p1', 1], { state: 'sent' })
  expect(stage.commit([sent], { fence: 1 })).toBeUndefined()
  expect(stage.commit([sent])).toContain('without a fence')
  const resolved = change('attempts', ['p1', 1], { state: 'failed', evidence: { by: 'operator' } })
  expect(stage.commit([resolved])).toBeUndefined()
})

test('changes-are-valid', () => {
  const stage = stageFor('changes-are-valid')
  const refuse = (code: 'storage.invalid-change' | 'storage.unavailable') =>
    stage.step('storage.commit/after', new PaymentNodeError(code, 'says why', {} as never))
  expect(refuse('storage.unavailable')).toBeUndefined()
  expect(refuse('storage.invalid-change')).toBe('says why')
})

test('money-is-conserved', () => {
  const stage = stageFor('money-is-conserved')
  expect(stage.end()).toBeUndefined()
  stage.audit = 'issued 2, found 1'
  expect(stage.end()).toContain('issued 2')
})

test('payouts-end', () => {
  const stage = stageFor('payouts-end')
  stage.commit(payout('p0', { created_at: 1_000_001 }))
  expect(stage.end()).toBeUndefined()
  stage.commit(payout('p1', { state: 'sending', created_at: 1_000_000 }))
  expect(stage.end()).toContain('p1 is sending (null), and LND has it not at all')
  stage.payments.set('h-p1', { state: 'succeeded' })
  expect(stage.end()).toContain('LND has it succeeded')
  stage.payments.set('h-p1', { state: 'in-flight' })
  expect(stage.end()).toBeUndefined()
})

test('books-agree', () => {
  const stage = stageFor('books-agree')
  stage.invoices.set('h-i1', { state: 'settled', paidMsat: 200n })
  stage.payments.set('h-p1', { state: 'succeeded', amountMsat: 100n, feeMsat: 1n })
  stage.commit([
    invoice('i1'),
    ...payout('p1', { state: 'succeeded' }),
    put('balances', { account: 'partner/bakery', amount_msat: 99n }),
  ])
  expect(stage.end()).toBeUndefined()
  stage.commit([change('balances', ['node', 'partner/bakery'], { amount_msat: 98n })])
  expect(stage.end()).toContain('owe 98 msat, the network says 99')
})
