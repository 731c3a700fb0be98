import { type PaymentNode, sat } from '@payment-node/core'
import { memory } from '@payment-node/storage-memory'
import { expect, test } from 'vitest'
import { expectBooks } from '../payouts/expect-books.ts'
import { openShop } from '../shop.ts'
import { differencesOf, eventsOf, openCopied, payOut } from './old-copy.ts'

test('payouts that an old copy does not know: listed, nothing is sent, booked once when accepted', async () => {
  for (const counter of [true, false]) {
    const copied = await openCopied({ counter })
    const { shop, paid } = copied
    const { run, clock } = shop
    await payOut(copied)
    const copy = copied.copy()
    const [one, two] = [await payOut(copied), await payOut(copied, 20_000)]
    expect(paid).toHaveLength(3)

    let node = await copied.putBack(copy)
    const status = await run(node.safety.status())
    expect(status).toMatchObject({ isHalted: true, cause: 'books-behind' })
    expect(status.reason).toContain('safety.resume')
    const listed = await differencesOf(shop, node)
    const payments = listed.filter(({ kind }) => kind === 'unknown-payment')
    expect(payments.map((found) => [found.paymentHash, found.amount?.msat]).sort()).toEqual(
      [
        [one.hash, 10_000_000n],
        [two.hash, 20_000_000n],
      ].sort(),
    )
    expect(listed.filter(({ kind }) => kind === 'counter-ahead')).toHaveLength(counter ? 1 : 0)
    const told = (await eventsOf(shop, node)).filter(({ type }) => type === 'node.books-behind')
    expect(told.map(({ data }) => data)).toEqual([
      {
        comparison: {
          reasons: counter ? ['counter-ahead', 'unknown-payments'] : ['unknown-payments'],
          differences: { 'unknown-payment': 2, ...(counter && { 'counter-ahead': 1 }) },
          says: status.reason,
        },
      },
    ])
    // Also after restarts, in which nothing is found twice.
    for (let restart = 0; restart < 2; restart++) {
      const bill = shop.bill(1000)
      await expect(
        shop.request({ destination: bill.paymentRequest }, `r${restart}`, node),
      ).rejects.toMatchObject({ code: 'safety.halted' })
      await clock.advance(90_000)
      node = await copied.again()
      expect(await differencesOf(shop, node)).toEqual(listed)
    }
    expect(paid).toHaveLength(3)

    await run(node.safety.resume('the backup of last night; the payouts were told by hand'))
    await clock.advance(2000)
    expect(await differencesOf(shop, node)).toEqual([])
    const ended = await differencesOf(shop, node, 'all')
    expect(ended.map(({ kind, state }) => [kind, state]).sort()).toEqual(
      listed.map(({ kind }) => [kind, kind === 'unknown-payment' ? 'booked' : 'accepted']).sort(),
    )
    // The partner still has what the copy says; what was paid since is the operator's.
    await expectBooks(shop, { available: 90_000, reserved: 0 }, node)
    expect((await run(node.ledger.balances())).sum.msat).toBe(0n)

    // From here on all is well: paid, restarted, paid.
    for (const key of ['a', 'b']) {
      const bill = shop.bill(5000)
      const payout = await shop.request(
        { destination: bill.paymentRequest, feeLimit: '0 sat' },
        key,
        node,
      )
      expect((await shop.ended(payout.id, node)).state).toBe('succeeded')
      node = await copied.again()
      expect(await run(node.safety.status())).toMatchObject({ isHalted: false, cause: null })
    }
    await expectBooks(shop, { available: 80_000, reserved: 0 }, node)
    expect(paid).toHaveLength(5)
    if (counter) expect(copied.counter.value).toBe(5)
  }
})

test('a payout that an old copy holds for unsent is booked by the word of LND and never sent again', async () => {
  for (const end of ['succeeded', 'failed', 'in-flight'] as const) {
    for (const counter of [true, false]) {
      const copied = await openCopied({ counter })
      const { shop, paid } = copied
      const { run, clock, payee } = shop
      const bill =
        end === 'succeeded'
          ? shop.bill(20_000)
          : payee.createHoldInvoice({ amountMsat: 20_000_000n, expirySeconds: 86_400 })
      // Copied with the payout reserved; the process sends it afterwards.
      const destination = bill.paymentRequest
      const { id } = await shop.request({ destination, feeLimit: '0 sat' }, 'p', copied.node)
      await clock.advance(2000)
      if (end === 'failed') payee.cancelHold(bill.paymentHash)
      await clock.advance(2000)
      expect(paid, end).toHaveLength(1)

      const node = await copied.putBack(copied.copyBeforeSending())
      expect(await run(node.safety.status())).toMatchObject({ cause: 'books-behind' })
      const listed = await differencesOf(shop, node)
      expect(listed.filter(({ kind }) => kind === 'payout-behind')).toMatchObject([
        { paymentHash: bill.paymentHash, books: expect.stringContaining(id) },
      ])
      await clock.advance(2000)
      // Also while halted: what LND says about it is booked.
      if (end === 'in-flight') {
        expect(await run(node.payouts.get(id))).toMatchObject({ state: 'sending' })
        payee.settleHold(bill.paymentHash)
      }
      const done = await shop.ended(id, node)
      expect(done.state, end).toBe(end === 'failed' ? 'failed' : 'succeeded')
      await expectBooks(shop, { available: end === 'failed' ? 100_000 : 80_000, reserved: 0 }, node)
      await run(node.safety.resume('looked at'))
      await clock.advance(60_000)
      expect(await differencesOf(shop, node)).toEqual([])
      await expectBooks(shop, { available: end === 'failed' ? 100_000 : 80_000, reserved: 0 }, node)
      expect(paid, end).toHaveLength(1)
    }
  }
})

test('a payout that an old copy holds for unsent, failed since and replaced: neither is sent', async () => {
  const copied = await openCopied()
  const { shop, paid } = copied
  const { run, clock, payee } = shop
  const hold = payee.createHoldInvoice({ amountMsat: 20_000_000n, expirySeconds: 86_400 })
  const first = await shop.request(
    { destination: hold.paymentRequest, feeLimit: '0 sat' },
    'first',
    copied.node,
  )
  await clock.advance(2000)
  const copy = copied.copyBeforeSending()
  payee.cancelHold(hold.paymentHash)
  expect((await shop.ended(first.id, copied.node)).state).toBe('failed')
  const second = await payOut(copied, 20_000)
  expect(paid).toHaveLength(2)

  const node = await copied.putBack(copy)
  expect((await shop.ended(first.id, node)).state).toBe('failed')
  const listed = await differencesOf(shop, node)
  expect(listed.map(({ kind, paymentHash }) => [kind, paymentHash]).sort()).toEqual([
    ['counter-ahead', null],
    ['payout-behind', hold.paymentHash],
    ['unknown-payment', second.hash],
  ])
  await run(node.safety.resume('known'))
  await clock.advance(60_000)
  expect(paid).toHaveLength(2)
  await expectBooks(shop, { available: 100_000, reserved: 0 }, node)
})

test('a payout that an old copy holds for unsent and expired, paid since, is not given back', async () => {
  const copied = await openCopied()
  const { shop } = copied
  const bill = shop.bill(20_000, { expirySeconds: 600 })
  const destination = bill.paymentRequest
  const { id } = await shop.request({ destination, feeLimit: '0 sat' }, 'p', copied.node)
  await shop.ended(id, copied.node)
  await shop.run(copied.node.stop())
  await shop.clock.advance(3_600_000)
  // Slow to answer: nothing may be concluded before the comparison has ended.
  shop.lnd.faults.add(({ call, moment }) =>
    call === 'listPayments' && moment === 'before-reply' ? { delayMilliseconds: 2000 } : undefined,
  )
  const node = await copied.putBack(copied.copyBeforeSending())
  await shop.clock.advance(10_000)
  expect(await shop.run(node.payouts.get(id))).toMatchObject({
    state: 'succeeded',
    preimage: bill.preimage,
  })
  await expectBooks(shop, { available: 80_000, reserved: 0 }, node)
})

test('a payout that an old copy saw on its way is booked as it ended', async () => {
  for (const end of ['succeeded', 'failed'] as const) {
    const copied = await openCopied()
    const { shop, paid } = copied
    const { payee, clock } = shop
    const hold = payee.createHoldInvoice({ amountMsat: 20_000_000n, expirySeconds: 86_400 })
    const destination = hold.paymentRequest
    const { id } = await shop.request({ destination, feeLimit: '0 sat' }, 'p', copied.node)
    await clock.advance(2000)
    const copy = copied.copy()
    if (end === 'succeeded') payee.settleHold(hold.paymentHash)
    else payee.cancelHold(hold.paymentHash)
    await shop.ended(id, copied.node)
    const node = await copied.putBack(copy)
    expect((await shop.ended(id, node)).state).toBe(end)
    // Nothing was sent since, so the copy is as good as the books.
    expect(await shop.run(node.safety.status())).toMatchObject({ isHalted: false })
    expect(await differencesOf(shop, node, 'all')).toEqual([])
    const available = end === 'succeeded' ? 80_000 : 100_000
    await expectBooks(shop, { available, reserved: 0 }, node)
    expect(paid).toHaveLength(1)
  }
})

test('an invoice that an old copy knows as open and that was paid since is credited once', async () => {
  const copied = await openCopied()
  const { shop } = copied
  const { run } = shop
  const create = (node: PaymentNode) =>
    run(node.invoices.create({ partner: 'm1', amount: '7000 sat' }, { idempotencyKey: 'o1' }))
  const invoice = await create(copied.node)
  const copy = copied.copy()
  await run(shop.payer.pay(invoice.paymentRequest))
  await run(copied.node.invoices.waitUntilSettled(invoice.id))
  const node = await copied.putBack(copy)
  await shop.clock.advance(10_000)
  expect((await create(node)).state).toBe('settled')
  await expectBooks(shop, { available: 107_000, reserved: 0 }, node)
  expect(await run(node.safety.status())).toMatchObject({ isHalted: false })
})

test('an invoice that an old copy does not know and that was paid since halts when it is asked for again', async () => {
  const copied = await openCopied()
  const { shop } = copied
  const { run } = shop
  const create = (node: PaymentNode, idempotencyKey?: string) =>
    run(
      node.invoices.create(
        { partner: 'm1', amount: '7000 sat' },
        idempotencyKey === undefined ? {} : { idempotencyKey },
      ),
    )
  const copy = copied.copy()
  for (const key of ['o1', undefined]) {
    const { id, paymentRequest } = await create(copied.node, key)
    await run(shop.payer.pay(paymentRequest))
    await run(copied.node.invoices.waitUntilSettled(id))
  }
  const node = await copied.putBack(copy)
  await shop.clock.advance(60_000)
  // Money that came in is nobody's debt that could be paid twice; LND cannot tell it from another program's.
  expect(await run(node.safety.status())).toMatchObject({ isHalted: false })
  await expect(create(node, 'o1')).rejects.toMatchObject({ code: 'invoice.key-used' })
  expect(await run(node.safety.status())).toMatchObject({ isHalted: true, cause: 'books-behind' })
  expect(await differencesOf(shop, node)).toMatchObject([
    { kind: 'unknown-invoice', amount: sat(7000) },
  ])
  await expect(create(node, 'o1')).rejects.toMatchObject({ code: 'invoice.key-used' })
  const told = (await eventsOf(shop, node)).filter(({ type }) => type === 'node.books-behind')
  expect(told).toHaveLength(1)
  await run(node.safety.resume('the order was shipped by hand'))
  await expect(create(node, 'o1')).rejects.toMatchObject({ code: 'invoice.key-used' })
  expect(await run(node.safety.status())).toMatchObject({ isHalted: false })
  await expectBooks(shop, { available: 100_000, reserved: 0 }, node)
})

test('new books beside an LND with the past of others under the same key are no old copy', async () => {
  const shop = openShop()
  const { run } = shop
  const buy = async (node: PaymentNode) => {
    await run(node.partners.upsert({ id: 'm1' }))
    return run(
      node.invoices.create({ partner: 'm1', amount: '5 sat' }, { idempotencyKey: 'order-1' }),
    )
  }
  await run(shop.node.start())
  await run(shop.payer.pay((await buy(shop.node)).paymentRequest))
  await run(shop.lnd.pay(shop.bill(10).paymentRequest))
  await run(shop.node.stop())
  const { node } = shop.open({ storage: memory() })
  await run(node.start())
  await expect(buy(node)).rejects.toMatchObject({ code: 'invoice.key-used' })
  await shop.clock.advance(60_000)
  expect(await run(node.safety.status())).toMatchObject({ isHalted: false })
  expect((await run(node.ledger.balances())).world.payees.msat).toBe(0n)
})

test('a counter that is ahead is a sign by itself: what was sent may have failed', async () => {
  const copied = await openCopied()
  const { shop, counter } = copied
  const { run } = shop
  const copy = copied.copy()
  const hold = shop.payee.createHoldInvoice({ amountMsat: 20_000_000n })
  shop.payee.cancelHold(hold.paymentHash)
  const { id } = await shop.request({ destination: hold.paymentRequest }, 'p', copied.node)
  expect((await shop.ended(id, copied.node)).state).toBe('failed')
  expect(counter.value).toBe(1)

  let node = await copied.putBack(copy)
  expect(await run(node.safety.status())).toMatchObject({ cause: 'books-behind' })
  expect(await differencesOf(shop, node)).toMatchObject([{ kind: 'counter-ahead', amount: null }])
  expect(counter.value).toBe(1)
  await run(node.safety.resume('looked at'))
  // In the same change: a crash right after it does not ask again.
  node = await copied.again()
  expect(await run(node.safety.status())).toMatchObject({ isHalted: false })
})

test('an old copy is known to every process, and accepted in any of them', async () => {
  const copied = await openCopied()
  const { shop, paid } = copied
  const { run, clock } = shop
  const copy = copied.copy()
  await payOut(copied)
  const open = (role: 'all' | 'api') =>
    shop.open({ storage: memory({ data: copy, exclusive: false }), role }).node
  await run(copied.node.stop())
  const [leader, api, next] = [open('all'), open('api'), open('all')]
  await run(leader.start())
  // The lease in the copy is another process's.
  await clock.advance(20_000)
  await run(api.start())
  await run(next.start())
  expect(await run(api.safety.status())).toMatchObject({ cause: 'books-behind' })
  const destination = shop.bill(10).paymentRequest
  await expect(shop.request({ destination }, 'x', api)).rejects.toMatchObject({
    code: 'safety.halted',
  })
  // The next leader finds the same, and nothing new.
  await run(leader.stop())
  await clock.advance(20_000)
  expect((await next.status()).isLeader).toBe(true)
  const listed = await run(api.safety.differences())
  expect(listed.items).toHaveLength(2)
  // An operator's own halt keeps the cause.
  await run(api.safety.halt('wait for me'))
  expect(await run(api.safety.status())).toMatchObject({
    reason: 'wait for me',
    cause: 'books-behind',
  })
  await clock.advance(60_000)
  expect(await differencesOf(shop, api)).toHaveLength(2)
  await run(api.safety.resume('go on'))
  await clock.advance(60_000)
  expect(await differencesOf(shop, api)).toEqual([])
  await expectBooks(shop, { available: 100_000, reserved: 0 }, api)
  const payout = await shop.request({ destination }, 'x', api)
  expect((await shop.ended(payout.id, api)).state).toBe('succeeded')
  expect(paid).toHaveLength(2)
})

test('a hundred differences are listed page by page, newest first, and all are booked', async () => {
  const copied = await openCopied({ counter: false })
  const { shop } = copied
  const { run, clock } = shop
  const copy = copied.copy()
  const ids: string[] = []
  for (let at = 0; at < 250; at++) {
    const destination = shop.bill(10).paymentRequest
    ids.push((await shop.request({ destination, feeLimit: '0 sat' }, `${at}`, copied.node)).id)
  }
  for (const id of ids) await shop.ended(id, copied.node)
  const node = await copied.putBack(copy)
  const found = new Set<string>()
  let cursor: string | undefined
  do {
    const page = await run(
      node.safety.differences({ limit: 100, ...(cursor !== undefined && { cursor }) }),
    )
    for (const { id } of page.items) found.add(id)
    cursor = page.cursor
  } while (cursor !== undefined)
  expect(found.size).toBe(250)
  await run(node.safety.resume('known'))
  await clock.advance(30_000)
  expect(await differencesOf(shop, node)).toEqual([])
  await expectBooks(shop, { available: 100_000, reserved: 0 }, node)
}, 20_000)
