import { createHash, randomBytes } from 'node:crypto'
import { type Payout, sat } from '@payment-node/core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { sharedNetwork } from '../../shared-network.ts'
import { openShop, type Shop } from './shop.ts'

const network = sharedNetwork()
const alice = network.node('alice')
const bob = network.node('bob')
const carol = network.node('carol')
let shop: Shop

beforeAll(async () => {
  shop = await openShop(bob)
  await shop.node.start()
  await shop.node.partners.upsert({ id: 'merchant' })
  const invoice = await shop.node.invoices.create({ partner: 'merchant', amount: sat(1_000_000) })
  await alice.pay(invoice.paymentRequest)
  await shop.event('invoice.settled')
})
afterAll(async () => {
  // What was paid in goes back, so that the shared channels stay as they were.
  await shop.remove()
  await network.remove()
})

interface Purse {
  readonly available: bigint
  readonly reserved: bigint
}
async function purse(): Promise<Purse> {
  const { available, reserved } = await shop.node.partners.get('merchant')
  return { available: available.msat, reserved: reserved.msat }
}

let keys = 0
function request(destination: string, more: object = {}): Promise<Payout> {
  return shop.node.payouts.request(
    { partner: 'merchant', destination, ...more },
    { idempotencyKey: `key-${keys++}` },
  )
}

function ended(payout: Payout) {
  return Promise.race([
    shop.event('payout.succeeded', ({ data }) => data.payout.id === payout.id),
    shop.event('payout.failed', ({ data }) => data.payout.id === payout.id),
  ]).then(({ data }) => data.payout)
}

function held(amountMsat: bigint) {
  const preimage = randomBytes(32)
  const hash = createHash('sha256').update(preimage).digest()
  return {
    preimage,
    hash,
    add: () => carol.addHoldInvoice(hash, { value_msat: amountMsat.toString() }),
  }
}

test('a payout over two hops succeeds: amount and real fee are debited, the preimage is kept', async () => {
  const before = await purse()
  const invoice = await shop.node.invoices.create({ partner: 'merchant', amount: sat(1) })
  expect(invoice.state).toBe('open')
  const toPay = await carol.addInvoice({ value_msat: '50000001' })
  const payout = await request(toPay.payment_request)
  expect(payout.state).toBe('reserved')
  const done = await ended(payout)
  expect(done).toMatchObject({ state: 'succeeded', attempt: { state: 'succeeded', number: 1 } })
  const { r_preimage } = await carol.lookupInvoice(toPay.r_hash)
  expect(done.preimage).toBe(r_preimage.toString('hex'))
  const after = await purse()
  expect(before.available - after.available).toBe(50_000_001n + (done.fee?.msat ?? -1n))
  expect(after.reserved).toBe(before.reserved)
})

test('an invoice without amount is paid with the amount of the call', async () => {
  const toPay = await carol.addInvoice({})
  await expect(request(toPay.payment_request)).rejects.toMatchObject({
    code: 'payout.destination-invalid',
    details: { field: 'amount', reason: 'amount-missing' },
  })
  const done = await ended(await request(toPay.payment_request, { amount: '3000 sat' }))
  expect(done.state).toBe('succeeded')
  expect((await carol.lookupInvoice(toPay.r_hash)).amt_paid_msat).toBe('3000000')
})

test('a payout that LND fails for certain returns the reservation, and its invoice may be tried again', async () => {
  const before = await purse()
  const toPay = await carol.addInvoice({ value_msat: '20000000' })
  await carol.cancelHold(toPay.r_hash)
  const failed = await ended(await request(toPay.payment_request))
  expect(failed).toMatchObject({ state: 'failed', reason: 'incorrect-details', fee: null })
  expect(await purse()).toEqual(before)
  const again = await ended(await request(toPay.payment_request))
  expect(again).toMatchObject({ state: 'failed', reason: 'incorrect-details' })
})

test('a fee limit of zero takes free routes only', async () => {
  const far = await network.addNode({ alias: 'far' })
  await network.openChannels([{ from: 'carol', to: 'far', capacitySat: 1_000_000 }])
  const toPay = await far.addInvoice({ value_msat: '20000000' })
  const route = await shop.node.channels.list()
  expect(route.length).toBeGreaterThan(0)
  const failed = await ended(await request(toPay.payment_request, { feeLimit: '0 sat' }))
  expect(failed).toMatchObject({ state: 'failed', reason: 'no-route' })
})

test('a payment that is held for a while and then settles is paid once', async () => {
  const before = await purse()
  const hold = held(70_000_000n)
  const toPay = await hold.add()
  const payout = await request(toPay.payment_request)
  await carol.waitUntilInvoice(hold.hash, 'ACCEPTED')
  expect((await shop.node.payouts.get(payout.id)).state).toBe('sending')
  expect((await purse()).reserved - before.reserved).toBe(70_000_000n + payout.feeLimit.msat)
  // The same invoice cannot be paid by another payout meanwhile.
  await expect(request(toPay.payment_request)).rejects.toMatchObject({ code: 'payout.hash-used' })
  const ending = ended(payout)
  await carol.settleHold(hold.preimage)
  expect(await ending).toMatchObject({
    state: 'succeeded',
    preimage: hold.preimage.toString('hex'),
  })
  await expect(request(toPay.payment_request)).rejects.toMatchObject({ code: 'payout.hash-used' })
})

test('a payment that is held for a while and then fails returns everything', async () => {
  const before = await purse()
  const hold = held(70_000_000n)
  const toPay = await hold.add()
  const payout = await request(toPay.payment_request)
  await carol.waitUntilInvoice(hold.hash, 'ACCEPTED')
  const ending = ended(payout)
  await carol.cancelHold(hold.hash)
  expect((await ending).state).toBe('failed')
  expect(await purse()).toEqual(before)
})

test('a stop does not wait for a held payment; the next start resumes it', async () => {
  const hold = held(30_000_000n)
  const toPay = await hold.add()
  const payout = await request(toPay.payment_request)
  await carol.waitUntilInvoice(hold.hash, 'ACCEPTED')
  await shop.node.stop()
  const again = shop.reopen()
  shop = again
  await shop.node.start()
  expect((await shop.node.payouts.get(payout.id)).state).toBe('sending')
  const ending = ended(payout)
  await carol.settleHold(hold.preimage)
  expect((await ending).state).toBe('succeeded')
})

let foreign = { amountMsat: 0n, feeMsat: 0n }

test('what another program paid is never taken for ours', async () => {
  const toPay = await carol.addInvoice({ value_msat: '5000000' })
  const payment = await bob.pay(toPay.payment_request)
  expect(payment.status).toBe('SUCCEEDED')
  foreign = { amountMsat: BigInt(payment.value_msat), feeMsat: BigInt(payment.fee_msat) }
  await expect(request(toPay.payment_request)).rejects.toMatchObject({ code: 'payout.hash-used' })
})

test('refused at the call, with nothing stored: own invoice, other network, more than the balance, above the cap', async () => {
  const before = await purse()
  const own = await shop.node.invoices.create({ partner: 'merchant', amount: sat(1_000) })
  const invalid = { code: 'payout.destination-invalid' }
  await expect(request(own.paymentRequest)).rejects.toMatchObject({
    ...invalid,
    details: { reason: 'own-node' },
  })
  const large = await carol.addInvoice({ value_msat: '995000000' })
  await expect(request(large.payment_request)).rejects.toMatchObject({
    code: 'payout.insufficient-balance',
  })
  const huge = await carol.addInvoice({ value_msat: '1000000000' })
  await expect(request(huge.payment_request)).rejects.toMatchObject({ code: 'payout.above-cap' })
  expect(await purse()).toEqual(before)
})

test('halted money stays: nothing new, nothing recorded is sent, until it is resumed', async () => {
  await shop.node.safety.halt('drill')
  const toPay = await carol.addInvoice({ value_msat: '1000000' })
  await expect(request(toPay.payment_request)).rejects.toMatchObject({ code: 'safety.halted' })
  await shop.node.safety.resume('drill is over')
  expect((await ended(await request(toPay.payment_request))).state).toBe('succeeded')
})

test('the books sum to zero and agree with LND about every payment, those of other programs too', async () => {
  // Opened anew, they are compared with LND at once.
  await shop.node.stop()
  shop = shop.reopen()
  await shop.node.start()
  const { items } = await shop.node.payouts.list({ state: 'succeeded' })
  const paid = items.reduce((sum, payout) => sum + payout.amount.msat, 0n)
  const balances = () => shop.node.ledger.balances()
  const payees = async (): Promise<bigint> => (await balances()).world.payees.msat
  await expect.poll(payees, { timeout: 60_000 }).toBe(paid + foreign.amountMsat)
  const { sum, world } = await balances()
  expect(sum.msat).toBe(0n)
  const fees = items.reduce((total, payout) => total + (payout.fee?.msat ?? 0n), 0n)
  expect(world.routingFees.msat).toBe(fees + foreign.feeMsat)
  expect((await shop.node.safety.status()).isHalted).toBe(false)
})
