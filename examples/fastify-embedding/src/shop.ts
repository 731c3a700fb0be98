import { createPaymentNode, PaymentNodeError, type PaymentNodeOptions } from '@payment-node/core'
import { fastify } from 'fastify'

export interface Shop {
  readonly url: string
  stop(): Promise<void>
}

/** Fastify with a payment node in it. */
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

  const app = fastify({ forceCloseConnections: true })
  app.post<{ Params: { order: string } }>('/orders/:order', async ({ params }, reply) =>
    reply.status(201).send(await sell(params.order)),
  )
  app.get<{ Params: { order: string } }>('/orders/:order', async ({ params }) => ({
    isPaid: paid.has(params.order),
  }))
  app.setErrorHandler((error, _request, reply) =>
    reply.status(statusOf(error)).send(JSON.stringify(error)),
  )
  // Fastify's own order: no more requests, then what was opened before them.
  app.addHook('onClose', node.stop)
  return { url: await app.listen({ port, host: '127.0.0.1' }), stop: () => app.close() }
}
