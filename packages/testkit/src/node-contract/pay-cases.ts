import assert from 'node:assert/strict'
import {
  assertSucceeded,
  createOwnInvoice,
  errorOf,
  type Promised,
  paymentOf,
  payToEnd,
  readAll,
} from './contract-case.ts'

/** Paying invoices. */
export function payCases(promised: Promised): void {
  // §7 statuses; decision table row SUCCEEDED: final, preimage and fee.
  promised('a payment succeeds with its preimage and a routing fee', async (given) => {
    const { paymentRequest, paymentHash } = await given.peer.createInvoice({
      amountMsat: 30_000_001n,
    })
    const paid = await payToEnd(given, paymentOf(paymentRequest))
    assertSucceeded(paid, paymentHash)
    assert.equal(paid.amountMsat, 30_000_001n)
    assert.ok(paid.feeMsat > 0n && paid.feeMsat <= 100_000n, `${paid.feeMsat} msat`)
    assert.ok(paid.index > 0n)
    const succeeded = paid.htlcs.filter(({ state }) => state === 'succeeded')
    assert.equal(sum(succeeded.map(({ amountMsat }) => amountMsat)), 30_000_001n)
    assert.equal(sum(succeeded.map(({ feeMsat }) => feeMsat)), paid.feeMsat)
  })

  // §7 fee_limit_msat: 0 = zero-fee routes only.
  promised('a fee limit of zero finds no route that costs', async (given) => {
    const { paymentRequest } = await given.peer.createInvoice({ amountMsat: 30_000_000n })
    const paid = await payToEnd(given, paymentOf(paymentRequest, { feeLimitMsat: 0n }))
    assert.equal(paid.state, 'failed')
    assert.equal(paid.failure, 'no-route')
    assert.equal(paid.preimage, undefined)
    assert.ok(paid.htlcs.every(({ state }) => state === 'failed'))
  })

  // §7 outgoing_chan_ids.
  promised(
    'a payment leaves by the channels that it may leave by, or not at all',
    async (given) => {
      const { paymentRequest, paymentHash } = await given.peer.createInvoice({
        amountMsat: 4_000_000n,
      })
      const elsewhere = payToEnd(given, paymentOf(paymentRequest, { outgoingChannels: ['1'] }))
      const refused = await elsewhere
      assert.equal(refused.state, 'failed')
      assert.match(refused.failure ?? '', /^(insufficient-balance|no-route)$/)
      const before = await given.peer.createInvoice({ amountMsat: 3_900_000n })
      const anywhere = await payToEnd(given, paymentOf(before.paymentRequest))
      const outgoingChannels = anywhere.htlcs.map(({ firstChannelId }) => firstChannelId)
      const paid = await payToEnd(given, paymentOf(paymentRequest, { outgoingChannels }))
      assertSucceeded(paid, paymentHash)
      assert.deepEqual(
        [...new Set(paid.htlcs.map(({ firstChannelId }) => firstChannelId))],
        outgoingChannels,
      )
    },
  )

  // §7 cltv_limit.
  promised('no route locks the money for longer than the limit', async (given) => {
    const { paymentRequest, paymentHash } = await given.peer.createInvoice({
      amountMsat: 4_100_000n,
    })
    const { minFinalCltv } = await given.node.decodeInvoice(paymentRequest)
    const limited = (maximumCltv: number) => paymentOf(paymentRequest, { maximumCltv })
    // What the payee alone wants.
    const refused = readAll(given.node.pay(limited(minFinalCltv)))
    assert.equal((await errorOf(refused, 'node.refused')).details.reason, 'cltv-limit')
    const failed = await payToEnd(given, limited(minFinalCltv + 8))
    assert.equal(failed.state, 'failed')
    assert.equal(failed.failure, 'no-route')
    const { blockHeight } = await given.node.getInfo()
    const paid = await payToEnd(given, limited(400))
    assertSucceeded(paid, paymentHash)
    const highest = Math.max(...paid.htlcs.map(({ expiryHeight }) => expiryHeight))
    assert.ok(highest <= blockHeight + 400 + 6, `${highest}, ${blockHeight}`)
  })

  // §7 amt_msat only for amountless invoices.
  promised('an invoice without amount is paid with ours', async (given) => {
    const invoice = await given.peer.createInvoice({ amountMsat: null })
    const payment = paymentOf(invoice.paymentRequest, { amountMsat: 8_765_432n })
    const paid = await payToEnd(given, payment)
    assertSucceeded(paid, invoice.paymentHash)
    assert.equal(paid.amountMsat, 8_765_432n)
  })

  // §7 decision table ALREADY_EXISTS "invoice is already paid".
  promised('paying again is payment-exists: paid', async (given) => {
    const invoice = await given.peer.createInvoice({ amountMsat: 5_000_000n })
    assertSucceeded(await payToEnd(given, paymentOf(invoice.paymentRequest)), invoice.paymentHash)
    const again = readAll(given.node.pay(paymentOf(invoice.paymentRequest)))
    const error = await errorOf(again, 'node.payment-exists')
    assert.deepEqual(error.details, { paymentHash: invoice.paymentHash, state: 'paid' })
  })

  // §7 "LND dedupes per hash": of two calls at once one goes through (O4, O6).
  promised('of two payments of one invoice at once exactly one is sent', async (given) => {
    const { paymentRequest } = await given.peer.createInvoice({ amountMsat: 5_000_000n })
    const { node } = given
    const results = await Promise.allSettled(
      [1, 2].map(() => readAll(node.pay(paymentOf(paymentRequest)))),
    )
    const fulfilled = results.filter(({ status }) => status === 'fulfilled')
    assert.equal(fulfilled.length, 1)
    const rejected = results.find((result) => result.status === 'rejected')
    await errorOf(Promise.reject(rejected?.reason), 'node.payment-exists')
  })

  // §7 decision table FAILED: final for this attempt, the same hash may be retried (initializable()).
  promised('a hash whose payment failed may be paid again, under a new index', async (given) => {
    const { paymentRequest, paymentHash } = await given.peer.createInvoice({
      amountMsat: 6_000_000n,
    })
    const failed = await payToEnd(given, paymentOf(paymentRequest, { feeLimitMsat: 0n }))
    assert.equal(failed.state, 'failed')
    const paid = await payToEnd(given, paymentOf(paymentRequest))
    assertSucceeded(paid, paymentHash)
    assert.ok(paid.index > failed.index)
  })

  // §7: amt_msat is an error for an invoice with an amount; refused before anything is stored.
  promised('an amount for an invoice that has one is refused', async (given) => {
    const invoice = await given.peer.createInvoice({ amountMsat: 5_000_000n })
    const payment = paymentOf(invoice.paymentRequest, { amountMsat: 5_000_000n })
    await errorOf(readAll(given.node.pay(payment)), 'node.refused')
    await nothingStored(invoice.paymentHash)

    async function nothingStored(paymentHash: string): Promise<void> {
      await errorOf(readAll(given.node.trackPayment(paymentHash)), 'node.payment-not-found')
    }
  })

  // §7: an amountless invoice needs an amount.
  promised('no amount for an invoice without one is refused', async (given) => {
    const invoice = await given.peer.createInvoice({ amountMsat: null })
    const payment = paymentOf(invoice.paymentRequest)
    await errorOf(readAll(given.node.pay(payment)), 'node.refused')
    const tracking = readAll(given.node.trackPayment(invoice.paymentHash))
    await errorOf(tracking, 'node.payment-not-found')
  })

  // §7: "Expired invoice is rejected before anything is stored".
  promised('an expired invoice is refused and nothing is stored', async (given) => {
    const terms = { amountMsat: 5_000_000n, expirySeconds: 1 }
    const invoice = await given.peer.createInvoice(terms)
    await given.passTime(2_500)
    const before = await given.node.highWater()
    await errorOf(readAll(given.node.pay(paymentOf(invoice.paymentRequest))), 'node.refused')
    const tracking = readAll(given.node.trackPayment(invoice.paymentHash))
    await errorOf(tracking, 'node.payment-not-found')
    assert.equal((await given.node.highWater()).paymentIndex, before.paymentIndex)
  })

  // §7 self-payment needs allow_self_payment, which is never set.
  promised('an own invoice is refused and stays open', async (given) => {
    const invoice = await createOwnInvoice(given)
    await errorOf(readAll(given.node.pay(paymentOf(invoice.paymentRequest))), 'node.refused')
    assert.equal((await given.node.lookupInvoice(invoice.paymentHash)).state, 'open')
  })

  // §7: an invoice of another network, and text that is no invoice.
  promised('what is no invoice of this network is refused', async (given) => {
    for (const text of [given.otherNetworkInvoice, 'lightning:nothing']) {
      await errorOf(readAll(given.node.pay(paymentOf(text))), 'node.refused')
    }
  })

  // #9269: a negative fee limit once meant none.
  promised('a negative fee limit is refused', async (given) => {
    const { paymentRequest, paymentHash } = await given.peer.createInvoice({
      amountMsat: 5_000_000n,
    })
    const payment = paymentOf(paymentRequest, { feeLimitMsat: -1n })
    await errorOf(readAll(given.node.pay(payment)), 'node.refused', 'input.invalid')
    await errorOf(readAll(given.node.trackPayment(paymentHash)), 'node.payment-not-found')
  })

  // §7 decision table: INCORRECT_PAYMENT_DETAILS is final.
  promised('an invoice that the payee canceled fails with incorrect-details', async (given) => {
    const invoice = await given.peer.createInvoice({ amountMsat: 5_000_000n })
    await given.peer.cancelInvoice(invoice.paymentHash)
    const paid = await payToEnd(given, paymentOf(invoice.paymentRequest))
    assert.equal(paid.state, 'failed')
    assert.equal(paid.failure, 'incorrect-details')
  })

  // §7 failure reasons: INSUFFICIENT_BALANCE, found before anything is sent.
  promised('more than all channels hold fails with insufficient-balance', async (given) => {
    const channels = await given.node.listChannels()
    const amountMsat = sum(channels.map(({ localMsat }) => localMsat)) + 1_000n
    const invoice = await given.peer.createInvoice({ amountMsat })
    const paid = await payToEnd(given, paymentOf(invoice.paymentRequest))
    assert.equal(paid.state, 'failed')
    assert.equal(paid.failure, 'insufficient-balance')
    assert.deepEqual(paid.htlcs, [])
  })
}

function sum(amounts: readonly bigint[]): bigint {
  return amounts.reduce((total, amount) => total + amount, 0n)
}
