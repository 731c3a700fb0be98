import type { Write } from '@payment-node/core'
import { expect, test } from 'vitest'
import type { SeenSwap, SwapTruth } from '../../../src/simulator/swaps/market-place.ts'
import { change, put, type Stage, stageFor } from './stage.ts'

const outpoint = 'lock:0'
const claimBytes = Uint8Array.from([1, 2, 3])

const seen: SeenSwap = {
  provider: 'alpha',
  paymentHash: 'h-s1',
  amountSat: 400n,
  promisedSat: 390n,
  freeFrom: 600,
  lockup: { transactionId: 'lock', outpoint, amountSat: 390n },
}

/** A chain at height 500 with a lockup of 390 sat, and claims that pay 380 of them. */
function chain(more: Partial<SwapTruth> = {}): SwapTruth {
  return {
    height: () => 500,
    swaps: () => [seen],
    wasInBlock: () => true,
    spending: () => ({ transactionId: 'claim-1', rawTransaction: claimBytes, confirmations: 6 }),
    read: () => ({
      transactionId: 'claim-1',
      spends: [outpoint],
      outputsSat: [380n],
    }),
    whyNotSpendable: () => undefined,
    outputAt: () => ({ script: '51', amountSat: 390n }),
    servedBetween: () => 0,
    heightReachedAt: () => undefined,
    ...more,
  }
}

function swap(more: Readonly<Record<string, unknown>> = {}, id = 's1'): Write {
  return put('swaps', {
    id,
    state: 'created',
    reason: null,
    source: 'operator',
    decision: null,
    custody: 'self',
    provider: 'alpha',
    provider_id: 'p1',
    payment_hash: `h-${id}`,
    amount_msat: 400_000n,
    service_limit_msat: 10_000n,
    claim_limit_msat: 12_000n,
    routing_limit_msat: 5000n,
    worst_cost_msat: 27_000n,
    budget_period: 'day',
    service_msat: null,
    routing_msat: null,
    claim_fee_msat: null,
    terms: { invoice: 'ln-s1' },
    verified: {},
    lockup_outpoint: outpoint,
    destination: '',
    idempotency_key: id,
    calls: 0,
    epoch: 0,
    seen_at: null,
    asked_at: null,
    revealed_at: null,
    ended_at: null,
    ...more,
  })
}

function claim(more: Readonly<Record<string, unknown>> = {}): Write {
  return put('swap_claims', {
    swap: 's1',
    number: 1,
    transaction_id: 'claim-1',
    outpoint,
    raw: claimBytes,
    fee_msat: 10_000n,
    ...more,
  })
}

const reveal = { state: 'preimage-revealed', revealed_at: 1 } as const

test('swaps-go-forward', () => {
  const stage = stageFor('swaps-go-forward')
  expect(stage.commit([swap()])).toBeUndefined()
  expect(stage.commit([change('swaps', ['s1'], { state: 'paying' })])).toContain(
    's1 went from created to paying',
  )
  const daemon = stageFor('swaps-go-forward')
  expect(daemon.commit([swap({ custody: 'delegated', state: 'requested' })])).toBeUndefined()
  expect(daemon.commit([change('swaps', ['s1'], { state: 'running' })])).toBeUndefined()
  expect(daemon.commit([change('swaps', ['s1'], { state: 'accepted' })])).toContain(
    's1 went from running to accepted',
  )
  const own = stageFor('swaps-go-forward')
  expect(own.commit([swap({ state: 'requested' })])).toContain('from nothing to requested')
})

test('swap-paid-as-agreed', () => {
  const stage = stageFor('swap-paid-as-agreed')
  stage.commit([swap()])
  const pay = (feeLimitMsat: bigint) =>
    stage.step('lightning.pay/effect', { paymentRequest: 'ln-s1', feeLimitMsat })
  expect(pay(5000n)).toBeUndefined()
  const tell = (paymentHash: string) =>
    stage.step('lightning.pay/item', { paymentRequest: 'ln-s1', paymentHash })
  expect(tell('h-other')).toContain('LND pays h-other')
  expect(tell('h-s1')).toBeUndefined()
  stage.payments.set('h-s1', { amountMsat: 400_001n })
  expect(pay(5000n)).toContain('400001 msat')
  stage.payments.set('h-s1', { amountMsat: 400_000n })
  expect(pay(5001n)).toContain('fee limit is 5001')
  expect(pay(5000n)).toBeUndefined()
})

test('reveal-is-safe', () => {
  const judge = (truth: Partial<SwapTruth>, writes: readonly Write[] = [claim()]) => {
    const stage = stageFor('reveal-is-safe')
    stage.swapping = chain(truth)
    stage.commit([swap({ state: 'lockup-confirmed' })])
    return stage.commit([change('swaps', ['s1'], reveal), ...writes])
  }
  expect(judge({})).toBeUndefined()
  expect(judge({}, [])).toContain('no claim was stored')
  expect(judge({ wasInBlock: () => false })).toContain('in no block')
  expect(judge({ outputAt: () => ({ script: '51', amountSat: 389n }) })).toContain('389 sat')
  expect(judge({ whyNotSpendable: () => 'no' })).toContain('cannot spend')
  expect(judge({ height: () => 564 })).toBeUndefined()
  expect(judge({ height: () => 565 })).toContain('in 35 blocks')
  expect(judge({ swaps: () => [] })).toContain('no provider has it')
  const stage = stageFor('reveal-is-safe')
  stage.commit([swap({ state: 'lockup-confirmed' })])
  const ask = () => stage.step('swaps.requestClaimSignature/before', 'alpha', { providerId: 'p1' })
  expect(ask()).toContain('not stored before')
  stage.commit([change('swaps', ['s1'], reveal)])
  expect(ask()).toBeUndefined()
})

test('claims-stored-first', () => {
  const stage = stageFor('claims-stored-first')
  stage.swapping = chain()
  const publish = () =>
    stage.step('lightning.onchain.publish/before', claimBytes, 'payment-node:swap:s1')
  expect(publish()).toContain('was not stored')
  expect(stage.commit([claim({ fee_msat: 9000n })])).toContain('costs 10 sat')
  expect(stage.commit([claim({ number: 2, outpoint: 'other:0' })])).toContain('it spends lock:0')
  expect(stage.commit([claim({ number: 3 })])).toBeUndefined()
  expect(publish()).toBeUndefined()
  const changed = change('swap_claims', ['node', 's1', 3], { raw: Uint8Array.from([9]) })
  expect(stage.commit([changed])).toContain('were changed')
})

test('swap-caps-hold', () => {
  const total = (scope: string, amount_msat: bigint) => put('swap_totals', { scope, amount_msat })
  const small = { amount_msat: 300n, worst_cost_msat: 40n }
  const judge = (rows: readonly Write[], all: bigint, budget: bigint, alpha = all) =>
    stageFor('swap-caps-hold').commit([
      ...rows,
      total('all', all),
      total('provider/alpha', alpha),
      put('liquidity_budgets', { period: 'day', spent_msat: budget }),
    ])
  expect(judge([swap(small)], 300n, 40n)).toBeUndefined()
  expect(judge([swap({ ...small, amount_msat: 501n })], 501n, 40n)).toContain('cap of one swap')
  expect(judge([swap(small)], 299n, 40n)).toContain('counts 299')
  expect(judge([swap(small)], 300n, 39n)).toContain('counts 39')
  const three = ['s1', 's2', 's3'].map((id) => swap({ ...small, worst_cost_msat: 1n }, id))
  expect(judge(three, 900n, 3n)).toContain('provider/alpha')
  const dear = ['s1', 's2'].map((id) => swap({ ...small, worst_cost_msat: 51n }, id))
  expect(judge(dear, 600n, 102n)).toContain('may cost 102')
})

test('halted-means-no-swap', () => {
  const stage = stageFor('halted-means-no-swap')
  expect(stage.commit([swap({ state: 'verified' })])).toBeUndefined()
  stage.commit([put('safety', { is_halted: true })])
  expect(stage.commit([swap({}, 's2')])).toContain('s2 was made while halted')
  expect(stage.commit([change('swaps', ['s1'], { calls: 1 })])).toContain('to be paid while halted')
  expect(stage.commit([change('swaps', ['s2'], { asked_at: 5 })])).toContain('asked for')
})

test('one-swap-per-gap', () => {
  const run = put('liquidity_runs', { id: 'r1', missing_msat: 2_000_000_000n })
  const own = { source: 'autopilot', decision: 'r1', amount_msat: 1_500_000_000n }
  const judge = (localMsat: bigint, before: readonly Write[], made: readonly Write[]) => {
    const stage: Stage = stageFor('one-swap-per-gap')
    const channel = {
      localMsat,
      remoteMsat: 10_000_000_000n - localMsat,
      capacityMsat: 10_000_000_000n,
      pendingHtlcs: [],
      isActive: true,
    }
    stage.step('lightning.listChannels/reply', [channel])
    stage.commit([run, ...before])
    return stage.commit(made)
  }
  expect(judge(4_000_000_000n, [], [swap(own)])).toBeUndefined()
  expect(judge(2_500_000_000n, [], [swap(own)])).toContain('500000000 are missing')
  expect(judge(4_000_000_000n, [swap(own)], [swap(own, 's2')])).toContain('decision r1')
  const other = { ...own, decision: 'r0' }
  expect(judge(4_000_000_000n, [swap(other)], [swap(own, 's2')])).toContain('are missing')
  expect(judge(4_000_000_000n, [], [swap(other)])).toContain('not in the books')
})

test('swap-worst-case-holds', () => {
  const judge = (more: Readonly<Record<string, unknown>>, feeMsat = 3000n, truth = {}) => {
    const stage = stageFor('swap-worst-case-holds')
    stage.swapping = chain(truth)
    stage.payments.set('h-s1', { state: 'succeeded', amountMsat: 400_000n, feeMsat })
    stage.commit([claim(), swap({ state: 'claimed', ended_at: 9, ...more })])
    return stage.end()
  }
  const booked = { service_msat: 10_000n, routing_msat: 3000n, claim_fee_msat: 10_000n }
  expect(judge(booked)).toBeUndefined()
  expect(judge({ ...booked, routing_msat: 2000n })).toContain('the books say 22000')
  expect(judge({ ...booked, routing_msat: 9000n }, 9000n)).toContain('worst case is 27000')
  expect(judge(booked, 3000n, { spending: () => undefined })).toContain('no claim of ours')
  expect(judge({ state: 'returned' })).toContain('LND has paid 403000')
})

test('revealed-is-claimed', () => {
  const judge = (more: Readonly<Record<string, unknown>>, truth: Partial<SwapTruth> = {}) => {
    const stage = stageFor('revealed-is-claimed')
    stage.swapping = chain(truth)
    stage.payments.set('h-s1', { state: 'succeeded' })
    stage.commit([swap(more)])
    return stage.end()
  }
  expect(judge({ state: 'claimed' })).toBeUndefined()
  expect(judge({ state: 'held' })).toContain('is held (null) for ever')
  expect(judge({ state: 'returned' })).toContain('alpha has its payment')
  expect(judge({ state: 'lost' })).toBeUndefined()
  expect(judge({ state: 'lost' }, { servedBetween: () => 180_000 })).toContain('is lost, though')
  const stage = stageFor('revealed-is-claimed')
  stage.swapping = chain()
  stage.payments.set('h-s1', { state: 'in-flight' })
  expect(stage.end()).toContain('the books do not know it')
  stage.commit([swap({ state: 'claimed' })])
  expect(stage.end()).toContain('still flies')
})

test('claims-pay-their-address', () => {
  const judge = (destination: string, outputs: number) => {
    const stage = stageFor('claims-pay-their-address')
    stage.records.withdrawals.set('s1', 'ours')
    const paid = { transactionId: 'claim-1', amountSat: 380n, confirmations: 3 }
    stage.outputs.set(
      'ours',
      Array.from({ length: outputs }, () => paid),
    )
    stage.commit([swap({ state: 'claimed', destination })])
    return stage.end()
  }
  expect(judge('ours', 1)).toBeUndefined()
  expect(judge('theirs', 1)).toContain('instead of ours')
  expect(judge('ours', 0)).toContain('paid 0 times')
  expect(judge('ours', 2)).toContain('paid 2 times')
})

test('proof-proves', () => {
  const stage = stageFor('proof-proves')
  expect(stage.end()).toBeUndefined()
  stage.proof = 'proved'
  expect(stage.end()).toBeUndefined()
  stage.proof = 'surplus'
  expect(stage.end()).toContain('surplus')
  stage.channels = [{ channelPoint: 'a:0', list: 'closing', isOurs: true, memo: undefined }]
  expect(stage.end()).toBeUndefined()
  stage.proof = 'short'
  expect(stage.end()).toContain('short')
})
