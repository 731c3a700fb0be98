import { type Change, type Outcome, PaymentNodeError, type Payout } from '@payment-node/core'
import { expect, test } from 'vitest'
import { expectBooks } from './payouts/expect-books.ts'
import { openShop, type Shop, type ShopProcess } from './shop.ts'

/** A process whose commits fail as `decide` says. */
function openFailing(
  shop: Shop,
  decide: (change: Change, moment: 'before' | 'after') => Outcome | undefined,
): ShopProcess {
  const reach = (change: Change, moment: 'before' | 'after'): void => {
    const outcome = decide(change, moment)
    if (outcome) throw new PaymentNodeError('storage.unavailable', 'Injected.', { outcome })
  }
  return shop.open(
    {},
    {
      beforeCommit: (change) => reach(change, 'before'),
      afterCommit: (change) => reach(change, 'after'),
    },
  )
}

const writes = (change: Change, table: string, op: string): boolean =>
  change.writes.some((write) => write.table.name === table && write.op === op)

const isMarkSent = (change: Change): boolean =>
  change.writes.some(
    (write) => write.op === 'update' && write.table.name === 'attempts' && 'sends' in write.set,
  )

test('a commit that fails once, or whose reply is lost, is no matter of the host', async () => {
  const kinds: readonly ['before' | 'after', Outcome][] = [
    ['before', 'none'],
    ['before', 'unknown'],
    ['after', 'unknown'],
  ]
  for (const [moment, outcome] of kinds) {
    const shop = openShop()
    const failed = new Set<string>()
    // Each kind of change fails the first time it is tried.
    const { node } = openFailing(shop, (change, now) => {
      const kind = change.writes.map(({ op, table }) => `${op} ${table.name}`).join()
      if (now !== moment || failed.has(kind)) return undefined
      failed.add(kind)
      return outcome
    })
    const { run } = shop
    const name = `${moment} ${outcome}`
    await run(node.start())
    await run(node.partners.upsert({ id: 'm1' }))
    // Without a key nothing but the row itself tells that the first try was applied.
    const invoice = await run(node.invoices.create({ partner: 'm1', amount: '100000 sat' }))
    expect((await run(node.invoices.list())).items, name).toHaveLength(1)
    await run(shop.payer.pay(invoice.paymentRequest))
    await run(node.invoices.waitUntilSettled(invoice.id))
    await run(node.safety.halt('a drill'))
    await run(node.safety.resume('over'))
    const payout = await shop.request(
      { destination: shop.bill(20_000).paymentRequest, feeLimit: '0 sat' },
      'p',
      node,
    )
    expect((await shop.ended(payout.id, node)).state, name).toBe('succeeded')
    await expectBooks(shop, { available: 80_000, reserved: 0 }, node)
    expect(failed.size, name).toBeGreaterThan(8)
    await run(node.stop())
  }
})

test('the lost reply of an intent to send is recognised: one call, and its failure counts at once', async () => {
  const shop = openShop()
  let isLost = false
  const { node } = openFailing(shop, (change, moment) =>
    moment === 'after' && isMarkSent(change) && !isLost ? lose() : undefined,
  )
  const lose = (): Outcome => {
    isLost = true
    return 'unknown'
  }
  await shop.run(node.start())
  await shop.sell(100_000, node)
  const hold = shop.payee.createHoldInvoice({ amountMsat: 20_000_000n, expirySeconds: 86_400 })
  shop.payee.cancelHold(hold.paymentHash)
  let calls = 0
  shop.lnd.faults.add(({ call, moment }) => {
    if (call === 'pay' && moment === 'before-effect') calls++
    return undefined
  })
  const payout = await shop.request({ destination: hold.paymentRequest }, 'p', node)
  await shop.clock.advance(10_000)
  expect((await shop.run(node.payouts.get(payout.id))).state).toBe('failed')
  expect([isLost, calls]).toEqual([true, 1])
})

test('while the storage is away nothing is decided; afterwards everything goes on', async () => {
  const shop = openShop()
  let isAway = false
  const { node, storage } = openFailing(shop, () => (isAway ? 'none' : undefined))
  const { run, clock, payee } = shop
  await run(node.start())
  await shop.sell(100_000, node)
  const hold = payee.createHoldInvoice({ amountMsat: 20_000_000n })
  const payout = await shop.request(
    { destination: hold.paymentRequest, feeLimit: '0 sat' },
    'p',
    node,
  )
  const invoice = await run(node.invoices.create({ partner: 'm1', amount: '7 sat' }))
  await clock.advance(2000)
  isAway = true
  const before = await run(storage.events(0n, 1000))
  await expect(run(node.invoices.create({ partner: 'm1', amount: '1 sat' }))).rejects.toMatchObject(
    { code: 'storage.unavailable', details: { outcome: 'none' }, isRetryable: true },
  )
  await expect(run(node.safety.halt('x'))).rejects.toMatchObject({ code: 'storage.unavailable' })
  payee.settleHold(hold.paymentHash)
  await run(shop.payer.pay(invoice.paymentRequest))
  await clock.advance(120_000)
  expect((await run(storage.events(0n, 1000))).length).toBe(before.length)
  expect((await run(node.payouts.get(payout.id))).state).toBe('sending')
  isAway = false
  expect((await shop.ended(payout.id, node)).state).toBe('succeeded')
  await run(node.invoices.waitUntilSettled(invoice.id))
  await expectBooks(shop, { available: 80_007, reserved: 0 }, node)
})

test('nothing is handed to LND whose intent could not be stored', async () => {
  const shop = openShop()
  let isAway = true
  const { node } = openFailing(shop, (change, moment) =>
    isAway && moment === 'before' && isMarkSent(change) ? 'none' : undefined,
  )
  await shop.run(node.start())
  await shop.sell(100_000, node)
  const bill = shop.bill(20_000)
  const payout = await shop.request(
    { destination: bill.paymentRequest, feeLimit: '0 sat' },
    'p',
    node,
  )
  await shop.clock.advance(120_000)
  expect(shop.lnd.findPayment(bill.paymentHash)).toBeUndefined()
  await expectBooks(shop, { available: 80_000, reserved: 20_000 }, node)
  isAway = false
  expect((await shop.ended(payout.id, node)).state).toBe('succeeded')
})

test('no reservation, no payout: a request whose commit failed has left nothing', async () => {
  const shop = openShop()
  let isAway = true
  const { node } = openFailing(shop, (change, moment) =>
    isAway && moment === 'before' && writes(change, 'payouts', 'insert') ? 'none' : undefined,
  )
  await shop.run(node.start())
  await shop.sell(100_000, node)
  const bill = shop.bill(20_000)
  const request = (): Promise<unknown> =>
    shop.request({ destination: bill.paymentRequest, feeLimit: '0 sat' }, 'p', node)
  await expect(request()).rejects.toMatchObject({
    code: 'storage.unavailable',
    details: { outcome: 'none' },
  })
  await expectBooks(shop, { available: 100_000, reserved: 0 }, node)
  isAway = false
  expect(await request()).toMatchObject({ state: 'reserved' })
})

test('an outcome that was unknown once stays unknown until it is found out', async () => {
  const shop = openShop()
  let tries = 0
  // The first try is applied and its reply lost; from then on the storage is away.
  const { node } = openFailing(shop, (change, moment) => {
    if (!writes(change, 'payouts', 'insert')) return undefined
    if (moment === 'after') return ++tries === 1 ? 'unknown' : undefined
    return tries >= 1 && tries++ < 20 ? 'none' : undefined
  })
  await shop.run(node.start())
  await shop.sell(100_000, node)
  const bill = shop.bill(20_000)
  const request = (): Promise<Payout> =>
    shop.request({ destination: bill.paymentRequest, feeLimit: '0 sat' }, 'p', node)
  const [first] = await shop.run(Promise.allSettled([request()]))
  // Either it says that it does not know, or it has found out.
  if (first.status === 'rejected')
    expect(first.reason).toMatchObject({
      code: 'storage.unavailable',
      details: { outcome: 'unknown' },
    })
  const payout = await request()
  expect((await shop.ended(payout.id, node)).state).toBe('succeeded')
  await expectBooks(shop, { available: 80_000, reserved: 0 }, node)
  expect((await shop.run(node.payouts.list())).items).toHaveLength(1)
})

test('a host that is told unknown is not told none', async () => {
  const shop = openShop()
  let tries = 0
  const { node } = openFailing(shop, (change, moment) => {
    if (!writes(change, 'safety', 'update')) return undefined
    if (moment === 'after') return ++tries === 1 ? 'unknown' : undefined
    return tries >= 1 && tries++ < 20 ? 'none' : undefined
  })
  await shop.run(node.start())
  await expect(shop.run(node.safety.halt('now'))).rejects.toMatchObject({
    code: 'storage.unavailable',
    details: { outcome: 'unknown' },
  })
  expect((await shop.run(node.safety.status())).isHalted).toBe(true)
})
