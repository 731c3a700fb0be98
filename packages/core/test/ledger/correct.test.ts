import { msat, sat } from '@payment-node/core'
import { expect, test } from 'vitest'
import { bookReservation } from '../../src/domain/ledger.ts'
import { openShop, type Shop } from '../shop.ts'
import { bookByHand } from './book-by-hand.ts'

async function openWith(...partners: string[]): Promise<Shop> {
  const shop = openShop()
  await shop.run(shop.node.start())
  for (const id of partners) await shop.run(shop.node.partners.upsert({ id }))
  return shop
}

test('a correction moves money between partner and operator, with its reason, once per key', async () => {
  const shop = await openWith('m1', 'm2')
  const { node, run } = shop
  const { operator } = await run(node.ledger.balances())
  const input = { partner: 'm1', amount: '700 sat', reason: 'goodwill for order 7' }
  const first = await run(node.ledger.correct(input, { idempotencyKey: 'k1' }))
  expect(first).toMatchObject({ ...input, amount: sat(700) })
  expect(await run(node.ledger.correct(input, { idempotencyKey: 'k1' }))).toEqual(first)
  const back = { partner: 'm1', amount: '-200001 msat', reason: 'too much' }
  await run(node.ledger.correct(back, { idempotencyKey: 'k2' }))
  expect((await run(node.partners.get('m1'))).available).toEqual(msat(499_999))
  const books = await run(node.ledger.balances())
  expect(operator.msat - books.operator.msat).toBe(499_999n)
  expect(books.sum.msat).toBe(0n)
  for (const [change, field] of [
    [{ partner: 'm2' }, 'partner'],
    [{ amount: '701 sat' }, 'amount'],
    [{ reason: 'other' }, 'reason'],
  ] as const)
    await expect(
      run(node.ledger.correct({ ...input, ...change }, { idempotencyKey: 'k1' })),
      field,
    ).rejects.toMatchObject({ code: 'idempotency.conflict', details: { field } })
})

test('the same correction at once, from many callers, is booked once', async () => {
  const shop = await openWith('m1')
  const { node, run } = shop
  const input = { partner: 'm1', amount: '5 sat', reason: 'test' }
  const all = await run(
    Promise.all(
      Array.from({ length: 20 }, () => node.ledger.correct(input, { idempotencyKey: 'k' })),
    ),
  )
  expect(new Set(all.map((correction) => JSON.stringify(correction))).size).toBe(1)
  expect((await run(node.partners.get('m1'))).available).toEqual(sat(5))
})

test('what a partner does not have available cannot be taken; what the operator has not got is not given', async () => {
  const shop = await openWith('m1')
  const { node, run } = shop
  await shop.sell(100)
  const { operator } = await run(node.ledger.balances())
  const take = { partner: 'm1', amount: '-101 sat', reason: 'chargeback' }
  await expect(run(node.ledger.correct(take, { idempotencyKey: 'a' }))).rejects.toMatchObject({
    code: 'ledger.insufficient-balance',
    details: { available: sat(100), needed: sat(101) },
  })
  const amount = msat(operator.msat + 1n)
  const give = { partner: 'm1', amount, reason: 'gift' }
  await expect(run(node.ledger.correct(give, { idempotencyKey: 'b' }))).rejects.toMatchObject({
    code: 'ledger.operator-short',
    details: { available: operator, needed: amount },
  })
  expect((await run(node.partners.get('m1'))).available).toEqual(sat(100))
  const options = { idempotencyKey: 'b', allowNegativeOperator: true }
  await run(node.ledger.correct(give, options))
  expect((await run(node.ledger.balances())).operator).toEqual(msat(-1))
})

test('a correction in favour of a partner pays its debt first', async () => {
  const shop = await openWith('m1')
  const { node, run } = shop
  await bookByHand(shop, bookReservation('r', 'm1', 300_000n, 300_000n))
  const correct = (amount: string, idempotencyKey: string) =>
    run(node.ledger.correct({ partner: 'm1', amount, reason: 'forgiven' }, { idempotencyKey }))
  await correct('100 sat', 'a')
  expect(await run(node.partners.get('m1'))).toMatchObject({ available: sat(0), debt: sat(200) })
  const again = await correct('250 sat', 'b')
  expect(again.amount).toEqual(sat(250))
  expect(await run(node.partners.get('m1'))).toMatchObject({ available: sat(50), debt: sat(0) })
})

test('opening balances are taken over once per partner, all or none', async () => {
  const shop = await openWith('m1', 'm2', 'm3')
  const { node, run } = shop
  const { operator } = await run(node.ledger.balances())
  const two = [
    { partner: 'm1', amount: '1000 sat' },
    { partner: 'm2', amount: '1 msat' },
  ]
  const options = { idempotencyKey: 'move' }
  const total = msat(1_000_001)
  expect(await run(node.ledger.importOpening(two, options))).toEqual({
    imported: ['m1', 'm2'],
    known: [],
    total,
  })
  expect(await run(node.ledger.importOpening(two, options))).toEqual({
    imported: [],
    known: ['m1', 'm2'],
    total,
  })
  const three = [...two, { partner: 'm3', amount: '5 sat' }]
  expect(await run(node.ledger.importOpening(three, { idempotencyKey: 'other' }))).toMatchObject({
    imported: ['m3'],
    known: ['m1', 'm2'],
  })
  const changed = [{ partner: 'm1', amount: '1001 sat' }]
  await expect(run(node.ledger.importOpening(changed, options))).rejects.toMatchObject({
    code: 'idempotency.conflict',
    details: { field: 'amount' },
  })
  const books = await run(node.ledger.balances())
  expect(books.partners.map(({ available }) => available)).toEqual([sat(1000), msat(1), sat(5)])
  expect(operator.msat - books.operator.msat).toBe(1_005_001n)
  expect(books.sum.msat).toBe(0n)
})

test('an import that the operator cannot cover, or with an unknown partner, books nothing', async () => {
  const shop = await openWith('m1', 'm2')
  const { node, run } = shop
  const { operator } = await run(node.ledger.balances())
  const options = { idempotencyKey: 'move' }
  const most = { partner: 'm1', amount: operator }
  // The channels are written down soon after the start.
  await shop.clock.advance(30_000)
  const before = await shop.everything()
  for (const [entries, code] of [
    [[most, { partner: 'm2', amount: '1 msat' }], 'ledger.operator-short'],
    [
      [
        { partner: 'm1', amount: '1 sat' },
        { partner: 'm9', amount: '1 sat' },
      ],
      'partner.not-found',
    ],
  ] as const)
    await expect(run(node.ledger.importOpening(entries, options)), code).rejects.toMatchObject({
      code,
    })
  expect(await shop.changes(before)).toEqual([])
  await run(node.ledger.importOpening([most], options))
  expect((await run(node.ledger.balances())).operator).toEqual(sat(0))
})

test('imports at once book each partner once', async () => {
  const shop = await openWith('m1', 'm2', 'm3')
  const { node, run } = shop
  const entry = (id: number) => ({ partner: `m${id}`, amount: '10 sat' })
  await run(
    Promise.all(
      [
        [1, 2],
        [2, 3],
        [1, 3],
        [1, 2, 3],
      ].map((ids, at) => node.ledger.importOpening(ids.map(entry), { idempotencyKey: `k${at}` })),
    ),
  )
  const { partners } = await run(node.ledger.balances())
  expect(partners.map(({ available }) => available)).toEqual([sat(10), sat(10), sat(10)])
})
