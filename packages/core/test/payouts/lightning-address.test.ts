import { createHash } from 'node:crypto'
import { type Http, type Payout, sat } from '@payment-node/core'
import { expect, test } from 'vitest'
import { openShop, type Shop } from '../shop.ts'
import { expectBooks } from './expect-books.ts'
import { type Behaviour, openShopAndServer, type PayeeServer } from './payee-server.ts'

const minute = 60_000

const ask = (
  { request }: Shop,
  { address }: PayeeServer,
  more: { readonly amount?: string; readonly feeLimit?: string } = {},
): Promise<Payout> =>
  request({ destination: address, amount: '20000 sat', feeLimit: '0 sat', ...more })

/** What the payee got, in msat: by its own records. */
async function received(shop: Shop): Promise<bigint> {
  const invoices = await shop.run(
    shop.payee.lightning.listInvoices({ afterAddIndex: 0n, limit: 1000 }),
  )
  return invoices.reduce((sum, { paidMsat }) => sum + paidMsat, 0n)
}

const attemptsOf = async (shop: Shop): Promise<Record<string, unknown>[]> =>
  (await shop.rowsOf(['attempts'])).attempts!

test('a Lightning address is reserved at once and resolved when it is sent', async () => {
  const { shop, server } = await openShopAndServer()
  const payout = await ask(shop, server)
  expect(payout).toMatchObject({
    state: 'reserved',
    destination: server.address,
    destinationKind: 'lightning-address',
    amount: sat(20_000),
    paymentHash: '',
    attempt: null,
    queue: null,
    transaction: null,
  })
  await expectBooks(shop, { available: 80_000, reserved: 20_000 })
  const done = await shop.ended(payout.id)
  expect(done).toMatchObject({ state: 'succeeded', attempt: { number: 1, state: 'succeeded' } })
  expect(done.paymentHash).toMatch(/^[0-9a-f]{64}$/)
  expect(server.invoices).toHaveLength(1)
  expect(await received(shop)).toBe(20_000_000n)
  await expectBooks(shop, { available: 80_000, reserved: 0 })
})

test('everything to a Lightning address: whole satoshi', async () => {
  const { shop, server } = await openShopAndServer()
  const payout = await shop.request({ destination: server.address, amount: 'all' })
  expect(payout.amount).toEqual(sat(99_502))
  expect((await shop.ended(payout.id)).state).toBe('succeeded')
  await expect(shop.request({ destination: server.address })).rejects.toMatchObject({
    code: 'payout.destination-invalid',
    details: { field: 'amount', reason: 'amount-missing' },
  })
})

test('O10: while an attempt lives the payee is not asked again, whatever happens to us or LND', async () => {
  const { shop, server } = await openShopAndServer({ isHeld: true })
  const { id } = await ask(shop, server)
  await shop.clock.advance(2000)
  let { node } = shop
  for (let at = 0; at < 3; at++) {
    shop.lnd.restart()
    await shop.clock.advance(10 * minute)
    await shop.run(node.stop())
    node = shop.open().node
    await shop.run(node.start())
    await shop.clock.advance(10 * minute)
  }
  expect(server.invoices).toHaveLength(1)
  expect(await attemptsOf(shop)).toHaveLength(1)
  const { paymentHash } = await shop.run(node.payouts.get(id))
  shop.payee.settleHold(paymentHash)
  expect((await shop.ended(id, node)).state).toBe('succeeded')
  expect(await received(shop)).toBe(20_000_000n)
  await expectBooks(shop, { available: 80_000, reserved: 0 }, node)
})

test('O10: killed at any moment: asked again only as long as nothing was stored, and paid once', async () => {
  const wrong: string[] = []
  let asksAgain = 0
  for (let after = 0; after < 120; after += 3) {
    const { shop, server } = await openShopAndServer()
    const { id } = await ask(shop, server)
    await shop.clock.advance(after)
    shop.process.kill()
    const { node } = shop.open()
    await shop.run(node.start())
    const stored = (await attemptsOf(shop)).length
    const asked = server.invoices.length
    const done = await shop.ended(id, node)
    if (done.state !== 'succeeded') wrong.push(`${after} ms: ${done.state} ${done.reason}`)
    if ((await received(shop)) !== 20_000_000n) wrong.push(`${after} ms: ${await received(shop)}`)
    if (stored > 0 && server.invoices.length > asked) wrong.push(`${after} ms: asked again`)
    if (server.invoices.length > 2) wrong.push(`${after} ms: ${server.invoices.length} invoices`)
    if (server.invoices.length > 1) asksAgain++
    await expectBooks(shop, { available: 80_000, reserved: 0 }, node)
  }
  expect(wrong).toEqual([])
  // The moment between the answer and the change was among them.
  expect(asksAgain).toBeGreaterThan(0)
}, 30_000)

test('O10: two processes, each with the worker running: one attempt, one payment', async () => {
  const { shop, server } = await openShopAndServer({ isExclusive: false })
  const other = shop.open()
  await shop.run(other.node.start())
  const payouts = await Promise.all(
    Array.from({ length: 4 }, () => ask(shop, server, { amount: '1000 sat' })),
  )
  shop.process.kill()
  for (const { id } of payouts)
    expect((await shop.ended(id, other.node)).state, id).toBe('succeeded')
  expect(await received(shop)).toBe(4_000_000n)
  expect(await attemptsOf(shop)).toHaveLength(4)
})

test('O10: a server that lies or refuses: failed at once with the reason, and nothing was sent', async () => {
  const wrong: string[] = []
  const lies: readonly (readonly [Behaviour, string])[] = [
    ['tenfold-amount', 'amount-differs'],
    ['other-amount', 'amount-differs'],
    ['other-hash', 'hash-differs'],
    ['refuses', 'server-refuses'],
  ]
  for (const [lie, reason] of lies) {
    const { shop, server } = await openShopAndServer()
    server.behave(lie)
    const { id } = await ask(shop, server)
    const failed = await shop.ended(id)
    if (failed.state !== 'failed' || failed.reason !== reason)
      wrong.push(`${lie}: ${failed.state} ${failed.reason}`)
    if (failed.attempt !== null) wrong.push(`${lie}: has an attempt`)
    const payments = await shop.run(
      shop.lnd.lightning.listPayments({ afterIndex: 0n, limit: 1000 }),
    )
    if (payments.length > 0) wrong.push(`${lie}: something was sent`)
    await expectBooks(shop, { available: 100_000, reserved: 0 })
  }
  expect(wrong).toEqual([])
})

test('O10: a server that gives the same invoice to two payouts: the second one fails', async () => {
  const { shop, server } = await openShopAndServer()
  const first = await ask(shop, server)
  expect((await shop.ended(first.id)).state).toBe('succeeded')
  server.behave('first-invoice-again')
  const second = await ask(shop, server)
  expect(await shop.ended(second.id)).toMatchObject({ state: 'failed', reason: 'hash-used' })
  expect(await received(shop)).toBe(20_000_000n)
  await expectBooks(shop, { available: 80_000, reserved: 0 })
})

test('a server that is away is a stated wait, with growing pauses, until it is back', async () => {
  const { shop, server } = await openShopAndServer()
  server.behave('away')
  const { id } = await ask(shop, server)
  await shop.clock.advance(30 * minute)
  expect(await shop.run(shop.node.payouts.get(id))).toMatchObject({
    state: 'reserved',
    reason: 'destination-unreachable',
    attempt: null,
  })
  await expectBooks(shop, { available: 80_000, reserved: 20_000 })
  const pauses = server.asked.slice(1).map((at, position) => at - server.asked[position]!)
  expect(server.asked.length).toBeGreaterThan(5)
  expect(server.asked.length).toBeLessThan(30)
  expect(Math.max(...pauses)).toBeLessThan(6 * minute)
  expect(pauses.at(-1)).toBeGreaterThan(4 * minute)
  server.behave('honest')
  expect((await shop.ended(id)).state).toBe('succeeded')
  await expectBooks(shop, { available: 80_000, reserved: 0 })
})

test('a server that stays away: failed for certain after its time, and everything is given back', async () => {
  const { shop, server } = await openShopAndServer({
    options: { payouts: { waitForDestination: '10m' } },
  })
  server.behave('away')
  const { id, createdAt } = await ask(shop, server)
  const failed = await shop.ended(id)
  expect(failed).toMatchObject({ state: 'failed', reason: 'destination-unreachable' })
  expect(failed.updatedAt - createdAt).toBeGreaterThanOrEqual(10 * minute)
  expect(failed.updatedAt - createdAt).toBeLessThan(16 * minute)
  await expectBooks(shop, { available: 100_000, reserved: 0 })
  const events = await shop.run(shop.node.events.after('0'))
  expect(events.map(({ type }) => type).filter((type) => type.startsWith('payout.'))).toEqual([
    'payout.failed',
  ])
})

test('while outgoing money is halted no server is asked', async () => {
  const { shop, server } = await openShopAndServer()
  server.behave('away')
  const { id } = await ask(shop, server)
  await shop.clock.advance(5000)
  await shop.run(shop.node.safety.halt('a drill'))
  await shop.clock.advance(minute)
  const { length } = server.asked
  server.behave('honest')
  await shop.clock.advance(10 * minute)
  expect(server.asked).toHaveLength(length)
  expect((await shop.run(shop.node.payouts.get(id))).reason).toBe('halted')
  await shop.run(shop.node.safety.resume('over'))
  expect((await shop.ended(id)).state).toBe('succeeded')
})

test('servers that are slow on purpose hold up nobody else', async () => {
  const { shop, server } = await openShopAndServer({
    options: { payouts: { maximumConcurrent: 4 } },
  })
  server.behave('slow')
  for (let at = 0; at < 60; at++) await ask(shop, server, { amount: '100 sat' })
  const quick = await shop.request({ destination: shop.bill(500).paymentRequest })
  await shop.clock.advance(2000)
  expect((await shop.run(shop.node.payouts.get(quick.id))).state).toBe('succeeded')
  await shop.clock.advance(5 * minute)
  expect(await received(shop)).toBe(6_500_000n)
})

test('a slow server holds up its own payouts, and no others', async () => {
  let shop: Shop
  let slowNow = 0
  let slowAtOnce = 0
  const http: Http = {
    contractVersion: 1,
    async request({ url: text }) {
      const url = new URL(text)
      const answer = (body: object) => ({ status: 200, headers: {}, body: JSON.stringify(body) })
      const metadata = JSON.stringify([['text/identifier', `bob@${url.host}`]])
      if (url.host === 'slow.example') {
        slowAtOnce = Math.max(slowAtOnce, ++slowNow)
        await shop.clock.sleep(9900)
        slowNow--
        return { status: 503, headers: {}, body: '' }
      }
      if (url.pathname !== '/callback') {
        const callback = `https://${url.host}/callback`
        return answer({ tag: 'payRequest', callback, minSendable: 1, maxSendable: 1e11, metadata })
      }
      const amountMsat = BigInt(url.searchParams.get('amount') ?? '0')
      const descriptionHash = createHash('sha256').update(metadata).digest()
      return answer({
        pr: shop.payee.createInvoice({ amountMsat, descriptionHash }).paymentRequest,
      })
    },
  }
  shop = openShop({ options: { http } })
  await shop.run(shop.node.start())
  await shop.sell(100_000)
  const payTo = (host: string, amount: string): Promise<Payout> =>
    shop.request({ destination: `bob@${host}`, amount, feeLimit: '0 sat' })
  for (let number = 0; number < 60; number++) await payTo('slow.example', '1 sat')
  const { id } = await payTo('fast.example', '1000 sat')
  await shop.clock.advance(5000)
  expect(slowAtOnce).toBe(4)
  expect((await shop.run(shop.node.payouts.get(id))).state).toBe('succeeded')
})
