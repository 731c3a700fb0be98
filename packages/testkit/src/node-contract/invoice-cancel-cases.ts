import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { createOwnInvoice, errorOf, type Promised } from './contract-case.ts'

/** Canceling invoices, and the race with a payer. */
export function invoiceCancelCases(promised: Promised): void {
  // §6 CancelInvoice works for normal invoices: it closes the race with late payers.
  promised('a canceled invoice cannot be paid any more', async (given) => {
    const { paymentHash, paymentRequest } = await createOwnInvoice(given)
    await given.node.cancelInvoice(paymentHash)
    assert.equal((await given.node.lookupInvoice(paymentHash)).state, 'canceled')
    const paid = await given.peer.pay(paymentRequest)
    assert.equal(paid.state, 'failed')
    assert.equal(paid.failure, 'incorrect-details')
    assert.equal((await given.node.lookupInvoice(paymentHash)).state, 'canceled')
  })

  // §6 CancelInvoice: success if already canceled.
  promised('canceling twice succeeds', async (given) => {
    const { paymentHash } = await createOwnInvoice(given)
    await given.node.cancelInvoice(paymentHash)
    await given.node.cancelInvoice(paymentHash)
    assert.equal((await given.node.lookupInvoice(paymentHash)).state, 'canceled')
  })

  // §6 CancelInvoice: error if settled ("invoice already settled").
  promised('canceling what was paid is invoice-settled, and it stays paid', async (given) => {
    const { paymentHash, paymentRequest } = await createOwnInvoice(given)
    assert.equal((await given.peer.pay(paymentRequest)).state, 'succeeded')
    const error = await errorOf(given.node.cancelInvoice(paymentHash), 'node.invoice-settled')
    assert.equal(error.details.paymentHash, paymentHash)
    assert.equal((await given.node.lookupInvoice(paymentHash)).state, 'settled')
  })

  // §6 CancelInvoice of an unknown hash.
  promised('canceling an unknown hash is invoice-not-found', async ({ node }) => {
    const paymentHash = randomBytes(32).toString('hex')
    const error = await errorOf(node.cancelInvoice(paymentHash), 'node.invoice-not-found')
    assert.equal(error.details.paymentHash, paymentHash)
  })

  // §6 "Race outcome authoritative = LookupInvoice.state": exactly one of the two wins.
  promised(
    'cancel and payment at the same moment: one wins, and the state says which',
    async (given) => {
      const { paymentHash, paymentRequest } = await createOwnInvoice(given)
      const [paid, canceled] = await Promise.all([
        given.peer.pay(paymentRequest),
        given.node.cancelInvoice(paymentHash).then(
          () => true,
          () => false,
        ),
      ])
      const { state } = await given.node.lookupInvoice(paymentHash)
      assert.equal(paid.state, canceled ? 'failed' : 'succeeded')
      assert.equal(state, canceled ? 'canceled' : 'settled')
    },
  )

  // §6 "Never reused": a settled invoice rejects further payments of its hash.
  promised('a settled invoice takes no second payment', async (given) => {
    const { paymentHash, paymentRequest } = await createOwnInvoice(given)
    assert.equal((await given.peer.pay(paymentRequest)).state, 'succeeded')
    const before = await given.node.lookupInvoice(paymentHash)
    await given.peer.pay(paymentRequest).catch(() => {})
    assert.deepEqual(await given.node.lookupInvoice(paymentHash), before)
  })
}
