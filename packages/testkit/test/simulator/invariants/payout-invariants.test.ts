import { expect, test } from 'vitest'
import { change, drop, payout, put, type Stage, stageFor } from './stage.ts'

const sent = (id: string, more: object = {}) =>
  change('attempts', [id, 1], { state: 'sent', sends: 1, epoch: 1, ...more })
const to = (id: string, state: string, more: object = {}) =>
  change('payouts', [id], { state, ...more })
const pay = (stage: Stage, id: string, more: object = {}) =>
  stage.step('lightning.pay/effect', {
    paymentRequest: `ln-${id}`,
    feeLimitMsat: 10n,
    timeoutSeconds: 60,
    ...more,
  })

test('one-success-per-hash', () => {
  const stage = stageFor('one-success-per-hash')
  expect(stage.commit(payout('p1'))).toBeUndefined()
  expect(stage.commit(payout('p2', { payment_hash: 'h-p1' }))).toContain('both live on h-p1')
  const twice = stageFor('one-success-per-hash')
  twice.commit(payout('p1', { state: 'sending' }))
  expect(twice.commit([to('p1', 'succeeded')])).toBeUndefined()
  twice.commit([to('p1', 'failed')])
  expect(twice.commit([to('p1', 'succeeded')])).toContain('both succeeded')
})

test('debt-paid-once', () => {
  const stage = stageFor('debt-paid-once')
  stage.records.debts.set('rent', new Set(['h-p1', 'h-p2']))
  stage.records.debtOf.set('h-p1', 'rent').set('h-p2', 'rent')
  stage.received.set('h-p1', 100n)
  expect(stage.commit(payout('p1'))).toBeUndefined()
  expect(stage.end()).toBeUndefined()
  stage.received.set('h-p2', 100n)
  expect(stage.commit(payout('p2'))).toContain('rent was paid 2 times')
  expect(stage.end()).toContain('rent was paid 2 times')
  stage.records.insisted.add('h-p1')
  expect(stage.end()).toBeUndefined()
})

test('failed-for-certain', () => {
  const open = (): Stage => {
    const stage = stageFor('failed-for-certain')
    stage.commit(payout('p1', { state: 'sending' }))
    return stage
  }
  for (const state of ['in-flight', 'succeeded'] as const) {
    const stage = open()
    stage.payments.set('h-p1', { state })
    expect(stage.commit([to('p1', 'failed')])).toContain(`LND has it ${state}`)
  }
  const stage = open()
  stage.payments.set('h-p1', { state: 'failed' })
  expect(stage.commit([to('p1', 'failed')])).toBeUndefined()
  expect(pay(stage, 'p1')).toBeUndefined()
  stage.payments.set('h-p1', { state: 'in-flight' })
  expect(pay(stage, 'p1')).toContain('booked as failed')
  expect(stage.end()).toContain('booked as failed')
  stage.payments.delete('h-p1')
  stage.received.set('h-p1', 100n)
  expect(stage.end()).toContain('its payee received 100 msat')
  stage.records.insisted.add('h-p1')
  expect(stage.end()).toBeUndefined()
})

test('a hash that a later payout took, or that others paid, says nothing about the one that failed', () => {
  for (const name of ['failed-for-certain', 'outflow-is-covered']) {
    const stage = stageFor(name)
    stage.commit(payout('p1', { state: 'failed' }))
    stage.commit(payout('p2', { payment_hash: 'h-p1' }))
    stage.payments.set('h-p1', { state: 'succeeded', amountMsat: 100n, feeMsat: 10n })
    expect(stage.end(), name).toBeUndefined()
    const others = stageFor(name)
    others.records.paidByOthers.add('h-p1')
    others.commit(payout('p1', { state: 'failed' }))
    others.payments.set('h-p1', { state: 'succeeded', amountMsat: 100n, feeMsat: 10n })
    expect(others.end(), name).toBeUndefined()
  }
})

test('success-is-real', () => {
  const open = (): Stage => {
    const stage = stageFor('success-is-real')
    stage.commit(payout('p1', { state: 'sending' }))
    return stage
  }
  expect(open().commit([to('p1', 'succeeded', { fee_msat: 3n })])).toContain('not at all')
  const stage = open()
  stage.payments.set('h-p1', { state: 'succeeded', amountMsat: 100n, feeMsat: 3n })
  expect(stage.commit([to('p1', 'succeeded', { fee_msat: 3n })])).toBeUndefined()
  const dear = open()
  dear.payments.set('h-p1', { state: 'succeeded', amountMsat: 100n, feeMsat: 4n })
  expect(dear.commit([to('p1', 'succeeded', { fee_msat: 3n })])).toContain('LND paid 100 + 4')
})

test('outflow-is-covered', () => {
  const stage = stageFor('outflow-is-covered')
  stage.payments.set('h-p1', { state: 'in-flight', amountMsat: 100n, feeMsat: 10n })
  expect(stage.commit(payout('p1'))).toBeUndefined()
  stage.payments.set('h-p1', { state: 'in-flight', amountMsat: 100n, feeMsat: 11n })
  expect(pay(stage, 'p1')).toContain('111 msat left, 110 were debited')
  expect(stage.end()).toContain('111 msat left')
  stage.payments.set('h-p1', { state: 'in-flight', amountMsat: 1n, feeMsat: 0n })
  expect(stage.commit([to('p1', 'failed')])).toContain('1 msat left, 0 were debited')
})

test('stored-before-sent', () => {
  const open = (): Stage => {
    const stage = stageFor('stored-before-sent')
    stage.commit(payout('p1'))
    return stage
  }
  expect(pay(stageFor('stored-before-sent'), 'p1')).toContain('which no attempt has')
  expect(pay(open(), 'p1')).toContain('before the intent was stored')
  const stage = open()
  stage.commit([sent('p1')])
  expect(pay(stage, 'p1')).toBeUndefined()
  expect(pay(stage, 'p1', { feeLimitMsat: 11n })).toContain('with the fee limit 11')
  expect(pay(stage, 'p1', { amountMsat: 101n })).toContain('was sent with 101 msat')
  stage.commit([drop('used_hashes', 'node', 'h-p1')])
  expect(pay(stage, 'p1')).toContain('not kept as used')
  const swapping = stageFor('stored-before-sent')
  const terms = { invoice: 'ln-s1' }
  const swap = { id: 's1', state: 'created', terms, verified: null, routing_limit_msat: 10n }
  swapping.commit([put('swaps', swap)])
  expect(pay(swapping, 's1')).toContain('before its terms were verified')
  swapping.commit([change('swaps', ['s1'], { state: 'verified', verified: {} })])
  expect(pay(swapping, 's1')).toContain('before the intent was stored')
  swapping.commit([change('swaps', ['s1'], { state: 'paying' })])
  expect(pay(swapping, 's1')).toBeUndefined()
  expect(pay(swapping, 's1', { feeLimitMsat: 11n })).toContain('with the fee limit 11')
})

test('one-living-attempt', () => {
  const stage = stageFor('one-living-attempt')
  expect(stage.commit(payout('p1'))).toBeUndefined()
  expect(stage.commit([put('attempts', { payout: 'p1', number: 2, state: 'recorded' })])).toContain(
    '2 living attempts',
  )
  const ended = stageFor('one-living-attempt')
  ended.commit(payout('p1'))
  expect(ended.commit([to('p1', 'failed')])).toContain('an attempt of it lives')
})

test('unknown-needs-a-word', () => {
  const after = (evidence: unknown): string | undefined => {
    const stage = stageFor('unknown-needs-a-word')
    stage.commit(payout('p1', { state: 'sending' }))
    stage.commit([change('attempts', ['p1', 1], { state: 'unknown' })])
    return stage.commit([change('attempts', ['p1', 1], { state: 'failed', evidence })])
  }
  for (const kind of ['failed', 'refused']) expect(after({ kind })).toBeUndefined()
  expect(after({ by: 'operator' })).toBeUndefined()
  for (const kind of ['silence', 'not-found']) expect(after({ kind })).toContain(kind)
  expect(after(null)).toContain('nothing')
})

test('halted-means-no-send', () => {
  const open = (isHalted: boolean): Stage => {
    const stage = stageFor('halted-means-no-send')
    stage.commit(payout('p1'))
    stage.commit([put('safety', { is_halted: isHalted })])
    return stage
  }
  expect(open(false).commit([sent('p1')])).toBeUndefined()
  expect(open(true).commit([sent('p1')])).toContain('sent while halted')
  expect(open(true).commit(payout('p2'))).toContain('reserved while halted')
  const stage = open(false)
  expect(pay(stage, 'p1')).toContain('1 times, with 0 intents')
  const again = open(false)
  again.commit([sent('p1')])
  expect(pay(again, 'p1')).toBeUndefined()
  expect(pay(again, 'p1')).toContain('2 times, with 1 intents')
})

test('caps-hold', () => {
  const day = (amount_msat: bigint) => put('day_totals', { day: '1', amount_msat })
  expect(stageFor('caps-hold').commit([...payout('p1'), day(110n)])).toBeUndefined()
  expect(stageFor('caps-hold').commit([...payout('p1'), day(109n)])).toContain('counts 109 msat')
  expect(
    stageFor('caps-hold').commit([...payout('p1', { amount_msat: 491n }), day(501n)]),
  ).toContain('the cap is 500')
  const stage = stageFor('caps-hold')
  stage.commit(payout('p1', { amount_msat: 490n }))
  stage.commit(payout('p2', { amount_msat: 490n }))
  expect(stage.commit([...payout('p3', { amount_msat: 1n }), day(1011n)])).toContain(
    'day 1 has 1011',
  )
})
