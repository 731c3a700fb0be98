import { type InvoiceInput, sat } from '@payment-node/core'
import { expect, test } from 'vitest'
import { openShop, type Shop } from '../shop.ts'

const input: InvoiceInput = {
  partner: 'm1',
  amount: '5 sat',
  memo: 'tea',
  metadata: { orderId: '7', table: '3' },
}
const options = { idempotencyKey: 'order-7' }

async function openForSale(isExclusive = true): Promise<Shop> {
  const shop = openShop({ isExclusive })
  await shop.run(shop.node.start())
  await shop.run(shop.node.partners.upsert({ id: 'm1' }))
  await shop.run(shop.node.partners.upsert({ id: 'm2' }))
  return shop
}

const nodeInvoices = async ({ run, lnd }: Shop): Promise<number> =>
  (await run(lnd.lightning.listInvoices({ afterAddIndex: 0n, limit: 100 }))).length

test('the same key and parameters give the same invoice, whatever has happened to it', async () => {
  const shop = await openForSale()
  const { node, run, clock } = shop
  const first = await run(node.invoices.create(input, options))
  expect(first.idempotencyKey).toBe('order-7')
  const again = (): Promise<{ id: string; state: string }> =>
    run(node.invoices.create({ ...input }, { ...options }))
  expect(await again()).toEqual(first)
  // Written differently, meant the same.
  const rewritten = {
    metadata: { table: '3', orderId: '7' },
    memo: 'tea',
    amount: sat(5),
    partner: 'm1',
    allowUnreceivable: true,
  }
  expect(await run(node.invoices.create(rewritten, options))).toEqual(first)
  expect(await run(node.invoices.create({ ...input, amount: '5000 msat' }, options))).toEqual(first)

  await run(node.partners.upsert({ id: 'm1', defaultExpiry: '5m', maximumExpiry: '6m' }))
  expect(await again()).toEqual(first)

  shop.lnd.stop()
  await clock.advance(6000)
  expect((await node.status()).state).toBe('degraded')
  expect(await again()).toEqual(first)
  shop.lnd.start()
  await clock.advance(3000)

  await clock.advance(3_700_000)
  expect(await again()).toMatchObject({ id: first.id, state: 'expired' })
  await run(node.stop())

  const second = shop.open()
  await run(second.node.start())
  expect(await run(second.node.invoices.create(input, options))).toMatchObject({
    id: first.id,
    state: 'expired',
  })
  await run(second.node.stop())
  await clock.advance(10 * 365 * 86_400_000)
  const third = shop.open()
  await run(third.node.start())
  expect(await run(third.node.invoices.create(input, options))).toMatchObject({ id: first.id })
  expect(await nodeInvoices(shop)).toBe(1)
})

test('the same key with other parameters is refused and names the field', async () => {
  const shop = await openForSale()
  const { node, run } = shop
  await run(node.invoices.create(input, options))
  const others: readonly [string, Partial<Record<keyof InvoiceInput, unknown>>][] = [
    ['amount', { amount: '6 sat' }],
    ['amount', { amount: '5 msat' }],
    ['amount', { amount: undefined }],
    ['expiresIn', { expiresIn: '1h' }],
    ['memo', { memo: 'coffee' }],
    ['memo', { memo: undefined }],
    ['memo', { memo: undefined, descriptionHash: 'ab'.repeat(32) }],
    ['privateRouteHints', { privateRouteHints: true }],
    ['metadata', { metadata: { orderId: '8', table: '3' } }],
    ['metadata', { metadata: { orderId: '7' } }],
    ['metadata', { metadata: undefined }],
  ]
  await shop.clock.advance(100)
  const before = await shop.everything()
  for (const [field, other] of others)
    await expect(
      run(node.invoices.create({ ...input, ...other } as InvoiceInput, options)),
      `${field} ${JSON.stringify(other)}`,
    ).rejects.toMatchObject({
      code: 'idempotency.conflict',
      details: { idempotencyKey: 'order-7', field },
      message: expect.stringContaining(field),
    })
  expect(await shop.changes(before)).toEqual([])
})

test('a key belongs to its partner, and without a key every call makes an invoice', async () => {
  const shop = await openForSale()
  const { node, run } = shop
  const mine = await run(node.invoices.create(input, options))
  const yours = await run(node.invoices.create({ ...input, partner: 'm2' }, options))
  expect(yours.id).not.toBe(mine.id)
  const loose = await run(node.invoices.create(input))
  const looser = await run(node.invoices.create(input))
  expect(new Set([mine.id, yours.id, loose.id, looser.id]).size).toBe(4)
  // Where one text ends and the next begins must not matter: (m1, 1x) is not (m11, x).
  await run(node.partners.upsert({ id: 'm11' }))
  const one = await run(node.invoices.create({ partner: 'm1' }, { idempotencyKey: '1x' }))
  const other = await run(node.invoices.create({ partner: 'm11' }, { idempotencyKey: 'x' }))
  expect(one.id).not.toBe(other.id)
})

test('many calls at once, from two processes, make one invoice', async () => {
  const shop = await openForSale(false)
  const { node, run } = shop
  const other = shop.open({ role: 'api' }).node
  await run(other.start())
  const made = await run(
    Promise.all(
      Array.from({ length: 16 }, (_, at) =>
        (at % 2 === 0 ? node : other).invoices.create(input, options),
      ),
    ),
  )
  expect(new Set(made.map((invoice) => invoice.id)).size).toBe(1)
  expect(new Set(made.map((invoice) => invoice.paymentRequest)).size).toBe(1)
  expect(await nodeInvoices(shop)).toBe(1)
  const created = (await run(node.events.after('0'))).filter(
    ({ type }) => type === 'invoice.created',
  )
  expect(created).toHaveLength(1)
})

test('a call that is slower than the payment of its own invoice gets that invoice', async () => {
  for (const ending of ['settled', 'canceled'] as const) {
    const shop = await openForSale(false)
    const { node, run, lnd } = shop
    const other = shop.open({ role: 'api' }).node
    await run(other.start())
    lnd.faults.once('createInvoice', 'before-effect', { delayMilliseconds: 500 })
    const slow = other.invoices.create(input, options)
    await shop.clock.advance(50)
    const fast = await run(node.invoices.create(input, options))
    if (ending === 'canceled') await run(node.invoices.cancel(fast.id))
    else {
      await run(shop.payer.pay(fast.paymentRequest))
      await run(node.invoices.waitUntilSettled(fast.id))
    }
    expect(await run(slow)).toMatchObject({ id: fast.id, state: ending })
    // No sign of lost books either.
    expect((await run(node.safety.status())).isHalted).toBe(false)
  }
})

test('at once with different parameters: one is made, the other is told so', async () => {
  const shop = await openForSale(false)
  const other = shop.open({ role: 'api' }).node
  await shop.run(other.start())
  const results = await shop.run(
    Promise.allSettled([
      shop.node.invoices.create(input, options),
      other.invoices.create({ ...input, amount: '6 sat' }, options),
    ]),
  )
  expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
  const refused = results.find((result) => result.status === 'rejected')
  expect(['idempotency.conflict', 'invoice.key-used']).toContain(refused!.reason.code)
  expect(refused!.reason.details.field).toBe('amount')
})

test('a lost reply of LND is no reason for a second invoice, with and without route hints', async () => {
  for (const privateRouteHints of [false, true]) {
    const shop = await openForSale()
    const { node, run } = shop
    shop.lnd.faults.once('createInvoice', 'after-effect', { outcome: 'unknown' })
    const wanted = { ...input, privateRouteHints }
    await expect(run(node.invoices.create(wanted, options))).rejects.toMatchObject({
      code: 'node.unavailable',
      details: { outcome: 'unknown' },
      isRetryable: true,
    })
    const invoice = await run(node.invoices.create(wanted, options))
    expect(invoice.state).toBe('open')
    expect(await nodeInvoices(shop)).toBe(1)
    await run(shop.payer.pay(invoice.paymentRequest))
    expect((await run(node.invoices.waitUntilSettled(invoice.id))).paid).toEqual(sat(5))
  }
})

test('what LND has under the key must be the same; one that it has canceled does not burn the key', async () => {
  const shop = await openForSale()
  const { node, run } = shop
  const lose = async (): Promise<void> => {
    shop.lnd.faults.once('createInvoice', 'after-effect', { outcome: 'unknown' })
    await expect(run(node.invoices.create(input, options))).rejects.toThrow()
  }
  await lose()
  for (const [field, other] of [
    ['amount', { amount: '6 sat' }],
    ['memo', { memo: 'coffee' }],
    ['expiresIn', { expiresIn: '2h' }],
    ['descriptionHash', { memo: undefined, descriptionHash: 'ab'.repeat(32) }],
  ] as const) {
    const call = run(node.invoices.create({ ...input, ...other } as InvoiceInput, options))
    await expect(call, field).rejects.toMatchObject({
      code: 'invoice.key-used',
      // An invoice with a hash has no memo, which is seen first.
      details: { field: field === 'descriptionHash' ? 'memo' : field },
    })
  }
  expect((await run(node.invoices.list())).items).toEqual([])
  // It was never given out and LND has canceled it by now: another one takes its place, for ever.
  await shop.clock.advance(3_700_000)
  const invoice = await run(node.invoices.create(input, options))
  expect(invoice.state).toBe('open')
  expect(await run(node.invoices.create(input, options))).toEqual(invoice)
  expect(await nodeInvoices(shop)).toBe(2)
  await run(shop.payer.pay(invoice.paymentRequest))
  expect((await run(node.invoices.waitUntilSettled(invoice.id))).paid).toEqual(sat(5))
})

test('a default expiry that changed after a crash is no other request', async () => {
  const shop = await openForSale()
  const { node, run } = shop
  const { expiresIn: _, ...defaulted } = { expiresIn: undefined, ...input }
  shop.lnd.faults.once('createInvoice', 'after-effect', { outcome: 'unknown' })
  await expect(run(node.invoices.create(defaulted, options))).rejects.toThrow()
  await run(node.partners.upsert({ id: 'm1', defaultExpiry: '5m' }))
  const invoice = await run(node.invoices.create(defaulted, options))
  expect(invoice.expiresAt - invoice.createdAt).toBe(3_600_000)
  expect(await nodeInvoices(shop)).toBe(1)
})
