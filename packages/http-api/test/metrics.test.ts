import { expect, test } from 'vitest'
import { prometheusMetrics } from '../src/index.ts'
import { openApi } from './api-stand.ts'

test('Prometheus gets how the node stands, what core counted, and what was asked', async () => {
  const metrics = prometheusMetrics()
  await using stand = await openApi({ metrics }, { options: { meter: metrics.meter } })
  const { call, texts, sandbox } = stand
  const sold = await call({
    method: 'POST',
    path: '/v1/invoices',
    key: texts.bakery,
    body: { amount: '50 sat' },
  })
  await sandbox.pay(sold.body.paymentRequest)
  await sandbox.node.invoices.waitUntilSettled(sold.body.id)
  await call({ path: `/v1/invoices/${sold.body.id}`, key: texts.bakery })
  const { status, text, headers } = await call({ path: '/metrics', key: texts.operator })
  expect(status).toBe(200)
  expect(headers.get('content-type')).toContain('text/plain')
  const lines = text.split('\n')
  expect(lines).toContain('payment_node_ready 1')
  expect(lines).toContain('payment_node_halted 0')
  expect(lines).toContain('payment_node_active_channels 2')
  expect(text).toMatch(/^payment_node_settlements_total\{settlement="[a-z-]+"\} 1$/m)
  expect(text).toMatch(
    /^http_server_request_duration_seconds_count\{http_request_method="POST",http_route="\/v1\/invoices",http_response_status_code="201"\} 1$/m,
  )
  // Routes, not addresses: an id per line would fill any memory.
  expect(text).toContain('http_route="/v1/invoices/{invoice}"')
  expect(text).not.toContain(sold.body.id)
})

test('a meter never throws, whatever it is given', () => {
  const { meter } = prometheusMetrics()
  meter.count('a.b', 1, { one: 'x' })
  meter.count('a.b', 1, { two: 'y' })
  meter.count('a.b', -1)
  meter.record('', Number.NaN)
  meter.record('a.b', 1, { 'odd name': 'é' })
})

test('a request is one line in the log: route, status, key and trace, nothing that came with it', async () => {
  const lines: unknown[] = []
  const info = (message: string, fields?: object): void => void lines.push({ message, ...fields })
  const logger = { debug: info, info, warn: info, error: info }
  await using stand = await openApi({ logger })
  const trace = '4bf92f3577b34da6a3ce929d0e0e4736'
  const { headers } = await stand.call({
    path: '/v1/invoices?partner=bakery',
    key: stand.texts.bakery,
    headers: { traceparent: `00-${trace}-00f067aa0ba902b7-01` },
  })
  expect(headers.get('cache-control')).toBe('no-store')
  await stand.call({ path: '/v1/invoices', headers: { traceparent: `nonsense ${trace}` } })
  const [own] = (await stand.keys.list()).filter(({ scope }) => scope === 'partner:bakery')
  const route = { message: 'request', method: 'GET', route: '/v1/invoices' }
  expect(lines).toEqual([
    { ...route, status: 200, milliseconds: expect.any(Number), key: own!.id, trace },
    { ...route, status: 401, milliseconds: expect.any(Number) },
  ])
})
