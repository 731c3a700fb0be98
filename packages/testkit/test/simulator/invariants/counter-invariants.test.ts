import { expect, test } from 'vitest'
import { change, payout, put, stageFor } from './stage.ts'

const pay = { paymentRequest: 'ln-p1' }

test('counted-before-sent', () => {
  const stage = stageFor('counted-before-sent')
  stage.commit([...payout('p1'), put('intent_counters', { count: 3 })])
  stage.commit([change('attempts', ['p1', 1], { state: 'sent', sends: 1 })])
  expect(stage.step('lightning.pay/before', pay)).toBeUndefined()
  stage.counter = 3
  expect(stage.step('lightning.pay/before', pay)).toBeUndefined()
  stage.counter = 2
  expect(stage.step('lightning.pay/before', pay)).toContain('the counter outside has 2')
})

test('old-books-send-nothing', () => {
  const sends = ['lightning.pay/before', 'lightning.opener.open/before']
  const fresh = stageFor('old-books-send-nothing')
  for (const send of sends) expect(fresh.step(send, pay)).toBeUndefined()
  const old = stageFor('old-books-send-nothing', { counter: 1 })
  for (const send of sends) expect(old.step(send, pay)).toContain('older than what LND did')
  old.commit([put('safety', { is_halted: false, cause: null })])
  expect(old.step(sends[0]!, pay)).toContain('older than what LND did')
  old.commit([change('safety', ['node'], { is_halted: true, cause: 'books-behind' })])
  expect(old.step(sends[0]!, pay)).toContain('older than what LND did')
  old.commit([change('safety', ['node'], { is_halted: false, cause: null })])
  expect(old.step(sends[0]!, pay)).toBeUndefined()
  const halted = put('safety', { is_halted: true, cause: 'books-behind' })
  const again = stageFor('old-books-send-nothing', { counter: 1, holds: [halted] })
  expect(again.step(sends[0]!, pay)).toContain('older than what LND did')
  again.commit([change('safety', ['node'], { is_halted: false, cause: null })])
  expect(again.step(sends[0]!, pay)).toBeUndefined()
})
