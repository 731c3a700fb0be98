import { nodeLiquidity, type PaymentNodeOptions, type Payout, sat } from '@payment-node/core'
import { expect, test } from 'vitest'
import { openShop, type Shop } from '../shop.ts'
import { expectBooks } from './expect-books.ts'
import { openShopAndServer } from './payee-server.ts'

const minute = 60_000

/** Nobody is there that could be paid through; the payee left an invoice. */
async function openAlone(
  options: Partial<PaymentNodeOptions> = {},
): Promise<{ readonly shop: Shop; readonly payout: Payout }> {
  const shop = openShop({ options })
  await shop.run(shop.node.start())
  await shop.sell(100_000)
  const destination = shop.bill(20_000).paymentRequest
  leave(shop)
  await shop.clock.advance(10_000)
  return { shop, payout: await shop.request({ destination, feeLimit: '0 sat' }) }
}

function leave({ payee, payer }: Shop): void {
  payee.stop()
  payer.stop()
}

async function back({ payee, clock }: Shop): Promise<void> {
  payee.start()
  await clock.advance(10_000)
}

const look = ({ run, node }: Shop, id: string): Promise<Payout> => run(node.payouts.get(id))

const sent = async (shop: Shop): Promise<number> =>
  (await shop.run(shop.lnd.lightning.listPayments({ afterIndex: 0n, limit: 1000 }))).length

test('without outbound a payout waits, says so, and is paid when there is some', async () => {
  const { shop, payout } = await openAlone()
  const { id } = payout
  await shop.clock.advance(20 * minute)
  expect(await look(shop, id)).toMatchObject({
    state: 'reserved',
    reason: 'outbound-short',
    attempt: { state: 'recorded' },
  })
  expect(await sent(shop)).toBe(0)
  await expectBooks(shop, { available: 80_000, reserved: 20_000 })
  await back(shop)
  expect(await shop.ended(id)).toMatchObject({ state: 'succeeded', reason: null })
  await expectBooks(shop, { available: 80_000, reserved: 0 })
})

test('the wait survives a restart', async () => {
  const { shop, payout } = await openAlone()
  const { id } = payout
  await shop.clock.advance(minute)
  shop.process.kill()
  const { node } = shop.open()
  await shop.run(node.start())
  await shop.clock.advance(minute)
  expect((await shop.run(node.payouts.get(id))).reason).toBe('outbound-short')
  await back(shop)
  expect((await shop.ended(id, node)).state).toBe('succeeded')
})

test('what can be sent must cover amount and fee limit together', async () => {
  const most = '90000000 sat'
  const caps = { perPayout: '20000000 sat', perDay: most, operatorFeesPerDay: most }
  const shop = openShop({ options: { caps } })
  await shop.run(shop.node.start())
  await shop.sell(7_000_000)
  await shop.run(shop.node.partners.upsert({ id: 'm1', payout: { feesPaidBy: 'operator' } }))
  // Only the channel to the payee is left.
  shop.payer.stop()
  await shop.clock.advance(10_000)
  const { sendableMsat } = nodeLiquidity(await shop.run(shop.lnd.lightning.listChannels()))
  const hold = shop.payee.createHoldInvoice({ amountMsat: 6_500_000_000n })
  shop.payee.cancelHold(hold.paymentHash)
  const exact = sendableMsat - 6_500_000_000n
  const request = (feeLimitMsat: bigint): Promise<Payout> =>
    shop.request({ destination: hold.paymentRequest, feeLimit: `${feeLimitMsat} msat` })
  const covered = await request(exact)
  expect(await shop.ended(covered.id)).toMatchObject({ reason: 'incorrect-details' })
  const waits = await request(exact + 1n)
  await shop.clock.advance(minute)
  expect(await look(shop, waits.id)).toMatchObject({ state: 'reserved', reason: 'outbound-short' })
})

test('it ends with the invoice, for certain', async () => {
  const { shop, payout } = await openAlone({ payouts: { waitForOutbound: '1d' } })
  const { id } = payout
  expect(await shop.ended(id)).toMatchObject({
    state: 'failed',
    reason: 'expired-before-sending',
  })
  expect(await sent(shop)).toBe(0)
  await expectBooks(shop, { available: 100_000, reserved: 0 })
})

test('it ends with its own deadline, for certain', async () => {
  const { shop, payout } = await openAlone({ payouts: { waitForOutbound: '10m' } })
  const { id, createdAt } = payout
  const failed = await shop.ended(id)
  expect(failed).toMatchObject({ state: 'failed', reason: 'outbound-short', fee: null })
  expect(failed.updatedAt - createdAt).toBeGreaterThanOrEqual(10 * minute)
  expect(failed.updatedAt - createdAt).toBeLessThan(11 * minute)
  await expectBooks(shop, { available: 100_000, reserved: 0 })
})

test('a Lightning address is not asked for an invoice before there is something to pay it with', async () => {
  const { shop, server } = await openShopAndServer()
  leave(shop)
  await shop.clock.advance(10_000)
  const { id } = await shop.request({ destination: server.address, amount: '20000 sat' })
  await shop.clock.advance(40 * minute)
  expect(await look(shop, id)).toMatchObject({ reason: 'outbound-short', attempt: null })
  expect(server.asked).toEqual([])
  await back(shop)
  expect(await shop.ended(id)).toMatchObject({ state: 'succeeded', amount: sat(20_000) })
  expect(server.invoices).toHaveLength(1)
})

test('what was handed to LND does not wait for outbound: LND s word ends it', async () => {
  const shop = openShop()
  await shop.run(shop.node.start())
  await shop.sell(100_000)
  const hold = shop.payee.createHoldInvoice({ amountMsat: 20_000_000n })
  const { id } = await shop.request({ destination: hold.paymentRequest, feeLimit: '0 sat' })
  await shop.clock.advance(5000)
  shop.payer.stop()
  shop.lnd.restart()
  await shop.clock.advance(minute)
  expect(await look(shop, id)).toMatchObject({ state: 'sending', attempt: { isSeen: true } })
  shop.payee.settleHold(hold.paymentHash)
  expect((await shop.ended(id)).state).toBe('succeeded')
})
