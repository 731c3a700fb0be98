import { afterAll, beforeAll, expect, test } from 'vitest'
import { auditTwoShops } from '../../src/two-shops/audit-two-shops.ts'
import { explain } from '../../src/two-shops/explain.ts'
import { type MoneyFlow, readMoneyFlows } from '../../src/two-shops/money-flows.ts'
import { pageState } from '../../src/two-shops/page-state.ts'
import { lostSales, shareOf } from '../../src/two-shops/record.ts'
import { openTwoShops, type TwoShops } from '../../src/two-shops/run-two-shops.ts'

const options = { seed: 'two shops', startsAt: Date.parse('2026-06-15T00:00:00Z') }
const hour = 3_600_000
let shops: TwoShops
let flows: readonly MoneyFlow[]

beforeAll(async () => {
  shops = await openTwoShops(options)
  await shops.pass(34 * hour)
  await shops.settle()
  flows = await shops.run(() => readMoneyFlows(shops.shop.node!))
}, 240_000)
afterAll(() => shops.stop())

test('both shops have the same customers and channels; without the library it cannot receive any more', () => {
  const { sales, samples } = shops.record
  expect(sales.filter(({ library, bare }) => [library, bare].includes('under-way'))).toEqual([])
  expect(lostSales(sales, 'library')).toEqual(new Map())
  const lost = lostSales(sales, 'bare')
  expect([...lost.keys()]).toEqual(['no-route'])
  const missed = sales.filter(({ bare }) => bare !== 'paid')
  expect(lost.get('no-route')).toEqual({
    times: missed.length,
    sat: missed.reduce((sum, { amountSat }) => sum + amountSat, 0),
  })
  // What customers' own nodes say of the other shop.
  const { library, bare } = pageState(shops.record, flows, { from: 0, to: 0 }).sides
  expect(bare.paid + bare.lost).toBe(sales.length)
  expect(library.paidSat - bare.paidSat).toBe(bare.lostSat)
  const whole = ({ library: one, bare: other }: (typeof samples)[number]): bigint[] =>
    [one!, other!].map(({ receivableMsat, sendableMsat }) => receivableMsat + sendableMsat)
  const [withLibrary, without] = whole(samples.at(-1)!)
  expect(Number(withLibrary) / Number(without)).toBeCloseTo(1, 2)
  expect(shareOf(samples.at(-1)!.bare)).toBeLessThan(0.1)
  expect(shareOf(samples.at(-1)!.library)).toBeGreaterThan(0.3)
})

test('each satoshi of a partner that came in went out, or is still owed', async () => {
  const sum = (parts: readonly MoneyFlow[]): bigint =>
    parts.reduce((total, { amountMsat }) => total + amountMsat, 0n)
  const owners = ['bakery', 'farm', 'bikes', 'operator']
  const off = owners.filter(
    (owner) =>
      sum(flows.filter(({ to }) => to === owner)) !==
      sum(flows.filter(({ from }) => from === owner)),
  )
  expect(off).toEqual([])
  const { partners } = await shops.run(() => shops.shop.node!.ledger.balances())
  const owed = partners.reduce((total, { available, reserved }) => {
    return total + available.msat + reserved.msat
  }, 0n)
  expect(sum(flows.filter(({ to }) => to === 'still owed'))).toBe(owed)
  for (const way of ['paid over Lightning', 'paid on chain', 'swap providers', 'miners']) {
    expect([way, sum(flows.filter(({ to }) => to === way)) > 0n]).toEqual([way, true])
  }
})

test('every action opens what the library says about it', async () => {
  const { markers } = shops.record
  const opened = markers.filter(({ explains }) => explains.length > 0)
  const all = await shops.run(() =>
    Promise.all(opened.map((marker) => explain(shops.shop.node!, marker))),
  )
  // What cannot be explained is a text.
  expect(all.flat().filter(({ says }) => typeof says !== 'object')).toEqual([])
  const drain = all[opened.findIndex(({ kind }) => kind === 'drain')]!
  expect(drain.map(({ kind }) => kind)).toEqual(['run', 'swap'])
  expect(drain[0]!.says).toMatchObject({ reason: 'new-channel', verdict: 'act' })
  expect(drain[1]!.says).toMatchObject({ swap: { state: 'claimed', decision: drain[0]!.id } })
})

test('the books are right; what customers and wallets know beyond them is found', async () => {
  const { node } = shops.shop
  expect(await shops.run(() => auditTwoShops(shops, node!, flows))).toEqual([])
  const { wallet, customers } = shops.markets.library
  const { paymentRequest } = wallet.createInvoice({ amountMsat: 5_000_000n })
  await shops.run(() => customers[0]!.pay(paymentRequest))
  expect(await shops.run(() => auditTwoShops(shops, node!, flows))).toEqual([
    'customers paid what was not credited',
    'the wallets have not what was paid out',
    'the flows do not begin with what customers paid',
  ])
})
