// What a host writes, as an ES module in TypeScript. Unused directives are errors, so `any` is found.
import {
  type Amount,
  createPaymentNode,
  type Invoice,
  type LightningNode,
  PaymentNodeError,
  type Storage,
  sat,
} from '@payment-node/core'
import { type Api, createApi, memoryKeys } from '@payment-node/http-api'
import { lnd } from '@payment-node/lnd-adapter'
import { memory } from '@payment-node/storage-memory'
import { sqlite } from '@payment-node/storage-sqlite'
import { createSimulatedNetwork } from '@payment-node/testkit'

const lightning: LightningNode = lnd({
  address: 'localhost:10009',
  certificate: { path: 'tls.cert' },
  macaroon: { path: 'payment-node.macaroon' },
})
const storages: Storage[] = [memory(), sqlite({ file: 'payments.db' })]
for (const storage of storages) {
  const node = createPaymentNode({ lightning, storage, keys: { invoices: new Uint8Array(32) } })
  node.handle('invoice.settled', { consumer: 'orders' }, ({ invoice }, event) => {
    const paid: Amount | null = invoice.paid
    const type: 'invoice.settled' = event.type
    // @ts-expect-error an amount is not text
    const wrong: string = invoice.paid
    return [paid, type, wrong]
  })
  const invoice: Invoice = await node.invoices.create(
    { partner: 'merchant', amount: sat(25_000), expiresIn: '15m' },
    { idempotencyKey: 'order-1' },
  )
  // @ts-expect-error an amount needs a unit
  await node.invoices.create({ partner: 'merchant', amount: 25_000 })
  // @ts-expect-error there is no such event
  node.on('invoice.paid', () => {})
  // @ts-expect-error there is no such option
  createPaymentNode({ lightning, storage, keys: { invoices: new Uint8Array(32) }, stroage: null })
  console.log(invoice.paymentRequest)
}
try {
  const node = createSimulatedNetwork().addNode('shop')
  const simulated: LightningNode = node.connect()
  // @ts-expect-error a node is not text
  const wrong: string = simulated
  console.log(wrong)
} catch (error) {
  if (PaymentNodeError.is(error, 'invoice.above-receivable')) {
    const receivable: Amount = error.details.receivable
    // @ts-expect-error details are those of the code
    console.log(receivable, error.details.partner)
  }
}

const api: Api = createApi({
  node: createPaymentNode({ lightning, storage: memory(), keys: { invoices: new Uint8Array(32) } }),
  keys: memoryKeys(),
})
// @ts-expect-error an answer is a promise
const answer: Response = api.fetch(new Request('http://127.0.0.1/livez'))
console.log(answer)
