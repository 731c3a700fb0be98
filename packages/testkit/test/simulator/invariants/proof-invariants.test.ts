import { expect, test } from 'vitest'
import { book, put, stageFor } from './stage.ts'

test('proof-never-short', () => {
  const lack = (kind: string, state = 'open') =>
    put('differences', { id: 'd1', kind, state, amount_msat: 5n, books: 'have more' })
  const judge = () => stageFor('proof-never-short')
  expect(judge().commit([lack('value-missing')])).toContain('5 msat: have more')
  expect(judge().commit([lack('insolvent')])).toContain('5 msat')
  expect(judge().commit([lack('unknown-payment')])).toBeUndefined()
  expect(judge().commit([lack('value-missing', 'accepted')])).toBeUndefined()
  const insisted = judge()
  insisted.records.insisted.add('h')
  expect(insisted.commit([lack('value-missing')])).toBeUndefined()
  const lost = judge()
  lost.records.coinLost = true
  expect(lost.commit([lack('value-missing')])).toBeUndefined()
})

test('nothing-unexplained', () => {
  const found = book('found/1', 'value-found', 'node', { 'world/unexplained': -5n, operator: 5n })
  expect(stageFor('nothing-unexplained').commit(found)).toContain('found/1')
  expect(stageFor('nothing-unexplained', { counter: 1 }).commit(found)).toBeUndefined()
  const insisted = stageFor('nothing-unexplained')
  insisted.records.insisted.add('h')
  expect(insisted.commit(found)).toBeUndefined()
  const deposit = book('onchain/t', 'wallet-deposit', 'x', { 'world/deposits': -5n, operator: 5n })
  expect(stageFor('nothing-unexplained').commit(deposit)).toBeUndefined()
})
