import { sat } from '@payment-node/core'
import { expect, test } from 'vitest'
import { openShop, type Shop } from '../shop.ts'

async function openWith(settings: Parameters<typeof openShop>[0] = {}): Promise<Shop> {
  const shop = openShop(settings)
  await shop.run(shop.node.start())
  await shop.run(shop.node.partners.upsert({ id: 'm1', fee: { ppm: 10_000 } }))
  return shop
}

const adopt = ({ node, run }: Shop, paymentHash: string, partner = 'm1') =>
  run(node.invoices.adopt({ paymentHash, partner, metadata: { orderId: '7' } }))

async function expectOnce(shop: Shop, paid: number): Promise<void> {
  const { node, run } = shop
  const { partners, world, sum } = await run(node.ledger.balances())
  expect(partners.map(({ available }) => available)).toEqual([sat((paid * 99) / 100)])
  expect(world.payers).toEqual(sat(-paid))
  expect(sum).toEqual(sat(0))
  const events = await run(node.events.after('0', { limit: 1000 }))
  expect(events.filter(({ type }) => type === 'invoice.settled')).toHaveLength(1)
}

test('an open invoice of another program is credited when it is paid, once, whoever looks', async () => {
  const shop = await openWith()
  const { node, run, lnd, payer, clock } = shop
  const { paymentHash, paymentRequest } = lnd.createInvoice({ amountMsat: 50_000_000n })
  const adopted = await adopt(shop, paymentHash)
  expect(adopted).toMatchObject({ state: 'open', isAdopted: true, paymentHash, paymentRequest })
  expect((await run(node.invoices.list({ metadata: { orderId: '7' } }))).items).toEqual([adopted])
  expect(await adopt(shop, paymentHash)).toEqual(adopted)
  const waiting = node.invoices.waitUntilSettled(adopted.id)
  await run(payer.pay(paymentRequest))
  expect(await run(waiting)).toMatchObject({ paid: sat(50_000), fee: sat(500), net: sat(49_500) })
  expect(await adopt(shop, paymentHash)).toMatchObject({ state: 'settled' })
  await clock.advance(700_000)
  await expectOnce(shop, 50_000)
})

test('one that was made before these books is credited as well, if it is paid later', async () => {
  const shop = openShop()
  const { node, run, lnd, payer } = shop
  const { paymentHash, paymentRequest } = lnd.createInvoice({ amountMsat: 50_000_000n })
  await run(node.start())
  await run(node.partners.upsert({ id: 'm1', fee: { ppm: 10_000 } }))
  const { id } = await adopt(shop, paymentHash)
  const waiting = node.invoices.waitUntilSettled(id)
  await run(payer.pay(paymentRequest))
  await run(waiting)
  await expectOnce(shop, 50_000)
})

test('one that was paid already is credited from the operator, whose it was; once in all', async () => {
  const shop = await openWith()
  const { node, run, lnd, payer, clock } = shop
  const { operator } = await run(node.ledger.balances())
  const { paymentHash, paymentRequest } = lnd.createInvoice({ amountMsat: 50_000_000n })
  await run(payer.pay(paymentRequest))
  // Long enough for everybody who looks for income of others.
  await clock.advance(700_000)
  const all = await run(
    Promise.all(
      Array.from({ length: 8 }, () => node.invoices.adopt({ paymentHash, partner: 'm1' })),
    ),
  )
  expect(new Set(all.map(({ id }) => id)).size).toBe(1)
  expect((await run(node.invoices.get(all[0]!.id))).state).toBe('settled')
  await clock.advance(700_000)
  await expectOnce(shop, 50_000)
  const books = await run(node.ledger.balances())
  expect(books.operator.msat - operator.msat).toBe(500_000n)
})

test('a payment in the moment of the adoption is credited once', async () => {
  for (const delay of [0, 1, 5, 20, 50]) {
    const shop = await openWith()
    const { node, run, lnd, payer, clock } = shop
    const { paymentHash, paymentRequest } = lnd.createInvoice({ amountMsat: 50_000_000n })
    const paying = payer.pay(paymentRequest)
    await clock.advance(delay)
    await run(node.invoices.adopt({ paymentHash, partner: 'm1' }))
    await run(paying)
    await clock.advance(700_000)
    await expectOnce(shop, 50_000)
    await run(node.stop())
  }
})

test('what cannot be told, and what is no invoice, is refused; nothing is stored', async () => {
  const shop = openShop({ lnd: { acceptsKeysend: true } })
  const { node, run, lnd, payer } = shop
  const old = lnd.createInvoice({ amountMsat: 50_000_000n })
  await run(payer.pay(old.paymentRequest))
  await run(node.start())
  await run(node.partners.upsert({ id: 'm1' }))
  const own = await run(node.invoices.create({ partner: 'm1', amount: '5 sat' }))
  const canceled = lnd.createInvoice({ amountMsat: 1000n })
  await run(lnd.lightning.cancelInvoice(canceled.paymentHash))
  const keysend = await run(payer.keysend(lnd.publicKey, 7000n))
  await shop.clock.advance(60_000)
  const before = await shop.everything()
  for (const [paymentHash, code, reason] of [
    [old.paymentHash, 'invoice.not-adoptable', 'older-than-books'],
    [own.paymentHash, 'invoice.not-adoptable', 'known'],
    [canceled.paymentHash, 'invoice.not-adoptable', 'canceled'],
    [keysend.paymentHash, 'invoice.not-adoptable', 'unsolicited'],
    ['ab'.repeat(32), 'node.invoice-not-found', undefined],
  ] as const)
    await expect(
      run(node.invoices.adopt({ paymentHash, partner: 'm1' })),
      reason ?? code,
    ).rejects.toMatchObject({ code, ...(reason && { details: { reason } }) })
  expect(await shop.changes(before)).toEqual([])
  const { paymentHash } = lnd.createInvoice({ amountMsat: 1000n })
  await run(node.invoices.adopt({ paymentHash, partner: 'm1' }))
  await run(node.partners.upsert({ id: 'm2' }))
  await expect(run(node.invoices.adopt({ paymentHash, partner: 'm2' }))).rejects.toMatchObject({
    code: 'idempotency.conflict',
    details: { field: 'partner' },
  })
})
