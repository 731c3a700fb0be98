import {
  type Change,
  type Outcome,
  type PaymentNode,
  PaymentNodeError,
  sat,
} from '@payment-node/core'
import { expect, test } from 'vitest'
import { openShop, type Shop, type ShopProcess } from '../shop.ts'

/** A day with everything that books by itself or by hand; each step may be taken again after a crash. */
async function liveThrough(shop: Shop, node: PaymentNode, foreignHash: string): Promise<void> {
  await node.start()
  const payout = { offchain: 'ann@shop.example' }
  await node.partners.upsert({ id: 'm1', payout, fee: { ppm: 10_000 }, availableAfter: '1m' })
  await node.ledger.importOpening([{ partner: 'm1', amount: '100 sat' }], { idempotencyKey: 'i' })
  const correction = { partner: 'm1', amount: '-30 sat', reason: 'a drill' }
  await node.ledger.correct(correction, { idempotencyKey: 'c' })
  await node.invoices.adopt({ paymentHash: foreignHash, partner: 'm1' })
  const { id, paymentRequest, state } = await node.invoices.create(
    { partner: 'm1', amount: '1000 sat', commission: { fixed: '7 sat' } },
    { idempotencyKey: 'order' },
  )
  if (state === 'open') await shop.payer.pay(paymentRequest).catch(() => undefined)
  await node.invoices.waitUntilSettled(id)
  while ((await node.partners.get('m1')).pending.msat > 0n) await shop.clock.sleep(500)
}

async function expectDay(shop: Shop, node: PaymentNode, name: string): Promise<void> {
  const { run } = shop
  const { partners, sum, world } = await run(node.ledger.balances())
  // 100 imported, 30 taken, 500 adopted less 1 %, 1000 less 1 % and 7 sat.
  const available = sat(100 - 30 + 495 + 983)
  expect(partners, name).toMatchObject([{ partner: 'm1', available, pending: sat(0) }])
  expect([sum, world.payers], name).toEqual([sat(0), sat(-1500)])
  const statement = await run(node.ledger.statement('m1'))
  expect([statement.opening, statement.closing], name).toEqual([sat(0), available])
  expect(statement.items, name).toHaveLength(4)
  const events = await run(node.events.after('0', { limit: 1000 }))
  const count = (type: string): number => events.filter((event) => event.type === type).length
  const types = ['invoice.settled', 'invoice.available', 'partner.destination-changed']
  expect(types.map(count), name).toEqual([2, 2, 1])
  expect((await shop.rowsOf(['jobs'])).jobs, name).toEqual([])
}

/** A node that was paid for another program's invoice after its books had begun. */
async function openWithForeign(): Promise<{ shop: Shop; foreignHash: string }> {
  const shop = openShop()
  const { lnd, payer, run, node } = shop
  await run(node.start())
  const foreign = lnd.createInvoice({ amountMsat: 500_000n })
  await run(payer.pay(foreign.paymentRequest))
  await run(node.stop())
  return { shop, foreignHash: foreign.paymentHash }
}

test('a commit that fails, or whose reply is lost, books nothing twice and loses nothing', async () => {
  const kinds: readonly ['before' | 'after', Outcome][] = [
    ['before', 'none'],
    ['before', 'unknown'],
    ['after', 'unknown'],
  ]
  for (const [moment, outcome] of kinds) {
    const { shop, foreignHash } = await openWithForeign()
    const failed = new Set<string>()
    const fail = (now: typeof moment, kind: string): void => {
      if (now !== moment || failed.has(kind)) return
      failed.add(kind)
      throw new PaymentNodeError('storage.unavailable', 'Injected.', { outcome })
    }
    const kindOf = (change: Change): string =>
      change.writes.map(({ op, table }) => `${op} ${table.name}`).join()
    const { node } = shop.open(
      {},
      {
        beforeCommit: (change) => fail('before', kindOf(change)),
        afterCommit: (change) => fail('after', kindOf(change)),
      },
    )
    await shop.run(liveThrough(shop, node, foreignHash))
    expect(failed.size, 'kinds of changes').toBeGreaterThan(6)
    await expectDay(shop, node, `${moment} ${outcome}`)
  }
})

test('a process that dies at any of its commits leaves nothing that the next one does not finish, once', async () => {
  let isMore = true
  let deaths = 0
  for (let fatal = 1; isMore; fatal++) {
    for (const moment of ['before', 'after'] as const) {
      const { shop, foreignHash } = await openWithForeign()
      let commits = 0
      const death = Promise.withResolvers<'died'>()
      const first: { process?: ShopProcess } = {}
      const dieAt = (now: typeof moment): void => {
        if (now === 'before') commits++
        if (now !== moment || commits !== fatal) return
        first.process?.kill()
        death.resolve('died')
        throw new PaymentNodeError('storage.unavailable', 'Dead.', { outcome: 'unknown' })
      }
      first.process = shop.open(
        {},
        { beforeCommit: () => dieAt('before'), afterCommit: () => dieAt('after') },
      )
      const living = liveThrough(shop, first.process.node, foreignHash).then(() => 'lived' as const)
      const outcome = await shop.run(Promise.race([living.catch(() => 'died'), death.promise]))
      if (outcome === 'lived') {
        isMore = false
        break
      }
      deaths++
      const second = shop.open()
      await shop.run(liveThrough(shop, second.node, foreignHash))
      await expectDay(shop, second.node, `${moment} commit ${fatal}`)
      await shop.run(second.node.stop())
    }
  }
  expect(deaths).toBeGreaterThan(20)
}, 60_000)
