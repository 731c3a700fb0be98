import { createHmac } from 'node:crypto'
import { expect, test } from 'vitest'
import { change, put, type Stage, stageFor } from './stage.ts'

const url = 'https://hooks.test/one'
const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`

function open(name: string, partner = ''): Stage {
  const stage = stageFor(name)
  stage.records.secrets.set(url, secret)
  stage.commit([put('webhook_endpoints', { id: 'w1', partner, url, state: 'active' })])
  return stage
}

/** An event about a partner's invoice, in the log. */
function log(stage: Stage, id: string, partner = 'bakery'): string | undefined {
  const body = JSON.stringify({ data: { invoice: { partner } } })
  const event = {
    id,
    type: 'invoice.settled',
    version: 1,
    node: 'node',
    subject: 's',
    occurredAt: 0,
  }
  return stage.commit([], { events: [{ ...event, body }] })
}

/** The receiver got it. */
function arrive(
  stage: Stage,
  id: string,
  { partner = 'bakery', key = secret, type = 'invoice.settled' } = {},
): string | undefined {
  const body = JSON.stringify({ id, type, data: { invoice: { partner } } })
  const bytes = Buffer.from(key.slice(6), 'base64')
  const signature = createHmac('sha256', bytes).update(`${id}.1000.${body}`).digest('base64')
  stage.records.arrivals.push({
    url,
    body,
    headers: {
      'webhook-id': id,
      'webhook-timestamp': '1000',
      'webhook-signature': `v1,${signature}`,
    },
  })
  return stage.commit([])
}

test('webhooks-verify', () => {
  const fresh = () => {
    const stage = open('webhooks-verify')
    log(stage, 'e1')
    return stage
  }
  expect(arrive(fresh(), 'e1')).toBeUndefined()
  const other = `whsec_${Buffer.alloc(32, 8).toString('base64')}`
  expect(arrive(fresh(), 'e1', { key: other })).toContain('signature-mismatch')
  expect(arrive(fresh(), 'e2')).toContain('e2, which is not in the log')
  expect(arrive(fresh(), 'e2', { type: 'webhook.test' })).toBeUndefined()
  expect(arrive(fresh(), 'e1', { partner: 'cinema' })).toContain('in other words')
  const nobody = fresh()
  nobody.records.secrets.clear()
  expect(arrive(nobody, 'e1')).toContain('is no endpoint')
})

test('webhooks-stay-private', () => {
  const name = 'webhooks-stay-private'
  expect(arrive(open(name, 'bakery'), 'e1')).toBeUndefined()
  expect(arrive(open(name, 'cinema'), 'e1')).toContain('cinema got invoice.settled about bakery')
  expect(arrive(open(name), 'e1')).toBeUndefined()
})

test('webhooks-arrive', () => {
  const delivery = (state: string, next_at = 0) =>
    put('webhook_deliveries', { id: 'd1', endpoint: 'w1', event: 'e1', state, next_at })
  const told = (partner: string): Stage => {
    const stage = open('webhooks-arrive', partner)
    log(stage, 'e1')
    return stage
  }
  expect(told('cinema').end()).toBeUndefined()
  expect(told('').end()).toContain('to w1 is missing')
  expect(told('bakery').end()).toContain('to w1 is missing')
  const waits = told('')
  waits.commit([delivery('waiting', 1_000_000)])
  expect(waits.end()).toContain('is waiting')
  const later = told('')
  later.commit([delivery('waiting', 1_000_001)])
  expect(later.end()).toBeUndefined()
  const delivered = told('')
  delivered.commit([delivery('delivered')])
  expect(delivered.end()).toContain('never received by w1')
  arrive(delivered, 'e1')
  expect(delivered.end()).toBeUndefined()
  const disabled = told('')
  disabled.commit([change('webhook_endpoints', ['node', 'w1'], { state: 'disabled' })])
  expect(disabled.end()).toBeUndefined()
})
