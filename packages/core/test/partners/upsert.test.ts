import { msat, sat } from '@payment-node/core'
import { expect, test } from 'vitest'
import { openShop } from '../shop.ts'

test('a call changes what it gives; the rest stays, and null returns to the default', async () => {
  const shop = openShop()
  const { node, run, clock } = shop
  await run(node.start())
  const first = await run(
    node.partners.upsert({
      id: 'merchant:42/berlin',
      name: 'Café Zoë 東京',
      metadata: { plan: 'gold' },
      defaultExpiry: '15m',
      maximumExpiry: '2h',
    }),
  )
  expect(first).toEqual({
    id: 'merchant:42/berlin',
    name: 'Café Zoë 東京',
    metadata: { plan: 'gold' },
    defaultExpiry: 900,
    maximumExpiry: 7200,
    payout: {
      offchain: null,
      onchain: null,
      next: [],
      automatic: false,
      minimum: null,
      feesPaidBy: 'partner',
    },
    fee: { ppm: 0, fixed: sat(0) },
    caps: { perPayout: null, perDay: null },
    availableAfter: 0,
    available: sat(0),
    pending: sat(0),
    reserved: sat(0),
    debt: sat(0),
    createdAt: clock.now(),
    updatedAt: clock.now(),
  })
  await clock.advance(1000)
  // As a host does at every start.
  expect(await run(node.partners.upsert({ id: 'merchant:42/berlin' }))).toEqual({
    ...first,
    updatedAt: first.createdAt + 1000,
  })
  const second = await run(
    node.partners.upsert({
      id: 'merchant:42/berlin',
      metadata: { plan: 'silver' },
      defaultExpiry: null,
      maximumExpiry: '3h',
    }),
  )
  expect(second).toMatchObject({
    name: 'Café Zoë 東京',
    metadata: { plan: 'silver' },
    defaultExpiry: null,
    maximumExpiry: 10_800,
    createdAt: first.createdAt,
    updatedAt: first.createdAt + 1000,
  })
  expect(await run(node.partners.get('merchant:42/berlin'))).toEqual(second)
})

test('settings: what is given changes, the rest stays, and null returns to the default', async () => {
  const { node, run } = openShop()
  await run(node.start())
  const set = await run(
    node.partners.upsert({
      id: 'm1',
      payout: { automatic: true, minimum: '5000 sat', feesPaidBy: 'operator' },
      fee: { ppm: 2500, fixed: '1500 msat' },
      caps: { perPayout: '100000 sat', perDay: '1000000 sat' },
      availableAfter: '2d',
    }),
  )
  const settings = {
    payout: { automatic: true, minimum: sat(5000), feesPaidBy: 'operator' },
    fee: { ppm: 2500, fixed: msat(1500) },
    caps: { perPayout: sat(100_000), perDay: sat(1_000_000) },
    availableAfter: 172_800,
  }
  expect(set).toMatchObject(settings)
  expect(await run(node.partners.upsert({ id: 'm1', name: 'Ann' }))).toMatchObject(settings)
  const less = await run(
    node.partners.upsert({
      id: 'm1',
      payout: { minimum: null },
      fee: { ppm: 10 },
      caps: { perDay: null },
    }),
  )
  expect(less).toMatchObject({
    payout: { automatic: true, minimum: null, feesPaidBy: 'operator' },
    // A fee is one thing: all of it is replaced.
    fee: { ppm: 10, fixed: sat(0) },
    caps: { perPayout: sat(100_000), perDay: null },
  })
  const none = await run(node.partners.upsert({ id: 'm1', fee: null, availableAfter: null }))
  expect(none).toMatchObject({ fee: { ppm: 0, fixed: sat(0) }, availableAfter: 0 })
})

test('upserting keeps the balance, whatever the id looks like', async () => {
  const shop = openShop()
  const { node, run } = shop
  await run(node.start())
  // Ids that look like accounts of the ledger.
  for (const id of ['operator', 'partner/m1', 'reserved/m1', 'world/payers', 'm1', '__proto__'])
    await run(node.partners.upsert({ id }))
  await shop.sell(1000)
  await run(node.partners.upsert({ id: 'm1', name: 'renamed' }))
  expect((await run(node.partners.get('m1'))).available).toEqual(sat(1000))
  for (const id of ['operator', 'partner/m1', 'reserved/m1', 'world/payers', '__proto__'])
    expect((await run(node.partners.get(id))).available, id).toEqual(sat(0))
  const { partners, owed, sum } = await run(node.ledger.balances())
  expect(partners.map(({ partner }) => partner).sort()).toEqual(
    ['__proto__', 'm1', 'operator', 'partner/m1', 'reserved/m1', 'world/payers'].sort(),
  )
  expect(owed).toEqual(sat(1000))
  expect(sum).toEqual(sat(0))
})

test('many upserts at once, from two processes: one partner, with one of the settings', async () => {
  const shop = openShop({ isExclusive: false })
  const other = shop.open({ role: 'api' }).node
  await shop.run(shop.node.start())
  await shop.run(other.start())
  await shop.run(
    Promise.all(
      Array.from({ length: 12 }, (_, at) =>
        (at % 2 === 0 ? shop.node : other).partners.upsert({ id: 'm1', name: `name ${at}` }),
      ),
    ),
  )
  const { items } = await shop.run(shop.node.partners.list())
  expect(items.map(({ id }) => id)).toEqual(['m1'])
  expect(items[0]!.name).toMatch(/^name \d+$/)
  await shop.sell(5)
  expect((await shop.run(other.partners.get('m1'))).available).toEqual(sat(5))
})

test('partners are listed newest first, page by page, with their balances', async () => {
  const shop = openShop()
  const { node, run } = shop
  await run(node.start())
  const ids = ['a', 'b', 'c', 'd', 'e']
  for (const id of ids) {
    await run(node.partners.upsert({ id }))
    await shop.clock.advance(1000)
  }
  const found: string[] = []
  for (let cursor: string | undefined; ; ) {
    const page = await run(node.partners.list({ limit: 2, ...(cursor && { cursor }) }))
    found.push(...page.items.map(({ id }) => id))
    cursor = page.cursor
    if (!cursor) break
  }
  expect(found).toEqual([...ids].reverse())
})

test('partners can be set up while LND is away, once it has been seen', async () => {
  const shop = openShop()
  const { node, run } = shop
  shop.lnd.stop()
  await run(node.start())
  await expect(run(node.partners.upsert({ id: 'm1' }))).rejects.toMatchObject({
    code: 'node.unavailable',
    isRetryable: true,
  })
  shop.lnd.start()
  await shop.clock.advance(5000)
  shop.lnd.stop()
  await shop.clock.advance(6000)
  expect((await run(node.partners.upsert({ id: 'm1' }))).id).toBe('m1')
})
