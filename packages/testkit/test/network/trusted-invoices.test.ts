import { createSimulatedNetwork, type PeerInvoice } from '@payment-node/testkit'
import { expect, test } from 'vitest'

const invoices: readonly PeerInvoice[] = [
  { amountMsat: null },
  { amountMsat: 1n },
  { amountMsat: 123_456_789n, memo: 'two breads, grüß Gott', expirySeconds: 60 },
  { amountMsat: 5000n, isPrivate: true, descriptionHash: new Uint8Array(32).fill(7) },
  { amountMsat: 2_000_000_000n, isPrivate: true, expirySeconds: 31_536_000 },
]

test('what a network knows of its own invoices is what it would read', async () => {
  const [trusting, reading] = [true, false].map((trustsOwnInvoices) => {
    const network = createSimulatedNetwork({ seed: 3, trustsOwnInvoices })
    const [shop, hub] = [network.addNode('shop'), network.addNode('hub')]
    network.establishChannel({ from: hub, to: shop, capacitySat: 5_000_000n, isPrivate: true })
    const other = network.addNode('other')
    network.establishChannel({ from: other, to: hub, capacitySat: 5_000_000n })
    return { network, shop, hub, other }
  })
  for (const terms of invoices) {
    const [one, same] = [trusting!, reading!].map(({ shop }) => shop.createInvoice(terms))
    expect(one).toEqual(same)
    const [known, read] = await Promise.all(
      [trusting!, reading!].map(({ network, hub }) =>
        network.clock.run(hub.lightning.decodeInvoice(one!.paymentRequest)),
      ),
    )
    expect(known).toEqual(read)
    // Also what only a payer needs: the secret and the hints.
    if (terms.amountMsat !== 5000n) continue
    const { network, other } = trusting!
    expect(await network.clock.run(other.pay(one!.paymentRequest))).toMatchObject({
      state: 'succeeded',
    })
  }
})

test('what somebody else has written is read all the same', async () => {
  const network = createSimulatedNetwork({ seed: 3, trustsOwnInvoices: true })
  const node = network.addNode('node')
  const { paymentRequest } = node.createInvoice({ amountMsat: 5000n })
  const forged = `${paymentRequest.slice(0, -20)}qqqqqqqqqqqqqqqqqqqq`
  await expect(network.clock.run(node.lightning.decodeInvoice(forged))).rejects.toMatchObject({
    code: 'node.invoice-malformed',
  })
})
