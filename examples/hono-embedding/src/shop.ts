import { once } from 'node:events'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { serve } from '@hono/node-server'
import { createPaymentNode, PaymentNodeError, type PaymentNodeOptions } from '@payment-node/core'
import { Hono } from 'hono'

export interface Shop {
  readonly url: string
  stop(): Promise<void>
}

/** Hono with a payment node in it. */
export async function openShop(options: PaymentNodeOptions, port: number): Promise<Shop> {
  const node = createPaymentNode(options)
  const paid = new Set<string>() // yours: a column of your orders
  // Durable: after a crash it is called again, until it has returned once.
  node.handle('invoice.settled', { consumer: 'orders' }, ({ invoice }) => {
    paid.add(invoice.metadata.order ?? '')
  })
  await node.start()
  await node.partners.upsert({ id: 'shop' })
  // One invoice per order, however often it is asked for.
  const sell = (order: string) =>
    node.invoices.create(
      { partner: 'shop', amount: '25000 sat', metadata: { order } },
      { idempotencyKey: order },
    )
  // LND is away, and the like: the client may try again.
  const statusOf = (error: unknown): number =>
    PaymentNodeError.is(error) ? (error.isRetryable ? 503 : 400) : 500

  const app = new Hono()
  app.post('/orders/:order', async (context) =>
    context.json(await sell(context.req.param('order')), 201),
  )
  app.get('/orders/:order', (context) =>
    context.json({ isPaid: paid.has(context.req.param('order')) }),
  )
  app.onError((error) => Response.json(error, { status: statusOf(error) }))
  const server = serve({ fetch: app.fetch, port, hostname: '127.0.0.1' }) as Server
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async stop() {
      server.close().closeAllConnections()
      await node.stop()
    },
  }
}
