import { afterAll, expect, test } from 'vitest'
import { sharedNetwork } from '../shared-network.ts'
import { openShop } from './scenarios/shop.ts'

const network = sharedNetwork()
const alice = network.node('alice')
afterAll(() => network.remove())

test('the oldest supported LND: an invoice is paid, a payout succeeds, one fails, it is restarted', async () => {
  const old = await network.addNode({ alias: 'old', version: '0.19' })
  await network.openChannels([
    { from: 'alice', to: 'old', capacitySat: 5_000_000, pushSat: 2_000_000 },
  ])
  let shop = await openShop(old)
  await shop.node.start()
  const { data } = await shop.event('node.ready')
  expect(data.node.version).toMatch(/^0\.19\.3/)
  expect(data.node.warnings).toEqual([])
  await shop.node.partners.upsert({ id: 'merchant' })
  const invoice = await shop.node.invoices.create({ partner: 'merchant', amount: '60000 sat' })
  const waiting = shop.node.invoices.waitUntilSettled(invoice.id)
  expect((await alice.pay(invoice.paymentRequest)).status).toBe('SUCCEEDED')
  expect((await waiting).paid?.msat).toBe(60_000_000n)

  const wanted = await alice.addInvoice({ value_msat: '10000000' })
  const payOut = (destination: string, idempotencyKey: string) =>
    shop.node.payouts.request({ partner: 'merchant', destination }, { idempotencyKey })
  await payOut(wanted.payment_request, 'taken')
  await shop.event('payout.succeeded')
  const refused = await alice.addInvoice({ value_msat: '10000000' })
  await alice.cancelHold(refused.r_hash)
  await payOut(refused.payment_request, 'refused')
  const failed = await shop.event('payout.failed')
  expect(failed.data.payout.reason).toBe('incorrect-details')

  await old.restart()
  await shop.event('node.recovered')
  const canceled = await shop.node.invoices.create({
    partner: 'merchant',
    amount: '1000 sat',
    allowUnreceivable: true,
  })
  expect((await shop.node.invoices.cancel(canceled.id)).state).toBe('canceled')
  await shop.node.stop()
  shop = shop.reopen()
  await shop.node.start()
  const balances = await shop.node.ledger.balances()
  expect(balances.sum.msat).toBe(0n)
  expect(balances.partners[0]?.available.msat).toBe(50_000_000n)
  expect((await shop.node.channels.list())[0]?.state).toBeDefined()
  await shop.remove()
})
