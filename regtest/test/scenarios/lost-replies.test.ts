import { createHash, randomBytes } from 'node:crypto'
import { sat } from '@payment-node/core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { sharedNetwork } from '../../shared-network.ts'
import { startTcpProxy, type TcpProxy } from '../../tcp-proxy.ts'
import { waitUntil } from '../../wait-until.ts'
import { openShop, type Shop } from './shop.ts'

const network = sharedNetwork()
const alice = network.node('alice')
const bob = network.node('bob')
const carol = network.node('carol')
let proxy: TcpProxy
let shop: Shop

beforeAll(async () => {
  proxy = await startTcpProxy(bob.details.rpcAddress)
  shop = await openShop(bob, {}, { address: proxy.address })
  await shop.node.start()
  await shop.node.partners.upsert({ id: 'merchant' })
})
afterAll(async () => {
  await shop.remove()
  await proxy.close()
  await network.remove()
})

async function countInvoices(): Promise<number> {
  const request = { num_max_invoices: '1', reversed: true }
  const { last_index_offset } = await bob.rpc<{ last_index_offset: string }>(
    'lnrpc.Lightning',
    'ListInvoices',
    request,
  )
  return Number(last_index_offset)
}

test('the reply to AddInvoice is lost after LND acted: the same key finds that invoice, and there is one', async () => {
  const before = await countInvoices()
  const input = { partner: 'merchant', amount: sat(3_000), allowUnreceivable: true }
  await proxy.setMode('swallow-replies')
  const lost = shop.node.invoices.create(input, { idempotencyKey: 'lost' }).catch((error) => error)
  await waitUntil('LND has the invoice', async () => (await countInvoices()) === before + 1)
  await proxy.cut()
  expect(await lost).toMatchObject({ code: 'node.unavailable', details: { outcome: 'unknown' } })
  expect((await shop.node.invoices.list()).items).toEqual([])
  const found = await waitUntil('the same call succeeds', () =>
    shop.node.invoices.create(input, { idempotencyKey: 'lost' }).catch(() => undefined),
  )
  expect(await countInvoices()).toBe(before + 1)
  const waiting = shop.node.invoices.waitUntilSettled(found.id)
  expect((await alice.pay(found.paymentRequest)).status).toBe('SUCCEEDED')
  expect((await waiting).paid?.msat).toBe(3_000_000n)
})

test('the reply to a payment is lost, LND cannot be reached, and the payment settles meanwhile: it is booked, once', async () => {
  const funding = await shop.node.invoices.create({ partner: 'merchant', amount: sat(50_000) })
  const funded = shop.node.invoices.waitUntilSettled(funding.id)
  await alice.pay(funding.paymentRequest)
  await funded
  const preimage = randomBytes(32)
  const hash = createHash('sha256').update(preimage).digest()
  const held = await carol.addHoldInvoice(hash, { value_msat: '20000000' })
  const before = (await shop.node.partners.get('merchant')).available.msat
  const payout = await shop.node.payouts.request(
    { partner: 'merchant', destination: held.payment_request },
    { idempotencyKey: 'held' },
  )
  await carol.waitUntilInvoice(hash, 'ACCEPTED')
  await proxy.cut('refuse')
  await shop.event('node.degraded')
  // Nobody knows; nothing is refunded, nothing can be reused.
  expect((await shop.node.payouts.get(payout.id)).state).toBe('sending')
  expect((await shop.node.partners.get('merchant')).reserved.msat).toBe(
    20_000_000n + payout.feeLimit.msat,
  )
  await carol.settleHold(preimage)
  await proxy.setMode('pass')
  const { data } = await shop.event('payout.succeeded')
  expect(data.payout).toMatchObject({ id: payout.id, preimage: preimage.toString('hex') })
  const after = await shop.node.partners.get('merchant')
  expect(before - after.available.msat).toBe(20_000_000n + (data.payout.fee?.msat ?? -1n))
  expect(after.reserved.msat).toBe(0n)
  const succeeded = (await shop.events()).filter((event) => event.type === 'payout.succeeded')
  expect(succeeded).toHaveLength(1)
})
