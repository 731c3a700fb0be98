import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createPaymentNode } from '@payment-node/core'
import { expect, test } from 'vitest'
import { memory } from '../../storage-memory/src/index.ts'
import { createSeededRandom, createSimulatedNetwork } from '../src/index.ts'

// readme: begin
test('an order is paid', async () => {
  const network = createSimulatedNetwork()
  const { clock } = network
  const [shop, customer] = [network.addNode('shop'), network.addNode('customer')]
  network.establishChannel({ from: customer, to: shop, capacitySat: 1_000_000n })
  const keys = { invoices: createSeededRandom('shop').bytes(32) }
  const node = createPaymentNode({ lightning: shop.lightning, storage: memory(), keys, clock })
  await clock.run(node.start())
  await clock.run(node.partners.upsert({ id: 'bakery' }))
  const invoice = await clock.run(node.invoices.create({ partner: 'bakery', amount: '25000 sat' }))
  await clock.run(customer.pay(invoice.paymentRequest))
  expect(await clock.run(node.invoices.waitUntilSettled(invoice.id))).toMatchObject({
    state: 'settled',
  })
  await clock.run(node.stop())
})
// readme: end

test('the README shows exactly this test', () => {
  const source = readFileSync(import.meta.filename, 'utf8')
  const code = source.slice(
    source.indexOf('// readme: begin\n') + 17,
    source.indexOf('// readme: end'),
  )
  const readme = readFileSync(join(import.meta.dirname, '..', 'README.md'), 'utf8')
  expect(code.split('\n').length).toBeGreaterThan(12)
  expect(readme).toContain(`\n${code}\`\`\``)
})
