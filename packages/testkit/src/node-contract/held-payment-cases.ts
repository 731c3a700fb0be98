import assert from 'node:assert/strict'
import {
  assertSucceeded,
  errorOf,
  type Promised,
  payHeld,
  paymentOf,
  payToEnd,
  readAll,
  stateOf,
  terminalOf,
} from './contract-case.ts'

/** Payments that the payee keeps in flight. */
export function heldPaymentCases(promised: Promised): void {
  // §7 statuses: IN_FLIGHT while an HTLC is unresolved.
  promised(
    'a held payment is in flight, with its parts, until the payee decides',
    async (given) => {
      const held = await payHeld(given)
      assert.equal(await stateOf(given, held.paymentHash), 'in-flight')
      const last = held.updates.at(-1)
      assert.equal(last?.state, 'in-flight')
      const pending = last?.htlcs.filter(({ state }) => state === 'in-flight') ?? []
      assert.equal(
        pending.reduce((total, { amountMsat }) => total + amountMsat, 0n),
        20_000_000n,
      )
      const { blockHeight } = await given.node.getInfo()
      assert.ok(pending.every(({ expiryHeight }) => expiryHeight > blockHeight))
      await held.settle()
      assertSucceeded(await held.end, held.paymentHash)
    },
  )

  // §7 decision table ALREADY_EXISTS "payment is in transition".
  promised('paying a hash in flight is payment-exists: in-flight', async (given) => {
    const hold = await given.peer.createHoldInvoice({ amountMsat: 5_000_000n })
    const paying = payToEnd(given, paymentOf(hold.paymentRequest))
    await Promise.race([hold.waitAccepted(), paying])
    const again = readAll(given.node.pay(paymentOf(hold.paymentRequest)))
    const error = await errorOf(again, 'node.payment-exists')
    assert.deepEqual(error.details, { paymentHash: hold.paymentHash, state: 'in-flight' })
    await hold.settle()
    assertSucceeded(await paying, hold.paymentHash)
  })

  // §6 hold invoices: CancelInvoice sends the HTLC back; §7 FAILED only when none is unresolved.
  promised('a held payment that the payee gives back fails', async (given) => {
    const held = await payHeld(given)
    await held.cancel()
    const end = await held.end
    assert.equal(end.state, 'failed')
    assert.equal(end.failure, 'incorrect-details')
    assert.equal(end.preimage, undefined)
    assert.ok(end.htlcs.every(({ state }) => state === 'failed'))
  })

  // §7 timeout_seconds stops new attempts only: #4269, O2.
  promised('the time limit does not end what is in flight', async (given) => {
    const held = await payHeld(given, { timeoutSeconds: 2 })
    await given.passTime(4_000)
    assert.equal(await stateOf(given, held.paymentHash), 'in-flight')
    await held.settle()
    assertSucceeded(await held.end, held.paymentHash)
  })

  // #7621: the expiry of a hold invoice is not the expiry of its HTLC.
  promised('a payment held beyond the expiry of its invoice may still settle', async (given) => {
    const held = await payHeld(given, { invoiceExpirySeconds: 4 })
    await given.passTime(5_000)
    assert.equal(await stateOf(given, held.paymentHash), 'in-flight')
    await held.settle()
    assertSucceeded(await held.end, held.paymentHash)
  })

  // §7 cancelable:false: closing the stream does not alter the payment.
  promised('aborting a payment stops only the following', async (given) => {
    const hold = await given.peer.createHoldInvoice({ amountMsat: 5_000_000n })
    const leaving = new AbortController()
    const payment = paymentOf(hold.paymentRequest)
    const following = readAll(given.node.pay(payment, leaving.signal)).catch(() => [])
    await hold.waitAccepted()
    leaving.abort()
    assert.ok((await following).every(({ state }) => state === 'in-flight'))
    assert.equal(await stateOf(given, hold.paymentHash), 'in-flight')
    await hold.settle()
    const end = terminalOf(await readAll(given.node.trackPayment(hold.paymentHash)))
    assertSucceeded(end, hold.paymentHash)
  })

  // §3 ListChannels.pending_htlcs; §7 stuck heuristic (#9461): the HTLC is visible as long as it lives.
  promised('the part is visible on its channel as long as it is held', async (given) => {
    const held = await payHeld(given)
    const shown = async () =>
      (await given.node.listChannels()).flatMap(({ pendingHtlcs }) =>
        pendingHtlcs.filter(({ paymentHash }) => paymentHash === held.paymentHash),
      )
    await given.waitFor('the part on its channel', async () => (await shown()).length > 0)
    const [part, ...others] = await shown()
    assert.deepEqual(others, [])
    assert.equal(part?.direction, 'outgoing')
    // LND lists whole satoshi: the amount and the fee of the next hop.
    assert.ok(part!.amountMsat >= 20_000_000n && part!.amountMsat <= 20_100_000n)
    assert.ok(part!.expiryHeight > (await given.node.getInfo()).blockHeight)
    await held.settle()
    await held.end
    await given.waitFor('the part to leave', async () => (await shown()).length === 0)
  })

  // §7: several payments at once are followed apart.
  promised('payments held at the same time end each by its own', async (given) => {
    const [one, two] = [await payHeld(given), await payHeld(given)]
    await two.settle()
    assertSucceeded(await two.end, two.paymentHash)
    assert.equal(await stateOf(given, one.paymentHash), 'in-flight')
    await one.cancel()
    assert.equal((await one.end).state, 'failed')
  })
}
