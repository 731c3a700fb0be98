import { sat } from '@payment-node/core'
import { expect, test } from 'vitest'
import type { Context } from '../../src/context.ts'
import { bookSettlement } from '../../src/domain/ledger.ts'
import { postTransaction } from '../../src/ledger/post-transaction.ts'
import { ledgerTransactions, postings } from '../../src/tables/ledger.ts'
import { openShop } from '../shop.ts'

test('the books of a day: what came, what went, what is owed; the sum is zero at every step', async () => {
  const shop = openShop()
  const { node, run, clock, network } = shop
  await run(node.start())
  const opening = await run(node.ledger.balances())
  // Our side of a channel, with what its opener holds back for the commitment transaction.
  const channels = await run(shop.process.lightning.listChannels())
  const owned = channels.reduce(
    (sum, { isInitiator, localMsat, capacityMsat, remoteMsat }) =>
      sum + (isInitiator ? capacityMsat - remoteMsat : localMsat),
    0n,
  )
  // What the node had before the first start is the operator's.
  expect(opening.operator.msat).toBe(owned)
  expect(opening).toMatchObject({ partners: [], owed: sat(0), sum: sat(0) })
  expect(opening.world.opening.msat).toBe(-owned)

  await shop.sell(100_000)
  await run(node.partners.upsert({ id: 'm2' }))
  const far = network.addNode('far')
  network.establishChannel({ from: shop.payee, to: far, capacitySat: 5_000_000n })
  const paid = await shop.request({
    destination: far.createInvoice({ amountMsat: 10_000_000n }).paymentRequest,
  })
  await shop.ended(paid.id)
  const hold = shop.payee.createHoldInvoice({ amountMsat: 30_000_000n })
  await shop.request({ destination: hold.paymentRequest, feeLimit: '7 sat' })
  await clock.advance(1000)
  const now = await run(node.ledger.balances())
  const fee = 1010n
  expect(now.partners).toEqual([
    {
      partner: 'm1',
      available: expect.anything(),
      pending: sat(0),
      reserved: sat(30_007),
      debt: sat(0),
    },
    { partner: 'm2', available: sat(0), pending: sat(0), reserved: sat(0), debt: sat(0) },
  ])
  expect(now.partners[0]!.available.msat).toBe(100_000_000n - 10_000_000n - fee - 30_007_000n)
  expect(now.owed.msat).toBe(100_000_000n - 10_000_000n - fee)
  expect(now.world.payers).toEqual(sat(-100_000))
  expect(now.world.payees).toEqual(sat(10_000))
  expect(now.world.routingFees.msat).toBe(fee)
  expect(now.operator).toEqual(opening.operator)
  expect(now.sum).toEqual(sat(0))
})

test('a node with a past: its money is the operator s, its invoices are nobody s', async () => {
  const shop = openShop()
  const { lnd, payer, run, node } = shop
  const before = lnd.createInvoice({ amountMsat: 50_000_000n })
  await run(payer.pay(before.paymentRequest))
  const open = lnd.createInvoice({ amountMsat: 60_000_000n })
  await run(node.start())
  const { operator } = await run(node.ledger.balances())
  await run(payer.pay(open.paymentRequest))
  await shop.clock.advance(700_000)
  const { operator: later, owed, sum } = await run(node.ledger.balances())
  // What came for another program's invoice is no partner's; it was made before the books, so the proof finds it.
  expect([later, owed, sum]).toEqual([sat(operator.msat / 1000n + 59_999n), sat(0), sat(0)])
  expect((await run(node.invoices.list())).items).toEqual([])
})

test('more postings and partners than one page are all counted', async () => {
  const shop = openShop()
  const { node, run, process } = shop
  await run(node.start())
  const before = await run(node.ledger.balances())
  const count = 2500
  const identity = { publicKey: shop.lnd.publicKey, network: 'regtest' } as const
  const names = Array.from({ length: count }, (_, at) => `p${at}`)
  const missing = new Set(names.map((name) => `partner/${name}`))
  const writes = names.flatMap((name) =>
    postTransaction(
      { clock: shop.clock } as unknown as Context,
      identity,
      bookSettlement(name, name, { paidMsat: 3n, keptMsat: 1n }),
      missing,
    ),
  )
  await run(process.storage.commit({ writes }))
  const after = await run(node.ledger.balances())
  expect(after.partners).toHaveLength(count)
  expect(after.world.payers.msat).toBe(-3n * BigInt(count))
  expect(after.operator.msat - before.operator.msat).toBe(BigInt(count))
  expect(after.owed.msat).toBe(2n * BigInt(count))
  expect(after.sum.msat).toBe(0n)
})

test('no posting without its transaction, and every transaction sums to zero in the rows', async () => {
  const shop = openShop()
  const { run, process } = shop
  await run(shop.node.start())
  await shop.sell(10_000)
  for (const amount of [100, 200]) {
    const payout = await shop.request({ destination: shop.bill(amount).paymentRequest })
    await shop.ended(payout.id)
  }
  const all = { index: 'key', equals: [], limit: 1000 } as const
  const transactions = await run(process.storage.find(ledgerTransactions, all))
  const legs = await run(process.storage.find(postings, all))
  const sums = new Map(transactions.map(({ id }) => [id, 0n]))
  for (const leg of legs) {
    expect(sums.has(leg.transaction), leg.transaction).toBe(true)
    sums.set(leg.transaction, sums.get(leg.transaction)! + leg.amount_msat)
  }
  expect([...sums.values()].every((sum) => sum === 0n)).toBe(true)
  expect(transactions.map(({ kind }) => kind).sort()).toEqual([
    'invoice-settled',
    'opening',
    'payout-reserved',
    'payout-reserved',
    'payout-succeeded',
    'payout-succeeded',
  ])
})
