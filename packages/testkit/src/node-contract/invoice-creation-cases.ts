import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { hashPreimage } from '../network/hash-preimage.ts'
import { createOwnInvoice, errorOf, type Promised } from './contract-case.ts'

/** Making invoices and looking them up. */
export function invoiceCreationCases(promised: Promised): void {
  // §6 AddInvoice: r_preimage is ours, so the hash is too; BOLT11 carries whole seconds.
  promised('a new invoice has the hash of our preimage and can be decoded', async (given) => {
    const invoice = await createOwnInvoice(given, { amountMsat: 12_345_678n, expirySeconds: 900 })
    assert.equal(invoice.paymentHash, hashPreimage(invoice.preimage))
    assert.equal(invoice.createdAt % 1000, 0)
    assert.ok(invoice.addIndex > 0n)
    const decoded = await given.node.decodeInvoice(invoice.paymentRequest)
    assert.equal(decoded.paymentHash, invoice.paymentHash)
    assert.equal(decoded.amountMsat, 12_345_678n)
    assert.equal(decoded.expirySeconds, 900)
    assert.equal(decoded.createdAt, invoice.createdAt)
    assert.equal(decoded.destination, (await given.node.getInfo()).publicKey)
  })

  // §6 AddInvoice: value 0 or absent means open amount.
  promised('an open amount stays open until it is paid', async (given) => {
    const { paymentHash, paymentRequest } = await createOwnInvoice(given, { amountMsat: null })
    assert.equal((await given.node.decodeInvoice(paymentRequest)).amountMsat, null)
    assert.equal((await given.node.lookupInvoice(paymentHash)).amountMsat, null)
  })

  // §6 AddInvoice: value_msat; below one satoshi nothing is rounded.
  promised('amounts are exact below a satoshi', async (given) => {
    const { paymentHash, paymentRequest } = await createOwnInvoice(given, { amountMsat: 1_501n })
    assert.equal((await given.node.decodeInvoice(paymentRequest)).amountMsat, 1_501n)
    assert.equal((await given.node.lookupInvoice(paymentHash)).amountMsat, 1_501n)
  })

  // §6 AddInvoice: memo is the BOLT11 description.
  promised('a memo of any script comes back unchanged', async (given) => {
    const memo = 'Käse ☕ 漢字 – order #42'
    const { paymentHash, paymentRequest } = await createOwnInvoice(given, { memo })
    assert.equal((await given.node.lookupInvoice(paymentHash)).memo, memo)
    assert.equal((await given.node.decodeInvoice(paymentRequest)).description, memo)
  })

  // §6 AddInvoice: description_hash, 32 bytes.
  promised('a description hash takes the place of the memo', async (given) => {
    const descriptionHash = createHash('sha256').update('the whole contract').digest()
    const { paymentHash, paymentRequest } = await createOwnInvoice(given, { descriptionHash })
    const expected = descriptionHash.toString('hex')
    assert.equal((await given.node.lookupInvoice(paymentHash)).descriptionHash, expected)
    const decoded = await given.node.decodeInvoice(paymentRequest)
    assert.equal(decoded.descriptionHash, expected)
    assert.equal(decoded.description, '')
  })

  // §6 AddInvoice: private adds hop hints, if there is a private channel; it can be paid either way.
  promised('an invoice with hints wanted can be paid', async (given) => {
    const invoice = await createOwnInvoice(given, { isPrivate: true })
    const paid = await given.peer.pay(invoice.paymentRequest)
    assert.equal(paid.state, 'succeeded', paid.failure)
    assert.equal((await given.node.lookupInvoice(invoice.paymentHash)).state, 'settled')
  })

  // §6 AddInvoice: at most one year.
  promised('an invoice may live for a year', async (given) => {
    const { paymentRequest } = await createOwnInvoice(given, { expirySeconds: 31_536_000 })
    assert.equal((await given.node.decodeInvoice(paymentRequest)).expirySeconds, 31_536_000)
  })

  // §6 States: LND cancels expired OPEN invoices itself; no stream tells of it.
  promised('the node cancels an expired invoice by itself', async (given) => {
    const { paymentHash, paymentRequest } = await createOwnInvoice(given, { expirySeconds: 1 })
    await given.passTime(1_500)
    await given.waitFor('the node to cancel it', async () => {
      return (await given.node.lookupInvoice(paymentHash)).state === 'canceled'
    })
    assert.equal((await given.peer.pay(paymentRequest).catch(refusal)).state, 'failed')
  })

  // §6 AddInvoice: a retry says "invoice with payment hash already exists".
  promised(
    'the same preimage again is invoice-exists, whatever the other fields',
    async (given) => {
      const preimage = randomBytes(32)
      const first = await createOwnInvoice(given, { preimage, memo: 'first' })
      for (const terms of [{ memo: 'first' }, { memo: 'second', amountMsat: 5_000n }]) {
        const error = await errorOf(
          createOwnInvoice(given, { preimage, ...terms }),
          'node.invoice-exists',
        )
        assert.equal(error.details.paymentHash, first.paymentHash)
      }
      const found = await given.node.lookupInvoice(first.paymentHash)
      assert.equal(found.memo, 'first')
      assert.equal(found.amountMsat, 10_000_000n)
      assert.equal(found.paymentRequest, first.paymentRequest)
      assert.equal(found.addIndex, first.addIndex)
    },
  )

  // §6 AddInvoice: limits of the fields. Refused by the adapter or by LND: nothing may exist afterwards.
  promised('fields out of their limits are refused, and nothing is stored', async (given) => {
    const limits: Record<string, Parameters<typeof createOwnInvoice>[1]> = {
      'amount of zero': { amountMsat: 0n },
      'negative amount': { amountMsat: -1n },
      'short preimage': { preimage: randomBytes(31) },
      'short description hash': { descriptionHash: randomBytes(31) },
      'no time at all': { expirySeconds: 0 },
      'more than a year': { expirySeconds: 31_536_001 },
    }
    const before = await given.node.highWater()
    for (const [name, terms] of Object.entries(limits)) {
      await errorOf(createOwnInvoice(given, terms), 'node.refused', 'input.invalid').catch(
        (error: unknown) => assert.fail(`${name}: ${String(error)}`),
      )
    }
    const { node } = given
    const afterAddIndex = before.invoiceAddIndex
    assert.deepEqual(await node.listInvoices({ afterAddIndex, limit: 10 }), [])
  })

  // §6 LookupInvoice; an open invoice has neither settle index nor settle date.
  promised('an open invoice shows that nothing was paid', async (given) => {
    const created = await createOwnInvoice(given, { memo: 'open' })
    const found = await given.node.lookupInvoice(created.paymentHash)
    assert.equal(found.state, 'open')
    assert.equal(found.paymentRequest, created.paymentRequest)
    assert.equal(found.addIndex, created.addIndex)
    assert.equal(found.createdAt, created.createdAt)
    assert.equal(found.expirySeconds, 3600)
    assert.equal(found.paidMsat, 0n)
    assert.equal(found.settleIndex, 0n)
    assert.equal(found.settledAt, undefined)
    assert.equal(found.isKeysend, false)
    assert.equal(found.isAmp, false)
  })

  // §6 States: SETTLED with amt_paid_msat, settle index and date.
  promised('a paid invoice shows what arrived, when, and its settle index', async (given) => {
    const created = await createOwnInvoice(given, { amountMsat: 7_777_777n })
    assert.equal((await given.peer.pay(created.paymentRequest)).state, 'succeeded')
    const found = await given.node.lookupInvoice(created.paymentHash)
    assert.equal(found.state, 'settled')
    assert.equal(found.paidMsat, 7_777_777n)
    assert.ok(found.settleIndex > 0n)
    assert.ok(found.settledAt !== undefined && found.settledAt >= found.createdAt)
  })

  // §6 LookupInvoice: NOT_FOUND 5 (§1 error mapping).
  promised('an unknown hash is invoice-not-found', async ({ node }) => {
    const paymentHash = randomBytes(32).toString('hex')
    const error = await errorOf(node.lookupInvoice(paymentHash), 'node.invoice-not-found')
    assert.equal(error.details.paymentHash, paymentHash)
  })
}

/** A payer may refuse an expired invoice before sending; that is a failed payment too. */
function refusal(): { state: 'failed' } {
  return { state: 'failed' }
}
