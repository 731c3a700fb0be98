// Takes one payment on a simulated network, with each storage, and prints what the partner then has.
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { createPaymentNode, systemClock } from '@payment-node/core'
import { memory } from '@payment-node/storage-memory'
import { sqlite } from '@payment-node/storage-sqlite'
import { createSimulatedNetwork } from '@payment-node/testkit'

const folder = mkdtempSync('books-')
const available = {}
for (const [name, storage] of Object.entries({
  memory: memory(),
  sqlite: sqlite({ file: `${folder}/payments.db` }),
})) {
  const network = createSimulatedNetwork({ clock: systemClock })
  const [shop, payer] = [network.addNode('shop'), network.addNode('payer')]
  network.establishChannel({ from: payer, to: shop, capacitySat: 1_000_000n })
  const keys = { invoices: randomBytes(32) }
  const node = createPaymentNode({ lightning: shop.connect(), storage, keys })
  await node.start()
  await node.partners.upsert({ id: 'merchant' })
  const invoice = await node.invoices.create({ partner: 'merchant', amount: '25000 sat' })
  await payer.pay(invoice.paymentRequest)
  await node.invoices.waitUntilSettled(invoice.id)
  available[name] = (await node.partners.get('merchant')).available
  await node.stop()
}
rmSync(folder, { recursive: true })
console.log(JSON.stringify(available))
