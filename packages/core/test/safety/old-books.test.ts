import { expect, test } from 'vitest'
import { expectBooks } from '../payouts/expect-books.ts'
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
