import { sat } from '@payment-node/core'
import { afterAll, expect, test } from 'vitest'
import { sharedNetwork } from '../../shared-network.ts'
import { openShop } from './shop.ts'

const network = sharedNetwork()
const alice = network.node('alice')
const bob = network.node('bob')
afterAll(() => network.remove())

const count = 2000

test('2,000 invoices are settled while the process is down: each is credited once', {
  timeout: 600_000,
}, async () => {
  let shop = await openShop(bob)
  await shop.node.start()
  await shop.node.partners.upsert({ id: 'merchant' })
  const requests: string[] = []
  let owed = 0n
  const create = async (index: number): Promise<void> => {
    const amount = sat(100 + (index % 7))
    requests.push((await shop.node.invoices.create({ partner: 'merchant', amount })).paymentRequest)
    owed += amount.msat
  }
  for (let start = 0; start < count; start += 50) {
    await Promise.all(Array.from({ length: 50 }, (_, index) => create(start + index)))
  }
  await shop.node.stop()

  const pay = async (): Promise<void> => {
    for (let request = requests.pop(); request; request = requests.pop()) {
      expect((await alice.pay(request)).status).toBe('SUCCEEDED')
    }
  }
  await Promise.all(Array.from({ length: 40 }, pay))

  shop = shop.reopen()
  await shop.node.start()
  const seen = new Set<string>()
  const all = new Promise<void>((resolve) => {
    shop.node.on('invoice.settled', ({ invoice }) => {
      expect(seen.has(invoice.id)).toBe(false)
      seen.add(invoice.id)
      if (seen.size === count) resolve()
    })
  })
  await all
  expect((await shop.node.partners.get('merchant')).available.msat).toBe(owed)
  const settled = (await shop.events()).filter((event) => event.type === 'invoice.settled')
  expect(new Set(settled.map((event) => event.data.invoice.id)).size).toBe(count)
  expect(settled).toHaveLength(count)
  expect((await shop.node.ledger.balances()).sum.msat).toBe(0n)
  await shop.remove()
})
