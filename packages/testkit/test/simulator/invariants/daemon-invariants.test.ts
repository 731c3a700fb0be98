import type { Write } from '@payment-node/core'
import { expect, test } from 'vitest'
import type { DaemonTruth, SeenDaemonSwap } from '../../../src/simulator/swaps/daemon-place.ts'
import { book, change, put, type Stage, stageFor } from './stage.ts'

const started: SeenDaemonSwap = {
  label: 's1',
  isForeign: false,
  way: undefined,
  amountSat: 400n,
  mainHash: 'main',
  prepayHash: 'prepay',
  address: 'bcrt1wallet',
  sweeps: new Set(['sweep']),
}

/** A daemon that has started these. */
function daemon(...swaps: readonly SeenDaemonSwap[]): DaemonTruth {
  return { name: 'loop', swaps: () => swaps, wasHidden: () => false }
}

function swap(more: Readonly<Record<string, unknown>> = {}): Write {
  return put('swaps', {
    id: 's1',
    state: 'requested',
    reason: null,
    custody: 'delegated',
    provider: 'loop',
    provider_id: null,
    amount_msat: 400_000n,
    service_limit_msat: 10_000n,
    prepay_limit_msat: 3000n,
    claim_limit_msat: 12_000n,
    routing_limit_msat: 5000n,
    worst_cost_msat: 30_000n,
    budget_period: 'day',
    service_msat: null,
    routing_msat: null,
    claim_fee_msat: null,
    prepay_lost_msat: null,
    asked_at: null,
    ended_at: null,
    ...more,
  })
}

const request = {
  label: 's1',
  amountSat: 400n,
  maximumServiceSat: 10n,
  maximumMinerSat: 15n,
  maximumPrepaySat: 3n,
  maximumRoutingSat: 5n,
  publicationDeadline: 0,
}

/** Paid 407 sat and 3 sat before, 395 came back; in the books: 10 for the service, 5 for the sweep. */
function complete(stage: Stage, more: Readonly<Record<string, unknown>> = {}): void {
  stage.daemon = daemon(started)
  stage.payments.set('main', { state: 'succeeded', amountMsat: 407_000n, feeMsat: 100n })
  stage.payments.set('prepay', { state: 'succeeded', amountMsat: 3000n, feeMsat: 10n })
  stage.outputs.set('bcrt1wallet', [
    { transactionId: 'sweep', amountSat: 395n, confirmations: 6 },
    { transactionId: 'another', amountSat: 9000n, confirmations: 6 },
  ])
  const costs = { service_msat: 10_000n, routing_msat: 110n, claim_fee_msat: 5000n }
  stage.commit([
    swap({ state: 'completed', asked_at: 1, ended_at: 2, ...costs, prepay_lost_msat: 0n, ...more }),
    ...book('foreign/main', 'foreign-payment', 'payment/main', {}),
    ...book('foreign/prepay', 'foreign-payment', 'payment/prepay', {}),
    ...book('swap/s1', 'swap-claimed', 'swap/s1', {
      'world/payees': -407_000n,
      'world/swap-fees': 7000n,
      'world/onchain-fees': 5000n,
      'world/deposits': 395_000n,
    }),
  ])
}

const prepayFact = book('prepay/prepay', 'swap-prepay', 'swap/s1', {
  'world/payees': -3000n,
  'world/swap-fees': 3000n,
})

test('daemon-starts-once', () => {
  const stage = stageFor('daemon-starts-once')
  stage.daemon = daemon(started)
  const ask = (more: object = {}) =>
    stage.step('daemon.start/before', 'loop', { ...request, ...more })
  expect(ask()).toContain('s1 is not in the books')
  stage.commit([swap()])
  expect(ask()).toContain('before the intent is stored')
  stage.commit([change('swaps', ['s1'], { asked_at: 1 })])
  expect(ask()).toBeUndefined()
  for (const [field, says] of [
    ['amountSat', '401 sat are asked for'],
    ['maximumServiceSat', 'the fee'],
    ['maximumPrepaySat', 'the prepayment'],
    ['maximumRoutingSat', 'routing'],
    ['maximumMinerSat', 'the miner fee'],
  ] as const) {
    expect(ask({ [field]: request[field] + 1n })).toContain(says)
  }
  expect(stage.step('daemon.list/reply', 'loop')).toBeUndefined()
  stage.daemon = daemon(started, { ...started, isForeign: true })
  expect(stage.end()).toBeUndefined()
  stage.daemon = daemon(started, started)
  expect(stage.step('daemon.list/reply', 'loop')).toContain('s1 was started twice')
  expect(stage.end()).toContain('s1 was started twice')
})

test('daemon-worst-case-holds', () => {
  const stage = stageFor('daemon-worst-case-holds')
  complete(stage)
  expect(stage.end()).toBeUndefined()
  stage.outputs.set('bcrt1wallet', [{ transactionId: 'sweep', amountSat: 394n, confirmations: 6 }])
  expect(stage.end()).toContain('is completed with 395000 msat, 394000 came')
  stage.payments.set('main', { state: 'succeeded', amountMsat: 422_000n, feeMsat: 100n })
  expect(stage.end()).toContain('s1 cost 31110 msat, the most is 30000')
  stage.daemon = daemon({ ...started, way: 'swept-in-words' })
  expect(stage.end()).toBeUndefined()
})

test('daemon-costs-booked', () => {
  const stage = stageFor('daemon-costs-booked')
  complete(stage)
  expect(stage.end()).toContain('s1 cost 15110 msat together, the books say 12110')
  stage.commit(prepayFact)
  expect(stage.end()).toBeUndefined()
  stage.daemon = daemon(started, { ...started, isForeign: true, mainHash: 'own' })
  expect(stage.end()).toBeUndefined()
  stage.payments.set('own', { state: 'succeeded', amountMsat: 1n, feeMsat: 0n })
  expect(stage.end()).toContain('LND has paid own')
})

test('daemon-loss-stops-it', () => {
  for (const isDisabled of [false, true]) {
    const stage = stageFor('daemon-loss-stops-it')
    stage.daemon = daemon(started)
    stage.commit([swap({ state: 'accepted' })])
    stage.payments.set('prepay', { state: 'succeeded', amountMsat: 3000n, feeMsat: 0n })
    const disabled_reason = isDisabled ? 'prepay-lost' : null
    const found = stage.commit([
      put('swap_providers', { provider: 'loop', disabled_reason }),
      change('swaps', ['s1'], { state: 'failed', reason: 'timeout', ended_at: 1 }),
    ])
    const asked = stage.step('daemon.start/before', 'loop', request)
    if (isDisabled) {
      expect(found).toBeUndefined()
      expect(asked).toContain('loop is disabled (prepay-lost)')
    } else {
      expect(found).toContain('s1 failed (timeout) with money gone')
      expect(asked).toBeUndefined()
    }
  }
})

test('daemon-swaps-end', () => {
  const stage = stageFor('daemon-swaps-end')
  expect(stage.commit([swap()])).toBeUndefined()
  const wait = (reason: string) =>
    stage.commit([change('swaps', ['s1'], { state: 'needs-operator', reason })])
  expect(wait('start-unknown')).toBeUndefined()
  expect(stage.end()).toContain('s1 is needs-operator (start-unknown) for ever')
  stage.commit([change('swaps', ['s1'], { state: 'accepted' })])
  expect(wait('mood')).toContain('because of mood')
  const costs = { service_msat: 0n, routing_msat: 100n, prepay_lost_msat: 3000n }
  stage.commit([
    change('swaps', ['s1'], { state: 'failed', ended_at: 1, ...costs }),
    ...book('swap/s1', 'swap-lost', 'swap/s1', { 'world/swap-losses': 407_000n }),
    put('liquidity_budgets', { period: 'day', spent_msat: 410_000n }),
  ])
  expect(stage.end()).toContain('counts 410000 msat, it is 410100')
  stage.commit([change('liquidity_budgets', ['node', 'day'], { spent_msat: 410_100n })])
  expect(stage.end()).toBeUndefined()
})
