import { PaymentNodeError, sat } from '@payment-node/core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { sharedNetwork } from '../../shared-network.ts'
import { openShop, type Shop } from './shop.ts'

const network = sharedNetwork()
const alice = network.node('alice')
const bob = network.node('bob')
const carol = network.node('carol')
let shop: Shop

beforeAll(async () => {
  shop = await openShop(bob)
  await shop.node.start()
  await shop.node.partners.upsert({ id: 'merchant' })
})
afterAll(async () => {
  await shop.remove()
  await network.remove()
})

async function available(): Promise<bigint> {
  return (await shop.node.partners.get('merchant')).available.msat
}

test('a fixed invoice is paid by another LND and credited once, to the msat', async () => {
  const before = await available()
  const invoice = await shop.node.invoices.create({
    partner: 'merchant',
    amount: '12345678 msat',
    memo: 'two coffees ☕',
    metadata: { orderId: 'order-1' },
  })
  const waiting = shop.node.invoices.waitUntilSettled(invoice.id)
  expect((await alice.pay(invoice.paymentRequest)).status).toBe('SUCCEEDED')
  const settled = await waiting
  expect(settled).toMatchObject({
    state: 'settled',
    isLate: false,
    metadata: { orderId: 'order-1' },
  })
  expect(settled.paid?.msat).toBe(12_345_678n)
  expect((await available()) - before).toBe(12_345_678n)
  expect((await shop.node.invoices.list({ metadata: { orderId: 'order-1' } })).items).toHaveLength(
    1,
  )
  // Paying again is refused by LND itself.
  expect((await carol.pay(invoice.paymentRequest)).status).toBe('FAILED')
  expect((await available()) - before).toBe(12_345_678n)
})

test('the payer chooses the amount of an open invoice', async () => {
  const before = await available()
  const invoice = await shop.node.invoices.create({ partner: 'merchant' })
  expect(invoice.amount).toBeNull()
  const waiting = shop.node.invoices.waitUntilSettled(invoice.id)
  expect((await carol.pay(invoice.paymentRequest, 777_001n)).status).toBe('SUCCEEDED')
  expect((await waiting).paid?.msat).toBe(777_001n)
  expect((await available()) - before).toBe(777_001n)
})

test('too little is refused by LND and credits nothing; too much is credited in full', async () => {
  const before = await available()
  const invoice = await shop.node.invoices.create({ partner: 'merchant', amount: sat(10_000) })
  const details = {
    dest: Buffer.from(bob.publicKey, 'hex'),
    payment_hash: Buffer.from(invoice.paymentHash, 'hex'),
  }
  const decoded = await alice.rpc<{ payment_addr: Buffer }>('lnrpc.Lightning', 'DecodePayReq', {
    pay_req: invoice.paymentRequest,
  })
  const terms = { ...details, payment_addr: decoded.payment_addr, final_cltv_delta: 80 }
  expect(await payTerms(terms, 9_999_999n)).toBe('FAILED')
  expect((await shop.node.invoices.get(invoice.id)).state).toBe('open')
  const waiting = shop.node.invoices.waitUntilSettled(invoice.id)
  expect(await payTerms(terms, 15_000_001n)).toBe('SUCCEEDED')
  const settled = await waiting
  expect(settled.amount?.msat).toBe(10_000_000n)
  expect(settled.paid?.msat).toBe(15_000_001n)
  expect((await available()) - before).toBe(15_000_001n)
})

async function payTerms(terms: object, amountMsat: bigint): Promise<string> {
  const stream = alice.stream<{ status: string }>('routerrpc.Router', 'SendPaymentV2', {
    ...terms,
    amt_msat: amountMsat.toString(),
    fee_limit_msat: '100000',
    timeout_seconds: 30,
    no_inflight_updates: true,
  })
  for await (const { status } of stream)
    if (status === 'SUCCEEDED' || status === 'FAILED') return status
  throw new Error('the payment did not end')
}

test('a canceled invoice can no longer be paid, in LND either', async () => {
  const invoice = await shop.node.invoices.create({ partner: 'merchant', amount: sat(5_000) })
  expect((await shop.node.invoices.cancel(invoice.id)).state).toBe('canceled')
  expect((await shop.node.invoices.cancel(invoice.id)).state).toBe('canceled')
  expect((await bob.lookupInvoice(Buffer.from(invoice.paymentHash, 'hex'))).state).toBe('CANCELED')
  expect((await alice.pay(invoice.paymentRequest)).status).toBe('FAILED')
  await expect(shop.node.invoices.waitUntilSettled(invoice.id)).rejects.toMatchObject({
    code: 'invoice.canceled',
  })
})

test('a settled invoice cannot be canceled', async () => {
  const invoice = await shop.node.invoices.create({ partner: 'merchant', amount: sat(1_000) })
  await alice.pay(invoice.paymentRequest)
  await expect(shop.node.invoices.cancel(invoice.id)).rejects.toMatchObject({
    code: 'invoice.settled',
  })
  expect((await shop.node.invoices.get(invoice.id)).state).toBe('settled')
})

test('the same idempotency key gives the same invoice, also when LND has it and the books do not', async () => {
  const input = { partner: 'merchant', amount: '2000 sat', memo: 'again' } as const
  const first = await shop.node.invoices.create(input, { idempotencyKey: 'k-1' })
  expect(await shop.node.invoices.create(input, { idempotencyKey: 'k-1' })).toEqual(first)
  await expect(
    shop.node.invoices.create({ ...input, memo: 'other' }, { idempotencyKey: 'k-1' }),
  ).rejects.toMatchObject({ code: 'idempotency.conflict', details: { field: 'memo' } })

  // Books that lost their last hour, on the same LND with the same key.
  const empty = await openShop(bob)
  await empty.node.start()
  await empty.node.partners.upsert({ id: 'merchant' })
  const found = await empty.node.invoices.create(input, { idempotencyKey: 'k-1' })
  expect(found.paymentRequest).toBe(first.paymentRequest)
  expect(found.expiresAt).toBe(first.expiresAt)
  await expect(
    empty.node.invoices
      .create({ ...input, amount: '2001 sat' }, { idempotencyKey: 'k-2' })
      .then(() => empty.node.invoices.create(input, { idempotencyKey: 'k-2' })),
  ).rejects.toMatchObject({ code: 'idempotency.conflict' })
  await empty.remove()
})

test('an amount above what can be received is refused with what can, unless it is allowed', async () => {
  const list = await shop.node.channels.list()
  const receivable = list.reduce((sum, channel) => sum + channel.receivable.msat, 0n)
  const error = await shop.node.invoices
    .create({ partner: 'merchant', amount: sat(9_000_000_000n) })
    .catch((caught) => caught)
  expect(PaymentNodeError.is(error, 'invoice.above-receivable')).toBe(true)
  expect(error.details.receivable.msat).toBe((receivable / 1000n) * 1000n)
  const allowed = await shop.node.invoices.create({
    partner: 'merchant',
    amount: sat(50_000_000),
    allowUnreceivable: true,
  })
  expect(allowed.state).toBe('open')
})

test('an invoice that nobody pays expires by LND’s word', { timeout: 120_000 }, async () => {
  const invoice = await shop.node.invoices.create({
    partner: 'merchant',
    amount: sat(1_000),
    expiresIn: 60,
  })
  await shop.event('invoice.expired', ({ data }) => data.invoice.id === invoice.id)
  expect((await bob.lookupInvoice(Buffer.from(invoice.paymentHash, 'hex'))).state).toBe('CANCELED')
  await expect(shop.node.invoices.waitUntilSettled(invoice.id)).rejects.toMatchObject({
    code: 'invoice.expired',
  })
})

test('keysend is refused by a node as LND is by default, and a node that accepts it is reported and never credits it', async () => {
  expect((await alice.keysend(bob.publicKey, 1_000_000n)).status).toBe('FAILED')
  const open = await network.addNode({ alias: 'open', flags: ['--accept-keysend'] })
  await network.openChannels([{ from: 'alice', to: 'open', capacitySat: 1_000_000 }])
  const other = await openShop(open)
  await other.node.start()
  const ready = await other.event('node.ready')
  expect(ready.data.node.warnings.join()).toContain('keysend')
  await other.node.partners.upsert({ id: 'merchant' })
  const invoice = await other.node.invoices.create({ partner: 'merchant', amount: sat(2_000) })
  expect((await alice.keysend(open.publicKey, 1_000_000n)).status).toBe('SUCCEEDED')
  const waiting = other.node.invoices.waitUntilSettled(invoice.id)
  await alice.pay(invoice.paymentRequest)
  await waiting
  const balances = await other.node.ledger.balances()
  expect(balances.partners[0]?.available.msat).toBe(2_000_000n)
  expect(balances.sum.msat).toBe(0n)
  await other.remove()
})
