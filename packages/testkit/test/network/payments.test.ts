import type { PaymentUpdate } from '@payment-node/core'
import { expect, test } from 'vitest'
import { createSeededRandom, createSimulatedNetwork } from '../../src/index.ts'
import { encodeInvoice } from '../../src/network/bolt11-invoice.ts'
import { decodeInvoice } from '../../src/network/decode-bolt11.ts'

const million = { capacitySat: 1_000_000n }

function line(seed = 1) {
  const network = createSimulatedNetwork({ seed })
  const alice = network.addNode('alice')
  const bob = network.addNode('bob')
  const carol = network.addNode('carol')
  network.establishChannel({ from: alice, to: bob, ...million })
  network.establishChannel({ from: bob, to: carol, ...million })
  return { network, clock: network.clock, alice, bob, carol }
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

test('a direct channel costs nothing, also with a fee limit of zero', async () => {
  const { clock, alice, bob } = line()
  const { paymentRequest } = bob.createInvoice({ amountMsat: 25_000_000n })
  const paid = await clock.run(alice.pay(paymentRequest, { feeLimitMsat: 0n }))
  expect(paid).toMatchObject({ state: 'succeeded', feeMsat: 0n })
})

test('the cheapest route is taken, and the next one when it cannot carry the amount', async () => {
  const network = createSimulatedNetwork({ seed: 2 })
  const [alice, carol] = [network.addNode('alice'), network.addNode('carol')]
  const by = (name: string, capacitySat: bigint, baseFeeMsat: bigint): void => {
    const hop = network.addNode(name)
    const policy = { baseFeeMsat, feeRatePpm: 0 }
    network.establishChannel({ from: alice, to: hop, ...million, policy })
    network.establishChannel({ from: hop, to: carol, capacitySat, policy })
  }
  by('dear', 1_000_000n, 5_000n)
  by('cheap', 200_000n, 2_000n)
  by('dearest', 1_000_000n, 9_000n)
  const fees: (bigint | undefined)[] = []
  for (const amountMsat of [50_000_000n, 500_000_000n]) {
    const { paymentRequest } = carol.createInvoice({ amountMsat })
    fees.push((await network.clock.run(alice.pay(paymentRequest))).feeMsat)
  }
  expect(fees).toEqual([2_000n, 5_000n])
})

test('a failed channel is avoided and the payment takes another way', async () => {
  const network = createSimulatedNetwork({ seed: 3 })
  const [alice, carol] = [network.addNode('alice'), network.addNode('carol')]
  const [empty, full] = [network.addNode('empty'), network.addNode('full')]
  const free = { policy: { baseFeeMsat: 0n, feeRatePpm: 0 } }
  network.establishChannel({ from: alice, to: empty, ...million })
  network.establishChannel({ from: carol, to: empty, ...million, ...free })
  network.establishChannel({ from: alice, to: full, ...million })
  network.establishChannel({ from: full, to: carol, ...million })
  const { paymentRequest } = carol.createInvoice({ amountMsat: 100_000_000n })
  const limits = { feeLimitMsat: 10_000n, timeoutSeconds: 60, maximumParts: 1 }
  const pay = async (): Promise<PaymentUpdate[]> => {
    const updates: PaymentUpdate[] = []
    for await (const update of alice.lightning.pay({ paymentRequest, ...limits })) {
      updates.push(update)
    }
    return updates
  }
  const paid = (await network.clock.run(pay)).at(-1)!
  expect(paid.state).toBe('succeeded')
  expect(paid.htlcs.map(({ state }) => state)).toEqual(['failed', 'succeeded'])
  // Who asks later sees what is left: LND deletes the failed attempts of what has ended.
  expect(alice.findPayment(paid.paymentHash)?.htlcs).toMatchObject([{ state: 'succeeded' }])
})

/** Four ways of 150 000 sat each. */
function fan({ isWestDrained = false } = {}) {
  const network = createSimulatedNetwork({ seed: 4 })
  const [alice, carol] = [network.addNode('alice'), network.addNode('carol')]
  for (const name of ['north', 'east', 'south', 'west']) {
    const hop = network.addNode(name)
    network.establishChannel({ from: alice, to: hop, capacitySat: 150_000n })
    const isDrained = isWestDrained && name === 'west'
    const [from, to] = isDrained ? [carol, hop] : [hop, carol]
    network.establishChannel({ from, to, capacitySat: 150_000n })
  }
  return { network, alice, carol }
}

test('an amount that fits no channel is split, and all parts settle together', async () => {
  const { network, alice, carol } = fan()
  const amountMsat = 400_000_000n
  const { paymentRequest, paymentHash } = carol.createInvoice({ amountMsat })
  const paid = await network.clock.run(alice.pay(paymentRequest))
  expect(paid.state).toBe('succeeded')
  const parts = paid.htlcs.filter(({ state }) => state === 'succeeded')
  expect(parts.length).toBeGreaterThan(2)
  expect(parts.reduce((sum, part) => sum + part.amountMsat, 0n)).toBe(amountMsat)
  expect(carol.findInvoice(paymentHash)?.paidMsat).toBe(amountMsat)
})

test('the fee limit holds for all parts together', async () => {
  const results: (string | undefined)[] = []
  for (const feeLimitMsat of [3_000n, 10_000n]) {
    const { network, alice, carol } = fan()
    const { paymentRequest } = carol.createInvoice({ amountMsat: 400_000_000n })
    const paid = await network.clock.run(alice.pay(paymentRequest, { feeLimitMsat }))
    results.push(paid.failure ?? paid.state)
    expect(paid.feeMsat).toBeLessThanOrEqual(feeLimitMsat)
  }
  expect(results).toEqual(['no-route', 'succeeded'])
})

test('fewer parts than it needs is no route, and nothing stays behind', async () => {
  const { network, alice, carol } = fan()
  const { paymentRequest, paymentHash } = carol.createInvoice({ amountMsat: 400_000_000n })
  const paid = await network.clock.run(alice.pay(paymentRequest, { maximumParts: 2 }))
  expect(paid).toMatchObject({ state: 'failed', failure: 'no-route' })
  expect(carol.findInvoice(paymentHash)).toMatchObject({ state: 'open', paidMsat: 0n })
  const channels = await network.clock.run(alice.lightning.listChannels())
  expect(channels.flatMap(({ pendingHtlcs }) => pendingHtlcs)).toEqual([])
})

test('an incomplete set of parts is held for two minutes and then given back', async () => {
  const { network, alice, carol } = fan({ isWestDrained: true })
  const { clock } = network
  const { paymentRequest, paymentHash } = carol.createInvoice({ amountMsat: 500_000_000n })
  const paying = alice.pay(paymentRequest)
  await clock.advance(119_000)
  const held = alice.findPayment(paymentHash)
  expect(held?.state).toBe('in-flight')
  expect(held?.htlcs.filter(({ state }) => state === 'in-flight').length).toBeGreaterThan(2)
  expect(await clock.run(paying)).toMatchObject({ state: 'failed', failure: 'no-route' })
  expect(carol.findInvoice(paymentHash)).toMatchObject({ state: 'open', paidMsat: 0n })
  const channels = await clock.run(alice.lightning.listChannels())
  expect(channels.flatMap(({ pendingHtlcs }) => pendingHtlcs)).toEqual([])
})

test('a private channel is found by its hint, and by nobody without', async () => {
  const network = createSimulatedNetwork({ seed: 5 })
  const [alice, bob, carol] = [
    network.addNode('alice'),
    network.addNode('bob'),
    network.addNode('carol'),
  ]
  network.establishChannel({ from: alice, to: bob, ...million })
  network.establishChannel({ from: bob, to: carol, ...million, isPrivate: true })
  const hinted = carol.createInvoice({ amountMsat: 9_000_000n, isPrivate: true })
  const bare = carol.createInvoice({ amountMsat: 9_000_000n })
  const { clock } = network
  expect((await clock.run(alice.pay(bare.paymentRequest))).failure).toBe('no-route')
  expect((await clock.run(alice.pay(hinted.paymentRequest))).state).toBe('succeeded')
  expect(carol.findInvoice(hinted.paymentHash)?.isPrivate).toBe(true)
  expect(carol.findInvoice(bare.paymentHash)?.isPrivate).toBe(false)
})

test('a peer that nobody can find in the graph is no hint', async () => {
  const network = createSimulatedNetwork({ seed: 8 })
  const [bob, carol] = [network.addNode('bob'), network.addNode('carol')]
  network.establishChannel({ from: bob, to: carol, ...million, isPrivate: true })
  const { paymentRequest, paymentHash } = carol.createInvoice({ amountMsat: 1n, isPrivate: true })
  expect(decodeInvoice(paymentRequest, 'regtest').routeHints).toEqual([])
  expect(carol.findInvoice(paymentHash)?.isPrivate).toBe(false)
})

test('an offline hop is no route; our own peer offline is insufficient balance', async () => {
  const { network, clock, alice, bob, carol } = line()
  const pay = () => {
    if (carol.lifecycle === 'stopped') carol.start()
    const { paymentRequest } = carol.createInvoice({ amountMsat: 5_000_000n })
    return paymentRequest
  }
  const toCarol = pay()
  carol.stop()
  expect((await clock.run(alice.pay(toCarol))).failure).toBe('no-route')
  carol.start()
  bob.stop()
  expect((await clock.run(alice.pay(pay()))).failure).toBe('insufficient-balance')
  bob.start()
  await clock.runUntilIdle()
  expect((await clock.run(alice.pay(pay()))).state).toBe('succeeded')
  expect(network.audit().channelsMsat).toBe(network.audit().issuedMsat)
})

test('after the time limit a failed part is not replaced', async () => {
  const network = createSimulatedNetwork({ seed: 6 })
  const [alice, bob, carol] = [
    network.addNode('alice'),
    network.addNode('bob'),
    network.addNode('carol'),
  ]
  const { clock } = network
  network.establishChannel({ from: alice, to: bob, ...million })
  network.establishChannel({ from: carol, to: bob, ...million })
  const { paymentRequest, paymentHash } = carol.createInvoice({ amountMsat: 5_000_000n })
  const paying = alice.pay(paymentRequest, { timeoutSeconds: 5 })
  await clock.runUntil(() => alice.findPayment(paymentHash)?.htlcs.length === 1)
  bob.stop()
  await clock.advance(60_000)
  expect(alice.findPayment(paymentHash)?.state).toBe('in-flight')
  bob.start()
  expect(await clock.run(paying)).toMatchObject({ state: 'failed', failure: 'timeout' })
})

test('who knows the hash but not the payment secret cannot pay', async () => {
  const { clock, alice, bob } = line(7)
  const { paymentRequest, paymentHash } = bob.createInvoice({ amountMsat: 5_000_000n })
  const read = decodeInvoice(paymentRequest, 'regtest')
  const guessed = { ...read, network: 'regtest', paymentSecret: '00'.repeat(32) } as const
  const bobsKey = createSeededRandom(7).fork('node/bob').bytes(32)
  const forged = encodeInvoice({ ...guessed, routeHints: [] }, bobsKey)
  expect(decodeInvoice(forged, 'regtest').destination).toBe(bob.publicKey)
  const paid = await clock.run(alice.pay(forged))
  expect(paid).toMatchObject({ paymentHash, failure: 'incorrect-details' })
  expect(bob.findInvoice(paymentHash)?.state).toBe('open')
})

test('three blocks on the way do no harm, a fourth makes the HTLC expire too soon', async () => {
  const results: (string | undefined)[] = []
  for (const blocks of [3, 4]) {
    const { network, clock, alice, bob } = line()
    const { paymentRequest, paymentHash } = bob.createInvoice({ amountMsat: 5_000_000n })
    const paying = alice.pay(paymentRequest)
    await clock.runUntil(() => alice.findPayment(paymentHash)?.htlcs.length === 1)
    network.mine(blocks)
    results.push((await clock.run(paying)).failure)
  }
  expect(results).toEqual([undefined, 'incorrect-details'])
})
