import assert from 'node:assert/strict'
import {
  createOwnInvoice,
  type OwnInvoice,
  type Promised,
  watchSettlements,
} from './contract-case.ts'
import type { NodeContractEnvironment } from './environment.ts'

async function settled(given: NodeContractEnvironment): Promise<OwnInvoice> {
  const invoice = await createOwnInvoice(given)
  assert.equal((await given.peer.pay(invoice.paymentRequest)).state, 'succeeded')
  return invoice
}

/** The stream of settlements. */
export function settlementCases(promised: Promised): void {
  // §4 SubscribeInvoices: SETTLED is streamed live.
  promised('a settlement arrives while watching, as the look-up shows it', async (given) => {
    const watch = await watchSettlements(given, 0n)
    const invoice = await settled(given)
    const arrived = await watch.arrival(invoice.paymentHash)
    await watch.stop()
    assert.equal(arrived.state, 'settled')
    assert.equal(arrived.paidMsat, 10_000_000n)
    assert.deepEqual(arrived, await given.node.lookupInvoice(invoice.paymentHash))
  })

  // §4.2, #2469: index 0 means no backlog.
  promised('after index 0 nothing is replayed', async (given) => {
    const earlier = [await settled(given), await settled(given)]
    const watch = await watchSettlements(given, 0n)
    const later = await settled(given)
    await watch.arrival(later.paymentHash)
    await watch.stop()
    for (const { paymentHash } of earlier) {
      assert.ok(watch.seen.every((invoice) => invoice.paymentHash !== paymentHash))
    }
  })

  // §4 SubscribeInvoices: entries > index; §4.3 gaps; §4.5 the backlog comes in any order.
  promised(
    'after an index everything settled later is replayed, nothing earlier',
    async (given) => {
      const first = await settled(given)
      const { settleIndex } = await given.node.lookupInvoice(first.paymentHash)
      const missed = [await settled(given), await settled(given), await settled(given)]
      const watch = await watchSettlements(given, settleIndex)
      for (const { paymentHash } of missed) await watch.arrival(paymentHash)
      await watch.stop()
      assert.ok(watch.seen.every((invoice) => invoice.settleIndex > settleIndex))
      assert.ok(watch.seen.every(({ paymentHash }) => paymentHash !== first.paymentHash))
    },
  )

  // §4.5: settle order is not add order, so the replay may not be sorted by either.
  promised('invoices settled in another order than added all arrive', async (given) => {
    const base = await settled(given)
    const { settleIndex } = await given.node.lookupInvoice(base.paymentHash)
    const one = await createOwnInvoice(given)
    const two = await createOwnInvoice(given)
    for (const { paymentRequest } of [two, one]) {
      assert.equal((await given.peer.pay(paymentRequest)).state, 'succeeded')
    }
    const watch = await watchSettlements(given, settleIndex)
    const indexOne = (await watch.arrival(one.paymentHash)).settleIndex
    const indexTwo = (await watch.arrival(two.paymentHash)).settleIndex
    await watch.stop()
    assert.ok(one.addIndex < two.addIndex)
    assert.ok(indexOne > indexTwo)
  })

  // §6 States: no upper bound on overpayment; book amt_paid_msat.
  promised('more than the invoice asks is taken and shown', async (given) => {
    const watch = await watchSettlements(given, 0n)
    const invoice = await createOwnInvoice(given, { amountMsat: 10_000_000n })
    const paid = await given.peer.pay(invoice.paymentRequest, 15_000_000n)
    assert.equal(paid.state, 'succeeded', paid.failure)
    const arrived = await watch.arrival(invoice.paymentHash)
    await watch.stop()
    assert.equal(arrived.amountMsat, 10_000_000n)
    assert.equal(arrived.paidMsat, 15_000_000n)
  })

  // §6 States: the lower bound is checked.
  promised('less than the invoice asks is refused, and it stays open', async (given) => {
    const invoice = await createOwnInvoice(given, { amountMsat: 10_000_000n })
    const paid = await given.peer.pay(invoice.paymentRequest, 9_999_000n)
    assert.equal(paid.state, 'failed')
    const found = await given.node.lookupInvoice(invoice.paymentHash)
    assert.equal(found.state, 'open')
    assert.equal(found.paidMsat, 0n)
  })

  // §6 AddInvoice: open amount; the payer chooses.
  promised('an open amount shows what the payer chose', async (given) => {
    const invoice = await createOwnInvoice(given, { amountMsat: null })
    const paid = await given.peer.pay(invoice.paymentRequest, 4_321_000n)
    assert.equal(paid.state, 'succeeded', paid.failure)
    const found = await given.node.lookupInvoice(invoice.paymentHash)
    assert.equal(found.amountMsat, null)
    assert.equal(found.paidMsat, 4_321_000n)
  })

  // §4 SubscribeInvoices: each subscription is its own.
  promised('two watches both see a settlement', async (given) => {
    const watches = [await watchSettlements(given, 0n), await watchSettlements(given, 0n)]
    const { paymentHash } = await settled(given)
    for (const watch of watches) {
      await watch.arrival(paymentHash)
      await watch.stop()
    }
  })

  // §4: the port returns when the signal aborts.
  promised('a watch that is aborted returns without an error', async (given) => {
    const watch = await watchSettlements(given, 0n)
    await watch.stop()
    const aborted = given.node.watchSettlements({ afterSettleIndex: 0n }, AbortSignal.abort())
    for await (const batch of aborted) assert.deepEqual(batch, [])
  })

  // §6 keysend refusal: accept-keysend=false is the default; nothing may be settled by it.
  promised('keysend is refused and leaves no invoice', async (given) => {
    const { publicKey } = await given.node.getInfo()
    const before = await given.node.highWater()
    const watch = await watchSettlements(given, 0n)
    const paid = await given.peer.keysend(publicKey, 5_000_000n)
    assert.equal(paid.state, 'failed')
    const marker = await settled(given)
    await watch.arrival(marker.paymentHash)
    await watch.stop()
    assert.ok(watch.seen.every((invoice) => !invoice.isKeysend))
    const page = { afterAddIndex: before.invoiceAddIndex, limit: 100 }
    const listed = await given.node.listInvoices(page)
    assert.ok(listed.every((invoice) => !invoice.isKeysend))
  })
}
