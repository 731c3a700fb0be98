import { createHash } from 'node:crypto'
import { type AnyEvent, type Http, jobs, msat, type Payout } from '@payment-node/core'
import { expect, test } from 'vitest'
import { openShop, type Shop, type ShopProcess, type ShopSettings } from '../shop.ts'
import { expectBooks } from './expect-books.ts'
import { openShopAndServer } from './payee-server.ts'

const minute = 60_000
const day = 86_400_000

async function openRich(settings: ShopSettings = {}): Promise<Shop> {
  const shop = openShop(settings)
  await shop.run(shop.node.start())
  await shop.sell(100_000)
  return shop
}

const hold = ({ payee }: Shop, expirySeconds = 600) =>
  payee.createHoldInvoice({ amountMsat: 100_000_000n, expirySeconds })

const look = ({ run, node }: Shop, { id }: Payout): Promise<Payout> => run(node.payouts.get(id))

const outcomes = (events: readonly AnyEvent[]): string[] =>
  events.map(({ type }) => type).filter((type) => /^payout\.(succeeded|failed)$/.test(type))

/** What the payee got, in msat: by its own records. */
async function received(shop: Shop): Promise<bigint> {
  const invoices = await shop.run(
    shop.payee.lightning.listInvoices({ afterAddIndex: 0n, limit: 1000 }),
  )
  return invoices.reduce((sum, { paidMsat }) => sum + paidMsat, 0n)
}

test('O1: after the payment is out every call to LND fails, and the payee asks again with new invoices: paid once', async () => {
  for (const isShared of [false, true]) {
    const shop = await openRich({ isExclusive: !isShared })
    const first = hold(shop)
    const payout = await shop.request({ destination: first.paymentRequest, feeLimit: '0 sat' })
    await shop.clock.advance(1000)
    expect(shop.payee.findInvoice(first.paymentHash)?.state).toBe('accepted')
    const silence = shop.lnd.faults.add(({ call }) =>
      call === 'getInfo' ? undefined : { outcome: 'unknown', reason: 'deadline' },
    )
    for (let at = 0; at < 10; at++) {
      await shop.clock.advance(3 * minute)
      const again = shop.request({ destination: hold(shop).paymentRequest, feeLimit: '0 sat' })
      await expect(again).rejects.toMatchObject({
        code: expect.stringMatching(/^(payout.insufficient-balance|node.unavailable)$/),
      })
      expect((await look(shop, payout)).state).toBe('sending')
    }
    silence()
    await shop.clock.advance(minute)
    await expect(
      shop.request({ destination: hold(shop).paymentRequest, feeLimit: '0 sat' }),
    ).rejects.toMatchObject({ code: 'payout.insufficient-balance' })
    shop.payee.settleHold(first.paymentHash)
    expect((await shop.ended(payout.id)).state).toBe('succeeded')
    expect(await received(shop)).toBe(100_000_000n)
    await expectBooks(shop, { available: 0, reserved: 0 })
  }
}, 20_000)

test('O2: held for 14 days, long after its expiry, through kills of ours and starts of LND: settled, and paid once', async () => {
  const shop = await openRich()
  const first = hold(shop)
  const payout = await shop.request({ destination: first.paymentRequest, feeLimit: '0 sat' })
  await shop.clock.advance(2000)
  let running = shop.process
  for (let at = 0; at < 14; at++) {
    running.kill()
    shop.lnd.restart()
    await shop.clock.advance(day)
    running = shop.open()
    await shop.run(running.node.start())
    await shop.clock.advance(2 * minute)
    expect((await shop.run(running.node.payouts.get(payout.id))).state, `day ${at}`).toBe('sending')
    await expect(
      shop.request(
        { destination: shop.bill(100_000).paymentRequest, feeLimit: '0 sat' },
        `again-${at}`,
        running.node,
      ),
    ).rejects.toMatchObject({ code: 'payout.insufficient-balance' })
  }
  shop.payee.settleHold(first.paymentHash)
  expect((await shop.ended(payout.id, running.node)).state).toBe('succeeded')
  expect(await received(shop)).toBe(100_000_000n)
  expect(outcomes(await shop.run(running.node.events.after('0')))).toEqual(['payout.succeeded'])
  await expectBooks(shop, { available: 0, reserved: 0 }, running.node)
}, 20_000)

test('O3: the clock jumps past every timeout while a payment is in flight: nothing is given back', async () => {
  for (const jump of [15 * minute, 2 * day, 400 * day, -2 * day]) {
    const shop = await openRich()
    const first = hold(shop)
    const payout = await shop.request({ destination: first.paymentRequest, feeLimit: '0 sat' })
    await shop.clock.advance(2000)
    shop.clock.jumpWallClock(jump)
    await shop.clock.advance(5 * minute)
    expect(await look(shop, payout), String(jump)).toMatchObject({ state: 'sending' })
    await expectBooks(shop, { available: 0, reserved: 100_000 })
    await expect(
      shop.request({ destination: shop.bill(1).paymentRequest, feeLimit: '0 sat' }),
    ).rejects.toMatchObject({ code: 'payout.insufficient-balance' })
    shop.payee.settleHold(first.paymentHash)
    expect((await shop.ended(payout.id)).state).toBe('succeeded')
    await expectBooks(shop, { available: 0, reserved: 0 })
  }
}, 20_000)

test('O7: paid in and out 1000 times over routes as dear as the limit: the operator loses no more than the limits', async () => {
  for (const feesPaidBy of ['partner', 'operator'] as const) {
    const shop = await openRich({
      options: { payouts: { feeLimit: { ppm: 5000, minimum: '1 sat' } } },
    })
    const { run, node, network } = shop
    await run(node.partners.upsert({ id: 'm1', payout: { feesPaidBy } }))
    const far = network.addNode('far')
    network.establishChannel({ from: shop.payee, to: far, capacitySat: 5_000_000n })
    const before = (await run(node.ledger.balances())).operator.msat
    let limits = 0n
    for (let round = 0; round < 20; round++) {
      await shop.sell(25 * 201)
      const payouts = await run(
        Promise.all(
          Array.from({ length: 25 }, (_, at) =>
            node.payouts.request(
              {
                partner: 'm1',
                destination: far.createInvoice({ amountMsat: 200_000n }).paymentRequest,
              },
              { idempotencyKey: `${round}-${at}` },
            ),
          ),
        ),
      )
      for (const { feeLimit } of payouts) limits += feeLimit.msat
      await shop.clock.advance(2000)
    }
    const listed = await run(node.payouts.list({ state: 'succeeded', limit: 1000 }))
    expect(listed.items).toHaveLength(500)
    for (const { fee, feeLimit } of listed.items)
      expect(fee!.msat).toBeLessThanOrEqual(feeLimit.msat)
    const { operator, world, sum } = await run(node.ledger.balances())
    expect(sum).toEqual(msat(0))
    const lost = before - operator.msat
    expect(world.routingFees.msat).toBe(500_000n)
    expect(lost).toBe(feesPaidBy === 'operator' ? 500_000n : 0n)
    expect(lost).toBeLessThanOrEqual(limits)
  }
}, 60_000)

/** Two processes that both lead, under the one epoch, and get every job. */
function openTwins(shop: Shop): readonly [ShopProcess, ShopProcess] {
  const twin = shop.open()
  const first = shop.open()
  const own = twin.storage.lease.bind(twin.storage)
  // Whoever asks is told that it leads, under the one epoch.
  const lease: typeof own = (name) => own(name, { holder: 'both', for: 15_000 })
  for (const { storage } of [twin, first]) {
    storage.lease = lease
    // A claim hides nothing: each worker gets every job.
    storage.claim = async (queue, { limit }) =>
      (await storage.find(jobs, { index: 'due', equals: [queue], limit })).map((row) => ({
        ...row,
        dueAt: row.due_at,
      }))
  }
  return [twin, first]
}

test('O9: every worker runs twice in parallel, with valid leases, always: each payout is paid and booked once', async () => {
  const { shop, server } = await openShopAndServer({ isExclusive: false })
  await shop.run(shop.node.stop())
  const [twin, first] = openTwins(shop)
  let handedOver = 0
  shop.lnd.faults.add(({ call, moment }) => {
    if (call === 'pay' && moment === 'before-effect') handedOver++
    return undefined
  })
  await shop.run(twin.node.start())
  await shop.run(first.node.start())
  await shop.clock.advance(10_000)

  const ids: string[] = []
  const request = async (destination: string, amount?: string): Promise<void> => {
    const input = { destination, feeLimit: '0 sat', ...(amount !== undefined && { amount }) }
    const by = ids.length % 2 === 0 ? first.node : twin.node
    ids.push((await shop.request(input, `twice-${ids.length}`, by)).id)
  }
  for (let at = 0; at < 6; at++) {
    await request(shop.bill(1000).paymentRequest)
    await request(server.address, '1000 sat')
    const refused = shop.payee.createHoldInvoice({ amountMsat: 1_000_000n, expirySeconds: 180 })
    shop.payee.cancelHold(refused.paymentHash)
    await request(refused.paymentRequest)
  }
  const ended = await Promise.all(ids.map((id) => shop.ended(id, twin.node)))
  expect(ended.map(({ state }) => state)).toEqual(
    ids.map((_, at) => (at % 3 === 2 ? 'failed' : 'succeeded')),
  )
  await shop.clock.advance(minute)
  expect(await received(shop)).toBe(12_000_000n)
  // They really did the same at the same time: both asked the payee's server, one was heard.
  expect(server.invoices).toHaveLength(12)
  expect(handedOver).toBe(ids.length)
  const events = await shop.run(twin.node.events.after('0', { limit: 1000 }))
  expect(outcomes(events)).toHaveLength(ids.length)
  await expectBooks(shop, { available: 88_000, reserved: 0 }, twin.node)
}, 20_000)

test('O9: the first of two workers hears a late refusal of the payee, the second one has sent it: it stays under way', async () => {
  const host = 'shop.example'
  const metadata = JSON.stringify([
    ['text/plain', 'Thank you'],
    ['text/identifier', `bob@${host}`],
  ])
  let asked = 0
  let hash = ''
  const http: Http = {
    contractVersion: 1,
    async request({ url: text }) {
      const url = new URL(text)
      const ok = (body: object) => ({ status: 200, headers: {}, body: JSON.stringify(body) })
      if (url.pathname !== '/callback') {
        const isFirst = ++asked === 1
        await shop.clock.sleep(isFirst ? 5000 : 20)
        if (isFirst) return ok({ status: 'ERROR', reason: 'bob has left' })
        return ok({
          tag: 'payRequest',
          callback: `https://${host}/callback`,
          minSendable: 1000,
          maxSendable: 100_000_000_000,
          metadata,
        })
      }
      const amountMsat = BigInt(url.searchParams.get('amount') ?? '0')
      const descriptionHash = createHash('sha256').update(metadata).digest()
      const hold = shop.payee.createHoldInvoice({ amountMsat, descriptionHash })
      hash = hold.paymentHash
      return ok({ pr: hold.paymentRequest, routes: [] })
    },
  }
  const shop = openShop({ isExclusive: false, options: { http } })
  await shop.run(shop.node.start())
  await shop.sell(100_000)
  await shop.run(shop.node.stop())
  const [twin, first] = openTwins(shop)
  await shop.run(twin.node.start())
  await shop.run(first.node.start())
  await shop.clock.advance(10_000)
  const { id } = await shop.request(
    { destination: `bob@${host}`, amount: '50000 sat', feeLimit: '0 sat' },
    'late',
    first.node,
  )
  await shop.clock.advance(3000)
  expect(asked).toBe(2)
  expect(shop.payee.findInvoice(hash)?.state).toBe('accepted')
  await shop.clock.advance(10_000)
  expect(await shop.run(first.node.payouts.get(id))).toMatchObject({ state: 'sending' })
  await expectBooks(shop, { available: 50_000, reserved: 50_000 }, twin.node)
  shop.payee.settleHold(hash)
  expect(await shop.ended(id, twin.node)).toMatchObject({ state: 'succeeded' })
  await expectBooks(shop, { available: 50_000, reserved: 0 }, twin.node)
})
