import { createHmac } from 'node:crypto'
import { expect, test } from 'vitest'
import { change, drop, put, type Stage, stageFor } from './stage.ts'

const url = 'https://hooks.test/one'
const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`

function open(name: string, partner = ''): Stage {
  const stage = stageFor(name)
  stage.records.secrets.set(url, [{ secret, since: 0 }])
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

const [second, third] = [8, 9].map((byte) => `whsec_${Buffer.alloc(32, byte).toString('base64')}`)

/** The receiver got something that these secrets signed, at so many seconds since 1970. */
function arriveSigned(
  stage: Stage,
  at: number,
  keys: readonly string[],
  more: { readonly traceparent?: string; readonly data?: object } = {},
): string | undefined {
  const body = JSON.stringify({ id: 'e1', type: 'invoice.settled', data: more.data ?? {} })
  const signatures = keys.map((key) => {
    const hmac = createHmac('sha256', Buffer.from(key.slice(6), 'base64'))
    return `v1,${hmac.update(`e1.${at}.${body}`).digest('base64')}`
  })
  stage.records.arrivals.push({
    url,
    body,
    headers: {
      'webhook-id': 'e1',
      'webhook-timestamp': String(at),
      'webhook-signature': signatures.join(' '),
      ...(more.traceparent !== undefined && { traceparent: more.traceparent }),
    },
  })
  return stage.commit([])
}

test('secrets-rotate', () => {
  const rotated = (): Stage => {
    const stage = open('secrets-rotate')
    stage.records.secrets.set(url, [
      { secret, since: 0, until: 200_000 },
      { secret: second!, since: 100_000 },
    ])
    return stage
  }
  expect(arriveSigned(rotated(), 120, [secret])).toBeUndefined()
  expect(arriveSigned(rotated(), 161, [secret])).toContain('without the signature of secret 2')
  expect(arriveSigned(rotated(), 161, [second!])).toContain('without the signature of secret 1')
  expect(arriveSigned(rotated(), 161, [second!, secret])).toBeUndefined()
  expect(arriveSigned(rotated(), 200, [second!])).toBeUndefined()
  expect(arriveSigned(rotated(), 261, [second!])).toBeUndefined()
  expect(arriveSigned(rotated(), 261, [second!, secret])).toContain('secret 1, which was given up')
  const asking = rotated()
  asking.records.secrets.get(url)!.push({ secret: third! })
  expect(arriveSigned(asking, 261, [third!])).toBeUndefined()
  const removed = rotated()
  removed.records.removed.set(url, 100_000)
  expect(arriveSigned(removed, 160, [second!, secret])).toBeUndefined()
  expect(arriveSigned(removed, 161, [second!, secret])).toContain('61000 ms after it was removed')
})

test('traces-go-on', () => {
  const stage = open('traces-go-on')
  const data = { invoice: { id: 'i1', partner: 'bakery' } }
  const given = `00-${'a'.repeat(32)}-${'1'.repeat(16)}-01`
  const child = `00-${'a'.repeat(32)}-${'2'.repeat(16)}-01`
  expect(arriveSigned(stage, 1, [secret], { data })).toBeUndefined()
  stage.records.traces.set('i1', given)
  expect(arriveSigned(stage, 1, [secret], { data, traceparent: child })).toBeUndefined()
  expect(arriveSigned(stage, 1, [secret], { data })).toContain('with the trace undefined')
  const other = given.replaceAll('a', 'b')
  expect(arriveSigned(stage, 1, [secret], { data, traceparent: other })).toContain(other)
})

test('deliveries-are-kept', () => {
  const forget = (more: object, state = 'active'): string | undefined => {
    const stage = open('deliveries-are-kept')
    stage.commit([
      change('webhook_endpoints', ['node', 'w1'], { state }),
      put('webhook_deliveries', { id: 'd1', endpoint: 'w1', state: 'delivered', ...more }),
    ])
    return stage.commit([drop('webhook_deliveries', 'node', 'd1')])
  }
  const dayAgo = 1_000_000 - 86_400_000
  expect(forget({ ended_at: dayAgo })).toBeUndefined()
  expect(forget({ ended_at: dayAgo + 1 })).toContain('86399999 ms after it had ended')
  expect(forget({ ended_at: null, state: 'waiting' })).toContain('while it was waiting')
  expect(forget({ ended_at: null, state: 'waiting' }, 'removed')).toBeUndefined()
})
