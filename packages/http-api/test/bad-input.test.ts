import { request } from 'node:http'
import { PaymentNodeError } from '@payment-node/core'
import { expect, test } from 'vitest'
import { serveApi } from '../src/index.ts'
import { type CallRequest, openApi } from './api-stand.ts'

const form = ['advice', 'code', 'details', 'fundsAtRisk', 'isRetryable', 'message']

test('what cannot be understood is a typed 400 that names the field, and stores nothing', async () => {
  await using stand = await openApi()
  const { call, texts, sandbox } = stand
  const invoice = (body: unknown): CallRequest => ({ method: 'POST', path: '/v1/invoices', body })
  const payout = (body: unknown, headers = {}): CallRequest => ({
    ...invoice(body),
    path: '/v1/payouts',
    headers,
  })
  const rows: Record<string, [CallRequest, string]> = {
    'no JSON': [invoice('{"partner":'), 'api.body-malformed'],
    'empty body': [invoice(''), 'api.body-malformed'],
    null: [invoice(null), 'body wrong-type'],
    array: [invoice([]), 'body wrong-type'],
    'a number without unit': [invoice({ partner: 'bakery', amount: 25 }), 'amount wrong-type'],
    'text without unit': [invoice({ partner: 'bakery', amount: '25' }), 'amount unit-missing'],
    'a fraction': [invoice({ partner: 'bakery', amount: '0.5 sat' }), 'amount fraction'],
    'an exponent': [invoice({ partner: 'bakery', amount: '1e3 sat' }), 'amount exponent'],
    zero: [invoice({ partner: 'bakery', amount: '0 sat' }), 'amount zero'],
    negative: [invoice({ partner: 'bakery', amount: '-1 sat' }), 'amount negative'],
    'above the supply': [
      invoice({ partner: 'bakery', amount: '2100000000000001 sat' }),
      'amount above-supply',
    ],
    misspelt: [invoice({ partner: 'bakery', amuont: '1 sat' }), 'amuont unknown-option'],
    'a prototype': [
      invoice('{"partner":"bakery","__proto__":{"allowUnreceivable":true}}'),
      '__proto__ unknown-option',
    ],
    'no partner': [invoice({ amount: '1 sat' }), 'partner missing'],
    'an expiry of years': [invoice({ partner: 'bakery', expiresIn: '9w9' }), 'expiresIn malformed'],
    'a label that is no text': [
      invoice({ partner: 'bakery', metadata: { order: 7 } }),
      'metadata.order wrong-type',
    ],
    'no key for money': [
      payout({ partner: 'bakery', destination: 'x' }),
      'idempotency-key missing',
    ],
    'an empty key for money': [
      payout({ partner: 'bakery', destination: 'x' }, { 'idempotency-key': '' }),
      'idempotencyKey empty',
    ],
    'no destination': [
      payout({ partner: 'bakery' }, { 'idempotency-key': 'a' }),
      'destination missing',
    ],
    'a state that is none': [{ path: '/v1/invoices?state=paid' }, 'state unknown-value'],
    'a filter that is none': [{ path: '/v1/invoices?parnter=x' }, 'parnter unknown-option'],
    'a limit that is none': [{ path: '/v1/invoices?limit=abc' }, 'limit wrong-type'],
    'no limit at all': [{ path: '/v1/invoices?limit=0' }, 'limit too-small'],
    'a cursor that is none': [{ path: '/v1/invoices?cursor=e30' }, 'cursor malformed'],
    'a cursor of events that is none': [{ path: '/v1/events?after=-1' }, 'cursor malformed'],
  }
  const before = (await sandbox.node.events.after('0', { limit: 1000 })).length
  const wrong: string[] = []
  for (const [name, [given, expected]] of Object.entries(rows)) {
    const { status, body } = await call({ ...given, key: texts.operator })
    const { code, details } = body
    const found = code === 'input.invalid' ? `${details.field} ${details.reason}` : code
    const isRight =
      status === 400 && found === expected && Object.keys(body).sort().join() === form.join()
    if (!isRight) wrong.push(`${name}: ${status} ${found} instead of ${expected}`)
  }
  expect(wrong).toEqual([])
  expect(await sandbox.node.events.after('0', { limit: 1000 })).toHaveLength(before)
  expect((await sandbox.node.invoices.list()).items).toEqual([])
})

test('a body that is no JSON by its type is a typed 415', async () => {
  await using stand = await openApi()
  for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/jsonp']) {
    const answer = await stand.call({
      method: 'POST',
      path: '/v1/invoices',
      body: '{"partner":"bakery"}',
      key: stand.texts.operator,
      headers: { 'content-type': type },
    })
    expect(answer).toMatchObject({
      status: 415,
      body: { code: 'api.media-type-unsupported' },
    })
  }
})

test('10 MB are a typed 413 over a real connection, with and without a length, and the server goes on', async () => {
  await using stand = await openApi({}, { time: 'flows' })
  const server = await serveApi(stand.api, { port: 0 })
  const send = (headers: Record<string, string>): Promise<{ status: number; text: string }> =>
    new Promise((resolve, reject) => {
      const sending = request(`${server.url}/v1/invoices`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${stand.texts.operator}`,
          'content-type': 'application/json',
          ...headers,
        },
      })
      let isAnswered = false
      sending.on('response', (answer) => {
        isAnswered = true
        let text = ''
        answer.setEncoding('utf8').on('data', (part) => (text += part))
        answer.on('end', () => resolve({ status: answer.statusCode!, text }))
        answer.on('error', reject)
      })
      // The server may close while we still send: the answer counts.
      sending.on('error', (error) => isAnswered || reject(error))
      sending.end(`{"memo":"${'a'.repeat(10_000_000)}"}`)
    })
  try {
    for (const headers of [{ 'content-length': String(10_000_011) }, { te: 'trailers' }]) {
      const { status, text } = await send(headers as unknown as Record<string, string>)
      expect({ status, code: JSON.parse(text).code }).toEqual({
        status: 413,
        code: 'api.body-too-large',
      })
    }
    expect((await fetch(`${server.url}/readyz`)).status).toBe(200)
  } finally {
    await server.close()
  }
})

test('a body is not read before the key was looked at', async () => {
  await using stand = await openApi()
  let isRead = false
  const body = new ReadableStream(
    {
      pull(controller) {
        isRead = true
        controller.close()
      },
    },
    { highWaterMark: 0 },
  )
  const answer = await stand.api.fetch(
    new Request('http://127.0.0.1/v1/invoices', { method: 'POST', body, duplex: 'half' } as never),
  )
  expect({ status: answer.status, isRead }).toEqual({ status: 401, isRead: false })
})

test('errors of the library have its own form, and a status that fits', async () => {
  await using stand = await openApi()
  const { call, texts, sandbox } = stand
  const key = texts.operator
  const post = (path: string, body: unknown, idempotencyKey?: string): CallRequest => ({
    method: 'POST',
    path,
    key,
    body,
    ...(idempotencyKey && { headers: { 'idempotency-key': idempotencyKey } }),
  })
  const create = post('/v1/invoices', { partner: 'bakery', amount: '5 sat' }, 'order-1')
  const first = await call(create)
  expect(first.status).toBe(201)
  expect((await call(create)).body).toEqual(first.body)
  const conflict = await call(
    post('/v1/invoices', { partner: 'bakery', amount: '6 sat' }, 'order-1'),
  )
  expect(conflict).toMatchObject({
    status: 422,
    body: { code: 'idempotency.conflict', details: { field: 'amount' } },
  })
  const bill = sandbox.bill('10 sat').paymentRequest
  const poor = await call(post('/v1/payouts', { partner: 'bakery', destination: bill }, 'p'))
  expect(poor).toMatchObject({
    status: 409,
    body: { code: 'payout.insufficient-balance', details: { available: '0 sat' } },
  })
  const large = await call(post('/v1/invoices', { partner: 'bakery', amount: '90000000 sat' }))
  expect(large).toMatchObject({ status: 409, body: { code: 'invoice.above-receivable' } })
  sandbox.faults.strike('lnd-down')
  await sandbox.advance(30_000)
  const away = await call(post('/v1/invoices', { partner: 'bakery', amount: '1 sat' }))
  expect(away).toMatchObject({
    status: 503,
    body: { code: 'node.unavailable', isRetryable: true, details: { reason: 'unreachable' } },
  })
  expect(away.headers.get('retry-after')).toBe('5')
  expect(await call({ path: '/readyz' })).toMatchObject({
    status: 503,
    body: { state: 'degraded' },
  })
  expect(await call({ path: '/livez' })).toMatchObject({ status: 200 })
  // A partner is not told about the operator's node.
  const partner = await call({ ...create, headers: {}, key: texts.bakery })
  expect(partner).toMatchObject({
    status: 503,
    body: { code: 'node.unavailable', isRetryable: true, details: {}, advice: '' },
  })
})

test('what is unexpected is a 500 that says nothing, and a line in the log', async () => {
  const lines: unknown[] = []
  const log = (...line: unknown[]): void => void lines.push(line)
  const logger = { debug: log, info: log, warn: log, error: log }
  const secret = 'macaroon 0201036c6e64'
  await using stand = await openApi({
    logger,
    keys: {
      find: async () => {
        throw new Error(secret)
      },
    },
  })
  const answer = await stand.call({ path: '/v1/status', key: 'x' })
  expect(answer).toMatchObject({ status: 500, body: { code: 'api.internal' } })
  expect(answer.text).not.toContain(secret)
  expect(JSON.stringify(lines)).toContain('a request failed unexpectedly')
})

test('every error of the library has the form of the API’s own', () => {
  const error = new PaymentNodeError('invoice.not-found', 'no', { invoice: 'x' })
  expect(Object.keys(error.toJSON()).sort()).toEqual(form)
})
