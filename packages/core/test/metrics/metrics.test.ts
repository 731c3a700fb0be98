import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Meter, PaymentNodeError } from '@payment-node/core'
import { createVirtualClock } from '@payment-node/testkit'
import { expect, test } from 'vitest'
import { measureHttp } from '../../src/metrics/measure-http.ts'
import { openShop } from '../shop.ts'

interface Seen {
  readonly name: string
  readonly value: number
  readonly attributes: Readonly<Record<string, string>>
}

function collect(): { readonly meter: Meter; readonly seen: Seen[] } {
  const seen: Seen[] = []
  const add: Meter['count'] = (name, value, attributes = {}) =>
    void seen.push({ name, value, attributes })
  return { meter: { count: add, record: add }, seen }
}

test('what is received, sent and called is counted, and every name is in the table of the docs', async () => {
  const { meter, seen } = collect()
  const shop = openShop({ options: { meter } })
  await shop.run(shop.node.start())
  await shop.sell(25_000)
  const good = await shop.request({ destination: shop.bill(10_000).paymentRequest })
  expect(await shop.ended(good.id)).toMatchObject({ state: 'succeeded' })
  shop.payee.setReachable(false)
  const bad = await shop.request({ destination: shop.bill(500).paymentRequest })
  expect(await shop.ended(bad.id)).toMatchObject({ state: 'failed' })
  await shop.run(shop.node.stop())

  const sum = (name: string, attributes: Record<string, string> = {}): number =>
    seen
      .filter((one) => one.name === name)
      .filter((one) => Object.entries(attributes).every(([key, is]) => one.attributes[key] === is))
      .reduce((total, { value }) => total + value, 0)
  const events = (type: string): number =>
    sum('payment_node.events', { 'payment_node.event.type': type })
  expect({
    settled: events('invoice.settled'),
    succeeded: events('payout.succeeded'),
    failed: events('payout.failed'),
    received: sum('payment_node.invoice.received'),
    sent: sum('payment_node.payout.sent'),
  }).toEqual({ settled: 1, succeeded: 1, failed: 1, received: 25_000, sent: 10_000 })
  const calls = seen.filter(({ name }) => name === 'payment_node.lightning.call.duration')
  const called = new Set(calls.map(({ attributes }) => attributes['payment_node.call']))
  expect([...called]).toEqual(expect.arrayContaining(['getInfo', 'createInvoice', 'decodeInvoice']))
  const commits = seen.filter(({ name }) => name === 'payment_node.storage.commit.duration')
  expect(commits.length).toBeGreaterThan(5)
  expect(seen.filter(({ value }) => !(value >= 0))).toEqual([])

  const table = readFileSync(
    join(import.meta.dirname, '..', '..', '..', '..', 'docs', 'metrics.md'),
    'utf8',
  )
  const used = new Set(seen.flatMap(({ name, attributes }) => [name, ...Object.keys(attributes)]))
  expect([...used].filter((name) => !table.includes(`\`${name}\``))).toEqual([])
})

test('requests to the web are recorded, answered or not, without the host', async () => {
  const { meter, seen } = collect()
  const http = measureHttp(
    {
      contractVersion: 1,
      async request({ url }) {
        if (url.endsWith('gone')) return { status: 410, headers: {}, body: '' }
        throw new PaymentNodeError('http.failed', 'no', {
          host: 'receiver.example',
          reason: 'timeout',
          outcome: 'unknown',
        })
      },
    },
    meter,
    createVirtualClock(),
  )
  const request = { method: 'POST', timeout: 1, maximumBytes: 1, redirects: 0 } as const
  await http.request({ ...request, url: 'https://receiver.example/gone' })
  const failed = http.request({ ...request, url: 'https://receiver.example/' })
  await expect(failed).rejects.toMatchObject({ code: 'http.failed' })
  expect(seen.map(({ attributes }) => Object.values(attributes))).toEqual([
    ['POST', '410', ''],
    ['POST', '', 'http.failed'],
  ])
})

test('a call that fails is recorded with its code, and fails as before', async () => {
  const { meter, seen } = collect()
  const shop = openShop({ options: { meter } })
  await shop.run(shop.node.start())
  await shop.run(shop.node.partners.upsert({ id: 'm1' }))
  shop.lnd.faults.once('createInvoice', 'before-effect', { outcome: 'none' })
  const refused = shop.run(shop.node.invoices.create({ partner: 'm1', amount: '1 sat' }))
  await expect(refused).rejects.toMatchObject({ code: 'node.unavailable' })
  const failed = seen.filter(({ attributes }) => attributes['error.type'] === 'node.unavailable')
  expect(failed.map(({ attributes }) => attributes['payment_node.call'])).toContain('createInvoice')
  await shop.run(shop.node.stop())
})
