import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openShop } from '../shop.ts'
import { openLiveShop } from '../webhooks/live-shop.ts'
import { openReceiver } from '../webhooks/receiver.ts'
import { collectSpans, type SeenSpan } from './collect-spans.ts'

const caller = `00-${'1'.repeat(32)}-${'2'.repeat(16)}-01`
const traceOf = (traceparent: string | undefined): string | undefined => traceparent?.split('-')[1]

test('one trace from the call to the webhook: LND’s calls below it, the header on the request', async () => {
  const { meter, spans } = collectSpans()
  await using receiver = await openReceiver()
  await using shop = await openLiveShop({ meter })
  const { node } = shop
  await node.partners.upsert({ id: 'm1' })
  await node.webhooks.create({ url: receiver.url, types: ['invoice.created', 'node.degraded'] })
  const options = { idempotencyKey: 'order-1', traceparent: caller }
  const invoice = await node.invoices.create({ partner: 'm1', amount: '1000 sat' }, options)
  // The first call's stays: whoever repeats it, from another trace, gets the same invoice.
  const again = { ...options, traceparent: caller.replace(/1{32}/, '3'.repeat(32)) }
  expect(await node.invoices.create({ partner: 'm1', amount: '1000 sat' }, again)).toEqual(invoice)
  await receiver.until(() => receiver.received.length === 1)
  await shop.find(async () => spans.some(({ name }) => name === 'payment_node.webhook.deliver'))

  const one = (name: string): SeenSpan => {
    const found = spans.filter((span) => span.name === name)
    expect(found.map(({ name }) => name)).toEqual([name])
    return found[0]!
  }
  const create = one('payment_node.invoice.create')
  expect(create).toMatchObject({ parent: caller, kind: 'internal', error: undefined })
  expect(create.attributes).toEqual({
    'payment_node.invoice.id': invoice.id,
    'payment_node.partner.id': 'm1',
  })
  expect(invoice.traceparent).toBe(create.traceparent)
  expect(one('LightningNode/createInvoice')).toMatchObject({
    parent: create.traceparent,
    kind: 'client',
    attributes: { 'rpc.service': 'LightningNode', 'rpc.method': 'createInvoice' },
  })
  const deliver = one('payment_node.webhook.deliver')
  expect(deliver).toMatchObject({
    parent: create.traceparent,
    kind: 'client',
    added: { 'http.response.status_code': 204 },
  })
  expect(receiver.received[0]!.headers.traceparent).toBe(deliver.traceparent)
  expect(traceOf(deliver.traceparent)).toBe('1'.repeat(32))
  // What nobody asked for begins no trace.
  const roots = spans.filter(({ parent }) => parent === undefined)
  expect(roots).toEqual([])
})

test('payouts: request, try and end are in the caller’s trace, with LND’s payment below the try', async () => {
  const { meter, spans } = collectSpans()
  const shop = openShop({ options: { meter } })
  await shop.run(shop.node.start())
  await shop.sell(25_000)
  spans.length = 0
  const destination = shop.bill(10_000).paymentRequest
  const asked = shop.node.payouts.request(
    { partner: 'm1', destination },
    { idempotencyKey: 'p', traceparent: caller },
  )
  const { id, traceparent } = await shop.run(asked)
  expect(await shop.ended(id)).toMatchObject({ state: 'succeeded', traceparent })
  const trace = spans.filter((span) => traceOf(span.traceparent) === '1'.repeat(32))
  const request = trace.find(({ name }) => name === 'payment_node.payout.request')!
  expect(request).toMatchObject({ parent: caller, added: { 'payment_node.payout.id': id } })
  expect(traceparent).toBe(request.traceparent)
  const send = trace.find(({ name }) => name === 'payment_node.payout.send')!
  expect(send).toMatchObject({ parent: request.traceparent, error: undefined })
  const pay = trace.find(({ name }) => name === 'LightningNode/pay')!
  expect(pay).toMatchObject({ parent: send.traceparent, kind: 'client', error: undefined })
  const end = trace.find(({ name }) => name === 'payment_node.payout.end')!
  expect(end).toMatchObject({ parent: request.traceparent, error: undefined })

  shop.payee.setReachable(false)
  const bad = await shop.request({ destination: shop.bill(500).paymentRequest })
  await shop.ended(bad.id)
  const ends = spans.filter(({ name }) => name === 'payment_node.payout.end')
  expect(ends.at(-1)).toMatchObject({ error: 'no-route' })
  await shop.run(shop.node.stop())
})

test('a span ends with the code of what was thrown, and every name is in the docs', async () => {
  const { meter, spans } = collectSpans()
  const shop = openShop({ options: { meter } })
  await shop.run(shop.node.start())
  await shop.run(shop.node.partners.upsert({ id: 'm1' }))
  shop.lnd.faults.once('createInvoice', 'before-effect', { outcome: 'none' })
  const refused = shop.run(shop.node.invoices.create({ partner: 'm1', amount: '1 sat' }))
  await expect(refused).rejects.toMatchObject({ code: 'node.unavailable' })
  expect(spans.map(({ name, error }) => `${name} ${error}`)).toEqual(
    expect.arrayContaining([
      'LightningNode/createInvoice node.unavailable',
      'payment_node.invoice.create node.unavailable',
    ]),
  )
  await shop.sell(2000)
  await shop.run(shop.node.stop())
  const docs = readFileSync(
    join(import.meta.dirname, '..', '..', '..', '..', 'docs', 'metrics.md'),
    'utf8',
  )
  const used = new Set(
    spans.flatMap(({ name, attributes, added }) => [
      name.replace(/\/.*/, '/'),
      ...Object.keys({ ...attributes, ...added }),
    ]),
  )
  expect([...used].filter((name) => !docs.includes(`\`${name}`))).toEqual([])
})

test('without spans the caller’s context goes to the webhook as it came', async () => {
  await using receiver = await openReceiver()
  await using shop = await openLiveShop()
  const { node } = shop
  await node.partners.upsert({ id: 'm1' })
  await node.webhooks.create({ url: receiver.url, types: ['invoice.created'] })
  const traced = await node.invoices.create({ partner: 'm1' }, { traceparent: caller })
  const untraced = await node.invoices.create({ partner: 'm1' })
  expect([traced.traceparent, untraced.traceparent]).toEqual([caller, null])
  await receiver.until(() => receiver.received.length === 2)
  expect(receiver.received.map(({ headers }) => headers.traceparent).sort()).toEqual([
    caller,
    undefined,
  ])
})

test('a context that is none is refused, and nothing is stored', async () => {
  const shop = openShop()
  await shop.run(shop.node.start())
  await shop.run(shop.node.partners.upsert({ id: 'm1' }))
  const rows = {
    'all zeros': `00-${'0'.repeat(32)}-${'2'.repeat(16)}-01`,
    'no parent': `00-${'1'.repeat(32)}-${'0'.repeat(16)}-01`,
    'the forbidden version': caller.replace(/^00/, 'ff'),
    'large letters': caller.replace(/2/g, 'A'),
    'a line more': `${caller}\r\nx: y`,
    'too long': `${caller}-00`,
    empty: '',
    'no text': 7 as never,
  }
  const wrong: string[] = []
  for (const [name, traceparent] of Object.entries(rows)) {
    const calls: (() => Promise<unknown>)[] = [
      () => shop.node.invoices.create({ partner: 'm1' }, { traceparent }),
      () =>
        shop.node.payouts.request(
          { partner: 'm1', destination: 'x' },
          { idempotencyKey: 'a', traceparent },
        ),
      () =>
        shop.node.payouts.refund(
          { invoice: 'x', destination: 'x' },
          { idempotencyKey: 'a', traceparent },
        ),
    ]
    for (const call of calls) {
      const error = await shop.run(call()).catch((refused: unknown) => refused)
      const { code, details } = error as { code?: string; details?: { field?: string } }
      if (code !== 'input.invalid' || details?.field !== 'traceparent')
        wrong.push(`${name}: ${code}`)
    }
  }
  expect(wrong).toEqual([])
  expect((await shop.run(shop.node.invoices.list())).items).toEqual([])
  await shop.run(shop.node.stop())
})

test('a meter whose spans throw keeps no payout from being booked', async () => {
  for (const throwsAt of ['count', 'record', 'start', 'end']) {
    const shop = openShop()
    const { run, clock } = shop
    const fail = (at: string): void => {
      if (at === throwsAt) throw new Error('exporter')
    }
    const { node } = shop.open({
      meter: {
        count: () => fail('count'),
        record: () => fail('record'),
        span: () => {
          fail('start')
          return {
            traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
            end: () => fail('end'),
          }
        },
      },
    })
    await run(node.start())
    await shop.sell(100_000, node)
    const destination = shop.bill(50_000).paymentRequest
    const { id } = await shop.request({ destination, feeLimit: '0 sat' }, 'booked', node)
    await clock.advance(600_000)
    expect((await run(node.payouts.get(id))).state, throwsAt).toBe('succeeded')
  }
}, 60_000)
