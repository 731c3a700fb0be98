import { expect, test } from 'vitest'
import { book, change, payout, put, type Stage, stageFor } from './stage.ts'

const coins = (id: string, more: object = {}) =>
  put('payouts', {
    id,
    state: 'sending',
    destination: 'bc1',
    destination_kind: 'onchain-address',
    amount_msat: 5000n,
    payment_hash: '',
    ...more,
  })
const transaction = (id: string, more: object = {}) =>
  put('transactions', {
    id,
    purpose: 'payouts',
    state: 'intended',
    inputs: ['a:0'],
    raw: null,
    sat_per_kvb: 2000,
    fee_limit_msat: 100_000n,
    fee_msat: null,
    virtual_bytes: null,
    ...more,
  })
const output = (transactionId: string, amountSat: bigint, confirmations = 0) => ({
  transactionId,
  amountSat,
  confirmations,
})
const published = (stage: Stage) => stage.step('lightning.onchain.publish/effect', new Uint8Array())

test('paid-on-chain-once', () => {
  const open = (...outputs: ReturnType<typeof output>[]): Stage => {
    const stage = stageFor('paid-on-chain-once')
    stage.outputs.set('bc1', outputs)
    stage.commit([coins('p1')])
    return stage
  }
  expect(published(open(output('t1', 5n)))).toBeUndefined()
  expect(published(open(output('t1', 5n), output('t2', 5n)))).toContain('t2 pays 5 sat')
  expect(published(open(output('t1', 6n)))).toContain('which nobody is owed')
  expect(open(output('t1', 6n)).commit([transaction('t1')])).toContain('nobody is owed')
  const canceled = open(output('t1', 5n))
  canceled.commit([change('payouts', ['p1'], { state: 'canceled' })])
  expect(published(canceled)).toContain('nobody is owed')
  const ended = open(output('t1', 5n, 6))
  expect(ended.end()).toContain('1 times in blocks, and 0 payouts')
  ended.commit([change('payouts', ['p1'], { state: 'succeeded' })])
  expect(ended.end()).toBeUndefined()
  ended.outputs.set('bc1', [output('t1', 5n)])
  expect(ended.end()).toContain('0 times in blocks, and 1 payouts')
  const restored = stageFor('paid-on-chain-once', { counter: 1 })
  restored.records.addresses.set('bc1', 5n)
  restored.outputs.set('bc1', [output('t1', 5n)])
  expect(published(restored)).toBeUndefined()
  restored.outputs.set('bc1', [output('t1', 6n)])
  expect(published(restored)).toContain('gets 6 sat, 5 are owed')
  restored.outputs.set('bc1', [output('t1', 5n), output('t2', 5n)])
  expect(published(restored)).toContain('is paid by 2 transactions')
})

test('stored-before-published', () => {
  const open = (raw: Uint8Array | null): Stage => {
    const stage = stageFor('stored-before-published')
    stage.commit([transaction('t1', { raw })])
    return stage
  }
  const bytes = Uint8Array.of(1, 2)
  const publish = (stage: Stage, raw: Uint8Array, label = 'payment-node:payouts:t1') =>
    stage.step('lightning.onchain.publish/before', raw, label)
  expect(publish(open(bytes), bytes)).toBeUndefined()
  expect(publish(open(null), bytes)).toContain('its bytes are not stored')
  expect(publish(open(bytes), Uint8Array.of(1, 3))).toContain('other bytes than stored')
  expect(publish(open(null), bytes, 'payment-node:bump:t2')).toContain('t2 is published')
  expect(publish(open(null), bytes, 'another program')).toBeUndefined()
  const set = (raw: Uint8Array | null) => change('transactions', ['t1'], { raw })
  expect(open(null).commit([set(bytes)])).toBeUndefined()
  expect(open(bytes).commit([set(Uint8Array.of(1, 2))])).toBeUndefined()
  for (const raw of [Uint8Array.of(9), null])
    expect(open(bytes).commit([set(raw)])).toContain('were changed after they were stored')
})

test('inputs-never-shared', () => {
  const open = (state: string): Stage => {
    const stage = stageFor('inputs-never-shared')
    expect(stage.commit([transaction('t1', { state })])).toBeUndefined()
    return stage
  }
  for (const state of ['intended', 'funded', 'signed', 'published', 'confirmed'])
    expect(open(state).commit([transaction('t2')]), state).toContain('a:0 is spent by t1 and t2')
  for (const state of ['final', 'given-up', 'conflicted'])
    expect(open(state).commit([transaction('t2')]), state).toBeUndefined()
  const opening = put('channel_intents', { id: 'c1', state: 'opening', outpoints: ['a:0'] })
  expect(open('funded').commit([opening])).toContain('a:0 is spent by t1 and c1')
})

test('fees-bounded', () => {
  const judge = () => stageFor('fees-bounded')
  expect(judge().commit([transaction('t1', { fee_msat: 100_000n })])).toBeUndefined()
  expect(judge().commit([transaction('t1', { fee_msat: 100_001n })])).toContain('its limit is')
  expect(judge().commit([transaction('t1', { sat_per_kvb: 100_001 })])).toContain('100 sat/vB')
  const signed = { raw: Uint8Array.of(1), virtual_bytes: 1, fee_limit_msat: 1_000_000n }
  expect(judge().commit([transaction('t1', { ...signed, fee_msat: 101_000n })])).toBeUndefined()
  const dear = { ...signed, fee_msat: 101_001n }
  expect(judge().commit([transaction('t1', dear)])).toContain('for 1 vB')
  const bump = { ...dear, purpose: 'bump', sat_per_kvb: 500_000 }
  expect(judge().commit([transaction('t1', bump)])).toBeUndefined()
  const paid = (fee_msat: bigint) => payout('p1', { state: 'succeeded', fee_msat })
  expect(judge().commit(paid(10n))).toBeUndefined()
  expect(judge().commit(paid(11n))).toContain('cost 11 msat, its limit is 10')
  const spent = (amount_msat: bigint) =>
    put('spending', { purpose: 'bump-transactions', period: 'd', amount_msat })
  expect(judge().commit([spent(50n)])).toBeUndefined()
  expect(judge().commit([spent(51n)])).toContain('speeding up costs 51 msat')
})

test('revived-is-charged', () => {
  const open = (...outputs: ReturnType<typeof output>[]): Stage => {
    const stage = stageFor('revived-is-charged')
    stage.records.coinLost = true
    stage.outputs.set('bc1', outputs)
    stage.commit([
      coins('p1', { partner: 'bakery', transaction: 't1' }),
      transaction('t1', { transaction_id: 'x1' }),
    ])
    return stage
  }
  const given = change('payouts', ['p1'], { state: 'failed', reason: 'resolved-by-operator' })
  const charge = (msat: bigint, account = 'partner/bakery') =>
    book('correction/revived/p1', 'correction', 'partner/bakery', {
      [account]: -msat,
      operator: msat,
    })
  expect(open().commit([given])).toBeUndefined()
  const early = open()
  early.records.coinLost = false
  expect(early.commit([given])).toContain('no coin was lost')
  const revived = (...outputs: ReturnType<typeof output>[]): Stage => {
    const stage = open(...outputs)
    stage.commit([given])
    return stage
  }
  expect(revived(output('x1', 5n, 6)).commit(charge(5000n))).toBeUndefined()
  expect(revived(output('x1', 5n, 6)).commit(charge(5100n, 'debt/bakery'))).toBeUndefined()
  expect(revived(output('x1', 5n, 6)).commit(charge(4999n))).toContain('charges 4999 msat only')
  expect(revived(output('x1', 5n, 6)).commit(charge(5000n, 'partner/cinema'))).toContain('0 msat')
  expect(revived(output('x2', 5n, 6)).commit(charge(5000n))).toContain('was not paid')
  expect(open(output('x1', 5n, 6)).commit(charge(5000n))).toContain('was not given up')
  expect(revived(output('x1', 5n, 10)).end()).toBeUndefined()
  expect(revived(output('x1', 5n, 11)).end()).toContain('is paid, and is not charged')
  const charged = revived(output('x1', 5n, 11))
  charged.commit(charge(5000n))
  expect(charged.end()).toBeUndefined()
  // The other invariant counts it once.
  const once = stageFor('paid-on-chain-once')
  once.outputs.set('bc1', [output('x1', 5n, 11)])
  once.commit([coins('p1', { transaction: 't1' }), transaction('t1', { transaction_id: 'x1' })])
  once.commit([given])
  expect(once.end()).toBeUndefined()
  once.outputs.set('bc1', [output('x1', 5n, 11), output('x2', 5n, 11)])
  expect(once.end()).toContain('x2 pays 5 sat')
})
