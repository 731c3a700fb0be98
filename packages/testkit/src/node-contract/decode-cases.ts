import assert from 'node:assert/strict'
import { errorOf, type Promised } from './contract-case.ts'

/** Reading BOLT11 text. */
export function decodeCases(promised: Promised): void {
  // §7 DecodePayReq is the authority before paying: expiry, amount, num_msat, features, blinded_paths.
  promised('decoding shows all fields of a foreign invoice', async (given) => {
    const terms = { amountMsat: 31_415_926n, memo: 'slice of π', expirySeconds: 7200 }
    const { paymentRequest, paymentHash } = await given.peer.createInvoice(terms)
    const decoded = await given.node.decodeInvoice(paymentRequest)
    assert.equal(decoded.paymentHash, paymentHash)
    assert.equal(decoded.destination, given.peer.publicKey)
    assert.equal(decoded.amountMsat, 31_415_926n)
    assert.equal(decoded.description, 'slice of π')
    assert.equal(decoded.expirySeconds, 7200)
    assert.equal(decoded.createdAt % 1000, 0)
    assert.equal(decoded.descriptionHash, undefined)
    // §0: min cltv_expiry of own invoices is 18 before LND 0.21, 24 since.
    assert.ok(decoded.minFinalCltv >= 18)
    assert.equal(decoded.hasPaymentSecret, true)
    assert.equal(decoded.hasBlindedPaths, false)
  })

  // §7 features: BOLT9 bits 14 (payment secret) and 16/17 (multi-part) are set by LND's invoices.
  promised('decoding names the features', async (given) => {
    const { paymentRequest } = await given.peer.createInvoice({ amountMsat: 1_000_000n })
    const { features } = await given.node.decodeInvoice(paymentRequest)
    const secret = features.find(({ bit }) => bit === 14)
    assert.equal(secret?.isRequired, true)
    assert.equal(secret?.isKnown, true)
    assert.equal(secret?.name, 'payment-addr')
    const parts = features.find(({ bit }) => bit === 17)
    assert.equal(parts?.isRequired, false)
    assert.equal(parts?.isKnown, true)
  })

  // §7: network is checked on top.
  promised('an invoice of another network is malformed: wrong-network', async (given) => {
    const work = given.node.decodeInvoice(given.otherNetworkInvoice)
    const error = await errorOf(work, 'node.invoice-malformed')
    assert.equal(error.details.reason, 'wrong-network')
  })

  // BOLT11: bech32 checksum.
  promised('a changed letter is malformed: checksum', async (given) => {
    const { paymentRequest } = await given.peer.createInvoice({ amountMsat: 1_000_000n })
    const last = paymentRequest.endsWith('q') ? 'p' : 'q'
    const work = given.node.decodeInvoice(paymentRequest.slice(0, -1) + last)
    const error = await errorOf(work, 'node.invoice-malformed')
    assert.equal(error.details.reason, 'checksum')
  })

  // BOLT11: everything else that is no invoice.
  promised('text that is no invoice is malformed', async (given) => {
    const { paymentRequest } = await given.peer.createInvoice({ amountMsat: 1_000_000n })
    const texts = {
      'an address': 'bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4',
      'a word': 'lightning',
      'half of it': paymentRequest.slice(0, paymentRequest.length / 2),
      'mixed case': paymentRequest.slice(0, -1) + paymentRequest.at(-1)!.toUpperCase(),
      'spaces inside': `${paymentRequest.slice(0, 20)} ${paymentRequest.slice(20)}`,
    }
    for (const [name, text] of Object.entries(texts)) {
      // A digit has no case.
      if (name === 'mixed case' && text === paymentRequest) continue
      await errorOf(given.node.decodeInvoice(text), 'node.invoice-malformed').catch(
        (error: unknown) => assert.fail(`${name}: ${String(error)}`),
      )
    }
  })

  // BOLT11: QR codes use upper case.
  promised('upper case is the same invoice', async (given) => {
    const { paymentRequest } = await given.peer.createInvoice({ amountMsat: 1_000_000n })
    assert.deepEqual(
      await given.node.decodeInvoice(paymentRequest.toUpperCase()),
      await given.node.decodeInvoice(paymentRequest),
    )
  })

  // §7: expiry is for the caller to judge; decoding says nothing about whether it may be paid.
  promised('an expired invoice still decodes', async (given) => {
    const terms = { amountMsat: 1_000_000n, expirySeconds: 1 }
    const { paymentRequest, paymentHash } = await given.peer.createInvoice(terms)
    await given.passTime(2_500)
    assert.equal((await given.node.decodeInvoice(paymentRequest)).paymentHash, paymentHash)
  })
}
