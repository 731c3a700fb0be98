// The repository's README shows what stands between the two markers; a test compares them.
// readme: begin
// The smallest shop: your LND, one file of books, a durable handler, one invoice.
import { randomUUID } from 'node:crypto'
import { createPaymentNode, type PaymentNode } from '@payment-node/core'
import { lnd } from '@payment-node/lnd-adapter'
import { sqlite } from '@payment-node/storage-sqlite'

const { LND_ADDRESS = 'localhost:10009', BOOKS = 'payments.db', INVOICE_KEY = '' } = process.env
const { LND_CERTIFICATE = 'tls.cert', LND_MACAROON = 'shop.macaroon' } = process.env
const certificate = { path: LND_CERTIFICATE }
const macaroon = { path: LND_MACAROON }

export async function sell(
  markPaid: (orderId: string | undefined) => void,
  lightning = lnd({ address: LND_ADDRESS, certificate, macaroon }),
): Promise<PaymentNode> {
  const keys = { invoices: Buffer.from(INVOICE_KEY, 'hex') } // openssl rand -hex 32
  const node = createPaymentNode({ lightning, storage: sqlite({ file: BOOKS }), keys })
  // Durable: after a crash it is called again, until it has returned once.
  node.handle('invoice.settled', { consumer: 'orders' }, ({ invoice }) =>
    markPaid(invoice.metadata.orderId),
  )
  await node.start()
  await node.partners.upsert({ id: 'bakery' })
  const orderId = randomUUID()
  const invoice = await node.invoices.create(
    { partner: 'bakery', amount: '25000 sat', expiresIn: '15m', metadata: { orderId } },
    { idempotencyKey: orderId },
  )
  console.log(invoice.paymentRequest)
  return node
}
// readme: end
