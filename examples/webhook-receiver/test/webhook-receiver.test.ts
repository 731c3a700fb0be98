import { once } from 'node:events'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import {
  createPaymentNode,
  PaymentNodeError,
  silentLogger,
  systemClock,
  type WebhookEvent,
} from '@payment-node/core'
import { memory } from '@payment-node/storage-memory'
import { createSimulatedNetwork } from '@payment-node/testkit'
import { expect, test, vi } from 'vitest'
import { receiveWebhooks } from '../src/webhook-receiver.ts'

async function listen(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
}

test('a payment arrives at the receiver once, also when it is sent again', async () => {
  const network = createSimulatedNetwork({ clock: systemClock })
  const [shop, customer] = [network.addNode('shop'), network.addNode('customer')]
  network.establishChannel({ from: customer, to: shop, capacitySat: 100_000n })
  const node = createPaymentNode({
    lightning: shop.lightning,
    storage: memory(),
    keys: { invoices: Buffer.from('c0ffee25'.repeat(8), 'hex') },
    http: { allow: [{ host: '127.0.0.1', insecure: true }] },
    logger: silentLogger,
  })
  await node.start()
  await node.partners.upsert({ id: 'bakery' })

  const secrets: string[] = []
  const paid: string[] = []
  let failures = 1
  const server = receiveWebhooks(secrets, (event: WebhookEvent) => {
    if (event.type !== 'invoice.settled') return
    if (failures-- > 0) throw new Error('the database is away')
    const { invoice } = event.data
    paid.push(`${invoice.metadata.orderId}: ${invoice.paid}`)
  })
  const url = await listen(server)
  const errors = vi.spyOn(console, 'error').mockImplementation(() => undefined)
  const { id, secret } = await node.webhooks.create({ url, types: ['invoice.settled'] })
  secrets.push(secret)
  const invoice = await node.invoices.create({
    partner: 'bakery',
    amount: '25000 sat',
    metadata: { orderId: '7' },
  })
  await customer.pay(invoice.paymentRequest)
  const tries = async (): Promise<number> =>
    (await node.webhooks.deliveries({ endpoint: id })).items[0]?.tries ?? 0
  await vi.waitFor(async () => expect(await tries()).toBe(1), 5000)
  expect(paid).toEqual([])
  expect(errors).toHaveBeenCalledTimes(1)
  errors.mockRestore()

  // What failed waits for its time; the operator can send it at once, and again.
  const [delivery] = (await node.webhooks.deliveries({ endpoint: id })).items
  const event = delivery!.event
  await node.webhooks.replay({ endpoint: id, event })
  await vi.waitFor(() => expect(paid).toEqual(['7: 25000 sat']), 5000)
  const isDelivered = async (): Promise<void> => {
    const { items } = await node.webhooks.deliveries({ endpoint: id })
    expect(items.every(({ state }) => state === 'delivered')).toBe(true)
  }
  await vi.waitFor(isDelivered, 5000)
  await node.webhooks.replay({ endpoint: id, event })
  await vi.waitFor(async () => {
    expect((await node.webhooks.deliveries({ endpoint: id })).items).toHaveLength(2)
    await isDelivered()
  }, 5000)
  expect(paid).toEqual(['7: 25000 sat'])
  await node.stop()
  server.close()
  server.closeAllConnections()
})

test('what is not signed, or far too large, is refused and nothing is done', async () => {
  const done: string[] = []
  const secret = `whsec_${Buffer.alloc(32, 5).toString('base64')}`
  const server = receiveWebhooks([secret], ({ id }) => void done.push(id))
  const url = await listen(server)
  const errors = vi.spyOn(console, 'error').mockImplementation(() => undefined)
  const statusOf = async (headers: Record<string, string>, body: string): Promise<number> =>
    (await fetch(url, { method: 'POST', headers, body })).status
  const headers = {
    'webhook-id': 'evt_1',
    'webhook-timestamp': String(Math.floor(Date.now() / 1000)),
    'webhook-signature': `v1,${Buffer.alloc(32).toString('base64')}`,
  }
  expect(await statusOf({}, '{}')).toBe(401)
  expect(await statusOf(headers, '{"id":"evt_1"}')).toBe(401)
  expect(await statusOf(headers, 'x'.repeat(300_000))).toBe(500)
  expect(done).toEqual([])
  expect(errors.mock.calls.flat().some((error) => PaymentNodeError.is(error))).toBe(false)
  errors.mockRestore()
  server.close()
  server.closeAllConnections()
})
