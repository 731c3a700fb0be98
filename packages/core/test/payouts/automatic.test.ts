import { type AutomaticRun, type FeeSource, type PartnerInput, sat } from '@payment-node/core'
import { expect, test } from 'vitest'
import type { Shop } from '../shop.ts'
import { expectBooks } from './expect-books.ts'
import { openShopAndServer, type PayeeServer } from './payee-server.ts'

const minute = 60_000
/** BIP173's own example, of the network of tests. */
const address = 'bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080'

interface Stand {
  readonly shop: Shop
  readonly server: PayeeServer
  readonly chain: { asks: number }
}

/** `m1` has 100 000 sat and is paid by itself. */
async function openStand(
  payout: PartnerInput['payout'] | ((server: PayeeServer) => PartnerInput['payout']),
  more: {
    readonly isHeld?: boolean
    readonly isExclusive?: boolean
    readonly every?: string
    readonly partner?: Partial<PartnerInput>
  } = {},
): Promise<Stand> {
  const chain = { asks: 5 }
  const source: FeeSource = {
    contractVersion: 1,
    name: 'told',
    feerate: async () => ({ at: 0, satPerVbyte: chain.asks }),
  }
  const { isHeld, isExclusive, every, partner } = more
  const { shop, server } = await openShopAndServer({
    ...(isHeld !== undefined && { isHeld }),
    ...(isExclusive !== undefined && { isExclusive }),
    options: {
      fees: { source, ceiling: 10, hardCeiling: 100 },
      ...(every !== undefined && { payouts: { automatic: { every } } }),
    },
  })
  const set = typeof payout === 'function' ? payout(server) : payout
  await shop.run(
    shop.node.partners.upsert({ id: 'm1', payout: { automatic: true, ...set }, ...partner }),
  )
  return { shop, server, chain }
}

const look = ({ run, node }: Shop, by = node): Promise<AutomaticRun> =>
  run(by.payouts.runAutomatic())

/** A day later, in another process: nothing runs meanwhile. */
async function nextDay(shop: Shop): Promise<Shop['node']> {
  await shop.run(shop.node.stop())
  await shop.clock.advance(24 * 60 * minute)
  const { node } = shop.open()
  await shop.run(node.start())
  return node
}

const reasons = (run: AutomaticRun): unknown => [
  run.requested.map(({ amount }) => amount.toString()),
  run.waiting.map(({ reason }) => reason),
]

const toServer = ({ address: offchain }: PayeeServer) => ({ offchain })

test('a balance at its minimum is paid to the partner s Lightning address, all of it', async () => {
  const { shop } = await openStand((server) => ({
    offchain: server.address,
    minimum: '100000 sat',
  }))
  const { requested, waiting } = await look(shop)
  expect(waiting).toEqual([])
  expect(requested).toMatchObject([
    {
      partner: 'm1',
      purpose: 'automatic',
      state: 'reserved',
      amount: sat(99_502),
      idempotencyKey: 'automatic/2026-01-01/1',
    },
  ])
  expect((await shop.ended(requested[0]!.id)).state).toBe('succeeded')
  // Below the minimum nothing is asked for, and nothing is said.
  expect(await look(shop)).toEqual({ requested: [], waiting: [] })
  await shop.sell(100_000)
  expect((await look(shop)).requested).toMatchObject([{ idempotencyKey: 'automatic/2026-01-01/2' }])
})

test('nobody is paid who has it switched off, is below its minimum, or has no destination', async () => {
  const { shop } = await openStand(undefined)
  const { run, node } = shop
  expect(reasons(await look(shop))).toEqual([[], ['no-destination']])
  await run(node.partners.upsert({ id: 'm1', payout: { offchain: 'bob@shop.example' } }))
  await run(node.partners.upsert({ id: 'm1', payout: { minimum: '100001 sat' } }))
  expect(reasons(await look(shop))).toEqual([[], []])
  await run(node.partners.upsert({ id: 'm1', payout: { minimum: null, automatic: false } }))
  expect(reasons(await look(shop))).toEqual([[], []])
  await run(node.partners.upsert({ id: 'm1', payout: { automatic: true } }))
  expect((await look(shop)).requested).toHaveLength(1)
})

test('one automatic payout of a partner lives at a time', async () => {
  const { shop } = await openStand(toServer, { isHeld: true })
  const { requested } = await look(shop)
  await shop.clock.advance(5000)
  await shop.sell(50_000)
  expect(reasons(await look(shop))).toEqual([[], ['under-way']])
  const node = await nextDay(shop)
  expect(reasons(await look(shop, node))).toEqual([[], ['under-way']])
  const { paymentHash } = await shop.run(node.payouts.get(requested[0]!.id))
  shop.payee.settleHold(paymentHash)
  expect((await shop.ended(requested[0]!.id, node)).state).toBe('succeeded')
  expect((await look(shop, node)).requested).toMatchObject([
    { idempotencyKey: 'automatic/2026-01-02/1' },
  ])
})

test('O9: looked at many times at once, by two processes: one payout', async () => {
  const { shop, server } = await openStand(toServer, { isExclusive: false })
  const other = shop.open({ role: 'api' }).node
  await shop.run(other.start())
  const runs = await shop.run(
    Promise.all(
      Array.from({ length: 16 }, (_, at) =>
        (at % 2 === 0 ? shop.node : other).payouts.runAutomatic(),
      ),
    ),
  )
  const ids = new Set(runs.flatMap(({ requested }) => requested.map(({ id }) => id)))
  expect(ids.size).toBe(1)
  expect((await shop.ended([...ids][0]!)).state).toBe('succeeded')
  expect(server.invoices).toHaveLength(1)
  const { payouts } = await shop.rowsOf(['payouts'])
  expect(payouts).toHaveLength(1)
})

test('off chain first; on chain when that failed for certain and the feerate is acceptable', async () => {
  const { shop, server, chain } = await openStand((server) => ({
    offchain: server.address,
    onchain: address,
  }))
  server.behave('refuses')
  const first = (await look(shop)).requested[0]!
  expect(await shop.ended(first.id)).toMatchObject({ state: 'failed', reason: 'server-refuses' })
  expect(reasons(await look(shop))).toEqual([[], ['paused-after-failure']])
  // The chain is dear: off chain again, after a while that grows.
  chain.asks = 50
  await shop.clock.advance(11 * minute)
  const second = (await look(shop)).requested[0]!
  expect(second.destinationKind).toBe('lightning-address')
  await shop.ended(second.id)
  await shop.clock.advance(11 * minute)
  expect(reasons(await look(shop))).toEqual([[], ['paused-after-failure']])
  chain.asks = 5
  await shop.clock.advance(20 * minute)
  const third = (await look(shop)).requested[0]!
  expect(third).toMatchObject({ state: 'queued', destination: address, purpose: 'automatic' })
  expect(third.amount.msat + third.feeLimit.msat).toBe(100_000_000n)
  await shop.sell(20_000)
  expect(reasons(await look(shop))).toEqual([[], ['under-way']])
})

test('a balance that does not cover the worst fee of the chain is tried off chain again', async () => {
  for (const feesPaidBy of ['partner', 'operator'] as const) {
    const { shop, server } = await openStand((server) => ({
      offchain: server.address,
      onchain: address,
      feesPaidBy,
    }))
    const bill = shop.bill(70_000).paymentRequest
    await shop.ended((await shop.request({ destination: bill, feeLimit: '0 sat' }, 'out')).id)
    server.behave('refuses')
    const first = (await look(shop)).requested[0]!
    expect((await shop.ended(first.id)).state).toBe('failed')
    server.behave('honest')
    await shop.clock.advance(11 * minute)
    const [second] = (await look(shop)).requested
    const isPartners = feesPaidBy === 'partner'
    expect(second?.destinationKind).toBe(isPartners ? 'lightning-address' : 'onchain-address')
    if (isPartners) expect((await shop.ended(second!.id)).state).toBe('succeeded')
  }
})

test('on chain where nothing else is set: it waits in the queue for its feerate', async () => {
  const { shop, chain } = await openStand({ onchain: address })
  chain.asks = 50
  await shop.clock.advance(minute)
  expect((await look(shop)).requested).toMatchObject([
    { state: 'queued', reason: 'feerate-above-ceiling' },
  ])
})

test('not more than its cap at a time; above its cap of the day it is said why', async () => {
  const { shop } = await openStand(toServer, {
    partner: { caps: { perPayout: '60000 sat', perDay: '90000 sat' } },
  })
  const first = (await look(shop)).requested[0]!
  expect(first.amount.msat + first.feeLimit.msat).toBeLessThanOrEqual(60_000_000n)
  expect(first.amount.msat).toBeGreaterThan(59_600_000n)
  await shop.ended(first.id)
  expect(reasons(await look(shop))).toEqual([[], ['payout.above-cap']])
  const node = await nextDay(shop)
  expect((await look(shop, node)).requested).toHaveLength(1)
})

test('by itself, every so often, and while outgoing money is halted not at all', async () => {
  const { shop, server } = await openStand(toServer, { every: '10m' })
  await shop.clock.advance(11 * minute)
  expect(server.invoices).toHaveLength(1)
  await shop.sell(50_000)
  await shop.run(shop.node.safety.halt('a drill'))
  await shop.clock.advance(30 * minute)
  expect(server.invoices).toHaveLength(1)
  await expect(look(shop)).rejects.toMatchObject({ code: 'safety.halted' })
  await shop.run(shop.node.safety.resume('over'))
  await shop.clock.advance(11 * minute)
  expect(server.invoices).toHaveLength(2)
})

test('killed at any moment of a scheduled payout: paid once', async () => {
  const wrong: string[] = []
  for (let after = 0; after < 150; after += 6) {
    const { shop } = await openStand(toServer)
    const asking = shop.node.payouts.runAutomatic().catch(() => undefined)
    await shop.clock.advance(after)
    shop.process.kill()
    void asking
    const { node } = shop.open()
    await shop.run(node.start())
    const { requested } = await shop.run(node.payouts.runAutomatic())
    const { payouts } = await shop.rowsOf(['payouts'])
    if (payouts!.length !== 1) wrong.push(`${after} ms: ${payouts!.length} payouts`)
    const done = await shop.ended(payouts![0]!.id as string, node)
    if (done.state !== 'succeeded') wrong.push(`${after} ms: ${done.state}`)
    const again = await shop.run(node.payouts.runAutomatic())
    if (again.requested.length > 0) wrong.push(`${after} ms: asked for again`)
    if (requested.length > 1) wrong.push(`${after} ms: ${requested.length} at once`)
    await expectBooks(shop, { available: 498, reserved: 0 }, node)
  }
  expect(wrong).toEqual([])
}, 30_000)
