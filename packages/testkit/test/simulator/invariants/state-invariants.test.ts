import { expect, test } from 'vitest'
import { change, drop, invoice, payout, put, stageFor } from './stage.ts'

/** Every pair of states: who may follow whom is the design's table. */
function pairs(states: readonly string[], legal: readonly string[]) {
  return states.flatMap((from) =>
    states
      .filter((to) => to !== from)
      .map((to) => ({ from, to, isLegal: legal.includes(`${from} ${to}`) })),
  )
}

test('invoices-go-forward', () => {
  const states = ['open', 'settled', 'expired', 'canceled']
  const legal = [
    'open settled',
    'open expired',
    'open canceled',
    'expired settled',
    'canceled settled',
  ]
  for (const { from, to, isLegal } of pairs(states, legal)) {
    const stage = stageFor('invoices-go-forward')
    stage.commit([invoice('i1', { state: from })])
    const said = stage.commit([change('invoices', ['i1'], { state: to })])
    expect({ from, to, isRefused: said !== undefined }).toEqual({ from, to, isRefused: !isLegal })
  }
  expect(stageFor('invoices-go-forward').commit([invoice('i1', { state: 'settled' })])).toContain(
    'from nothing to settled',
  )
})

test('payouts-go-forward', () => {
  const states = ['reserved', 'sending', 'succeeded', 'failed']
  const legal = ['reserved sending', 'reserved failed', 'sending succeeded', 'sending failed']
  for (const { from, to, isLegal } of pairs(states, legal)) {
    const stage = stageFor('payouts-go-forward')
    stage.commit(payout('p1', { state: from }))
    const said = stage.commit([change('payouts', ['p1'], { state: to })])
    expect({ from, to, isRefused: said !== undefined }).toEqual({ from, to, isRefused: !isLegal })
  }
})

test('attempts-go-forward', () => {
  const states = ['recorded', 'sent', 'unknown', 'succeeded', 'failed']
  const legal = [
    'recorded sent',
    'recorded unknown',
    'recorded failed',
    'sent unknown',
    'sent succeeded',
    'sent failed',
    'unknown succeeded',
    'unknown failed',
  ]
  for (const { from, to, isLegal } of pairs(states, legal)) {
    const stage = stageFor('attempts-go-forward')
    stage.commit(payout('p1'))
    if (from !== 'recorded') stage.commit([change('attempts', ['p1', 1], { state: from })])
    const said = stage.commit([change('attempts', ['p1', 1], { state: to })])
    expect({ from, to, isRefused: said !== undefined }).toEqual({ from, to, isRefused: !isLegal })
  }
})

test('nothing-is-deleted', () => {
  const stage = stageFor('nothing-is-deleted')
  stage.commit([...payout('p1'), invoice('i1')])
  expect(stage.commit([drop('used_hashes', 'node', 'h-p1')])).toBeUndefined()
  for (const [table, ...key] of [
    ['payouts', 'p1'],
    ['attempts', 'p1', 1],
    ['invoices', 'i1'],
  ]) {
    expect(stage.commit([drop(table as string, ...(key as string[]))])).toContain('was deleted')
  }
})

test('transactions-go-forward', () => {
  const stage = stageFor('transactions-go-forward')
  const to = (state: string) => stage.commit([change('transactions', ['t1'], { state })])
  expect(stage.commit([put('transactions', { id: 't1', state: 'intended' })])).toBeUndefined()
  for (const state of ['funded', 'intended', 'funded', 'signed', 'published', 'confirmed'])
    expect(to(state), state).toBeUndefined()
  expect(to('published')).toBeUndefined()
  expect(to('given-up')).toContain('t1 went from published to given-up')
  const lost = stageFor('transactions-go-forward')
  lost.records.coinLost = true
  lost.commit([put('transactions', { id: 't1', state: 'intended' })])
  for (const state of ['funded', 'signed', 'published', 'given-up'])
    expect(lost.commit([change('transactions', ['t1'], { state })]), state).toBeUndefined()
  expect(lost.commit([change('transactions', ['t1'], { state: 'published' })])).toContain('t1')
  expect(stage.commit([put('transactions', { id: 't2', state: 'signed' })])).toContain('nothing')
})

test('a queued payout is sent or canceled, and queued again only when it was sent', () => {
  const stage = stageFor('payouts-go-forward')
  const to = (state: string) => stage.commit([change('payouts', ['p1'], { state })])
  expect(stage.commit(payout('p1', { state: 'queued' }))).toBeUndefined()
  for (const state of ['sending', 'queued', 'canceled']) expect(to(state), state).toBeUndefined()
  expect(to('sending')).toContain('from canceled to sending')
})

test('payouts-go-forward: only a claim of its swap pays one that is queued', () => {
  const paid = (set: object): string | undefined => {
    const stage = stageFor('payouts-go-forward')
    stage.commit(payout('p1', { state: 'queued' }))
    return stage.commit([change('payouts', ['p1'], { state: 'succeeded', ...set })])
  }
  expect(paid({ swap: 's1', claim_transaction: 't1' })).toBeUndefined()
  expect(paid({ swap: 's1' })).toContain('from queued to succeeded')
  expect(paid({ claim_transaction: 't1' })).toContain('from queued to succeeded')
})
