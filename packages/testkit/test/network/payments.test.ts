import { expect, test } from 'vitest'
import { createSimulatedNetwork } from '../../src/index.ts'

function line() {
  const network = createSimulatedNetwork({ seed: 1 })
  const [alice, bob, carol] = ['alice', 'bob', 'carol'].map((alias) => network.addNode(alias))
  network.establishChannel({ from: alice!, to: bob!, capacitySat: 1_000_000n })
  network.establishChannel({ from: bob!, to: carol!, capacitySat: 1_000_000n })
  return { network, clock: network.clock, alice: alice!, bob: bob!, carol: carol! }
}

test('a payment over two hops pays one forwarding fee and moves exactly that', async () => {
  const { clock, alice, bob, carol } = line()
  const { paymentRequest, paymentHash, preimage } = carol.createInvoice({ amountMsat: 25_000_000n })
  const paid = await clock.run(alice.pay(paymentRequest))
  expect(paid).toMatchObject({ state: 'succeeded', feeMsat: 1025n, preimage })
  expect(carol.findInvoice(paymentHash)).toMatchObject({ state: 'settled', paidMsat: 25_000_000n })
  const [outgoing, incoming] = await clock.run(bob.lightning.listChannels())
  expect(outgoing!.localMsat).toBe(25_001_000n)
  expect(incoming!.remoteMsat).toBe(25_000_000n)
})

test('a held payment stays in flight over restarts of the payee and settles afterwards', async () => {
  const { network, clock, alice, carol } = line()
  const hold = carol.createHoldInvoice({ amountMsat: 5_000_000n })
  const paying = alice.pay(hold.paymentRequest)
  await clock.runUntil(() => carol.findInvoice(hold.paymentHash)?.state === 'accepted')
  carol.restart()
  await clock.advance(3_600_000)
  expect(alice.findPayment(hold.paymentHash)?.state).toBe('in-flight')
  carol.settleHold(hold.paymentHash)
  expect(await clock.run(paying)).toMatchObject({ state: 'succeeded', preimage: hold.preimage })
  const { issuedMsat, channelsMsat } = network.audit()
  expect(channelsMsat).toBe(issuedMsat)
})

test('a lost reply after the effect leaves an invoice that the caller can look up', async () => {
  const { clock, carol } = line()
  carol.faults.once('createInvoice', 'after-effect', { outcome: 'unknown' })
  const preimage = new Uint8Array(32).fill(7)
  const terms = { preimage, amountMsat: 1000n, expirySeconds: 60, isPrivate: false }
  await expect(clock.run(carol.lightning.createInvoice(terms))).rejects.toMatchObject({
    code: 'node.unavailable',
    details: { outcome: 'unknown' },
  })
  await expect(clock.run(carol.lightning.createInvoice(terms))).rejects.toMatchObject({
    code: 'node.invoice-exists',
  })
})
