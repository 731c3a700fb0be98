import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import type { PaymentUpdate } from '@payment-node/core'
import {
  assertSucceeded,
  errorOf,
  type Promised,
  payHeld,
  paymentOf,
  payToEnd,
  readAll,
  terminalOf,
} from './contract-case.ts'

/** Following payments and listing them. */
export function trackCases(promised: Promised): void {
  // §7 decision table NOT_FOUND: "payment isn't initiated".
  promised('tracking an unknown hash is payment-not-found', async ({ node }) => {
    const paymentHash = randomBytes(32).toString('hex')
    const tracking = readAll(node.trackPayment(paymentHash))
    const error = await errorOf(tracking, 'node.payment-not-found')
    assert.equal(error.details.paymentHash, paymentHash)
  })

  // §4 TrackPaymentV2: current state first, ends after terminal.
  promised('tracking what has succeeded shows the end at once', async (given) => {
    const invoice = await given.peer.createInvoice({ amountMsat: 5_000_000n })
    const paid = await payToEnd(given, paymentOf(invoice.paymentRequest))
    const tracked = await readAll(given.node.trackPayment(invoice.paymentHash))
    assert.equal(tracked.length, 1)
    assertSucceeded(tracked[0]!, invoice.paymentHash)
    assert.equal(tracked[0]!.feeMsat, paid.feeMsat)
    assert.equal(tracked[0]!.preimage, paid.preimage)
    assert.equal(tracked[0]!.index, paid.index)
  })

  // §4 TrackPaymentV2 of a failed payment.
  promised('tracking what has failed shows the reason at once', async (given) => {
    const invoice = await given.peer.createInvoice({ amountMsat: 5_000_000n })
    await payToEnd(given, paymentOf(invoice.paymentRequest, { feeLimitMsat: 0n }))
    const tracked = await readAll(given.node.trackPayment(invoice.paymentHash))
    assert.deepEqual(
      tracked.map(({ state, failure }) => [state, failure]),
      [['failed', 'no-route']],
    )
  })

  // §4: each tracker gets the current state first, then the changes.
  promised('two trackers of one payment both see it through', async (given) => {
    const held = await payHeld(given)
    const seen: PaymentUpdate[][] = [[], []]
    const tracking = seen.map(async (updates) => {
      for await (const update of given.node.trackPayment(held.paymentHash)) updates.push(update)
    })
    await given.waitFor('both to show it', async () => seen.every(({ length }) => length > 0))
    for (const updates of seen) assert.equal(updates[0]?.state, 'in-flight')
    await held.settle()
    await Promise.all(tracking)
    for (const updates of seen) assertSucceeded(terminalOf(updates), held.paymentHash)
  })

  // §7 cancelable: a tracker has no power over the payment.
  promised('aborting a tracker ends only the tracker', async (given) => {
    const held = await payHeld(given)
    const leaving = new AbortController()
    const tracking = readAll(given.node.trackPayment(held.paymentHash, leaving.signal))
    leaving.abort()
    const updates = await tracking.catch((): PaymentUpdate[] => [])
    assert.ok(updates.every(({ state }) => state === 'in-flight'))
    await held.settle()
    assertSucceeded(await held.end, held.paymentHash)
  })

  // §7 ListPayments include_incomplete: failed and in-flight ones too, ascending by payment_index.
  promised('the list of payments shows succeeded, failed and in-flight ones', async (given) => {
    const { paymentIndex: start } = await given.node.highWater()
    const good = await given.peer.createInvoice({ amountMsat: 5_000_000n })
    await payToEnd(given, paymentOf(good.paymentRequest))
    const bad = await given.peer.createInvoice({ amountMsat: 5_000_000n })
    await payToEnd(given, paymentOf(bad.paymentRequest, { feeLimitMsat: 0n }))
    const held = await payHeld(given)
    const listed = await given.node.listPayments({ afterIndex: start, limit: 100 })
    const states = listed.map(({ paymentHash, state }) => [paymentHash, state])
    await held.cancel()
    await held.end
    assert.deepEqual(states, [
      [good.paymentHash, 'succeeded'],
      [bad.paymentHash, 'failed'],
      [held.paymentHash, 'in-flight'],
    ])
    const indexes = listed.map(({ index }) => index)
    assert.ok(indexes.every((index, position) => index > (indexes[position - 1] ?? start)))
  })

  // §7 ListPayments: max_payments and index_offset.
  promised('pages of payments miss nothing and repeat nothing', async (given) => {
    const { paymentIndex: start } = await given.node.highWater()
    const hashes: string[] = []
    for (let count = 0; count < 3; count++) {
      const invoice = await given.peer.createInvoice({ amountMsat: 1_000_000n })
      await payToEnd(given, paymentOf(invoice.paymentRequest))
      hashes.push(invoice.paymentHash)
    }
    const listed: string[] = []
    for (let afterIndex = start; ; ) {
      const page = await given.node.listPayments({ afterIndex, limit: 2 })
      assert.ok(page.length <= 2)
      if (page.length === 0) break
      listed.push(...page.map(({ paymentHash }) => paymentHash))
      afterIndex = page.at(-1)!.index
    }
    assert.deepEqual(listed, hashes)
  })

  // Money rule 15: LND's high-water mark of payments.
  promised('the high-water mark rises with each payment', async (given) => {
    const before = await given.node.highWater()
    const invoice = await given.peer.createInvoice({ amountMsat: 1_000_000n })
    const { index } = await payToEnd(given, paymentOf(invoice.paymentRequest))
    const after = await given.node.highWater()
    assert.ok(index > before.paymentIndex)
    assert.equal(after.paymentIndex, index)
  })
}
