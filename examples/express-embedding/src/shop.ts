import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { createPaymentNode, PaymentNodeError, type PaymentNodeOptions } from '@payment-node/core'
import express, { type ErrorRequestHandler } from 'express'

export interface Shop {
  readonly url: string
  stop(): Promise<void>
}

/** Express with a payment node in it. */
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

  const app = express()
  app.post('/orders/:order', async ({ params }, response) => {
    response.status(201).json(await sell(params.order))
  })
  app.get('/orders/:order', ({ params }, response) => {
    response.json({ isPaid: paid.has(params.order) })
  })
  const refuse: ErrorRequestHandler = (error, _request, response, _next) => {
    response.status(statusOf(error)).json(error)
  }
  app.use(refuse)
  const server = app.listen(port, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async stop() {
      server.close().closeAllConnections()
      await node.stop()
    },
  }
}
