import { expect, test } from 'vitest'
import { createSimulatedNetwork } from '../../src/index.ts'

async function held() {
  const network = createSimulatedNetwork({ seed: 1 })
  const { clock } = network
  const alice = network.addNode('alice')
  const bob = network.addNode('bob')
  const carol = network.addNode('carol')
  network.establishChannel({ from: alice, to: bob, capacitySat: 1_000_000n })
  network.establishChannel({ from: bob, to: carol, capacitySat: 1_000_000n })
  const { paymentRequest, paymentHash, preimage } = carol.createHoldInvoice({
    amountMsat: 50_000_000n,
  })
  const paying = alice.pay(paymentRequest)
  await clock.runUntil(() => carol.findInvoice(paymentHash)?.state === 'accepted')
  const total = () => {
    const { issuedMsat, channelsMsat, walletsMsat, feesMsat } = network.audit()
    return channelsMsat + walletsMsat + feesMsat - issuedMsat
  }
  return { network, clock, alice, bob, carol, paying, paymentHash, preimage, total }
}

test('the payee cancels a held payment 18 blocks before its HTLC expires', async () => {
  const { network, clock, carol, paying, paymentHash } = await held()
  network.mine(64)
  expect(carol.findInvoice(paymentHash)?.state).toBe('accepted')
  network.mine(1)
  expect(carol.findInvoice(paymentHash)?.state).toBe('canceled')
  expect((await clock.run(paying)).failure).toBe('incorrect-details')
})

test('a payee that is gone when the HTLC expires costs a force close, and the payer gets it back', async () => {
  const { network, clock, alice, bob, carol, paying, paymentHash, total } = await held()
  carol.stop()
  network.mine(82)
  expect(alice.findPayment(paymentHash)?.state).toBe('in-flight')
  const [channel] = await clock.run(bob.lightning.listPendingChannels())
  expect(channel).toBeUndefined()
  network.mine(3)
  expect(await clock.run(bob.lightning.listPendingChannels())).toMatchObject([
    { peer: carol.publicKey, state: 'closing' },
  ])
  network.mine(2)
  const paid = await clock.run(paying)
  expect(paid.state).toBe('failed')
  expect(paid.htlcs.every(({ state }) => state === 'failed')).toBe(true)
  expect(total()).toBe(0n)
})

test('a payee that knows the preimage claims on the chain when the way back is cut', async () => {
  const { network, clock, alice, bob, carol, paying, paymentHash, preimage, total } = await held()
  bob.stop()
  carol.settleHold(paymentHash)
  await clock.advance(60_000)
  expect(alice.findPayment(paymentHash)?.state).toBe('in-flight')
  network.mine(75)
  expect(await clock.run(carol.lightning.listPendingChannels())).toMatchObject([
    { peer: bob.publicKey, state: 'closing' },
  ])
  network.mine(4)
  bob.start()
  expect(await clock.run(paying)).toMatchObject({ state: 'succeeded', preimage })
  expect(total()).toBe(0n)
})

test('a preimage that comes to the chain after the expiry is too late if the other end is awake', async () => {
  const states: string[] = []
  for (const isBobAwake of [true, false]) {
    const { network, clock, bob, carol, paying, paymentHash, total } = await held()
    carol.settleHold(paymentHash)
    carol.stop()
    network.mine(83)
    if (!isBobAwake) bob.stop()
    network.mine(1)
    carol.start()
    network.mine(2)
    await clock.advance(1)
    bob.start()
    network.mine(1)
    states.push((await clock.run(paying)).state)
    expect(total()).toBe(0n)
  }
  expect(states).toEqual(['failed', 'succeeded'])
})

test('on a force-closed channel a held part waits, and its receiver may still claim it', async () => {
  const { network, clock, alice, bob, carol, paying, paymentHash, total } = await held()
  const channels = await clock.run(bob.lightning.listChannels())
  const { channelPoint } = channels.find(({ peer }) => peer === carol.publicKey)!
  bob.closeChannel(channelPoint, { kind: 'force' })
  network.mine(10)
  await clock.advance(1000)
  expect(alice.findPayment(paymentHash)?.state).toBe('in-flight')
  expect(await clock.run(carol.lightning.listPendingChannels())).toMatchObject([
    { channelPoint, state: 'force-closing' },
  ])
  carol.settleHold(paymentHash)
  network.mine(1)
  expect((await clock.run(paying)).state).toBe('succeeded')
  network.mine(2)
  const [closed] = await clock.run(carol.lightning.listClosedChannels())
  expect(closed).toMatchObject({ closeType: 'remote-force', closedBy: 'peer' })
  // Only what was its balance; what it claimed is in the wallet.
  expect(closed!.settledMsat).toBe(0n)
  const { confirmedMsat } = await clock.run(carol.lightning.walletBalance())
  expect(confirmedMsat).toBeGreaterThan(49_000_000n)
  expect(total()).toBe(0n)
})

test('what the payee gives back after a force close waits for its expiry', async () => {
  const { network, clock, alice, bob, carol, paying, paymentHash, total } = await held()
  const channels = await clock.run(bob.lightning.listChannels())
  const { channelPoint } = channels.find(({ peer }) => peer === carol.publicKey)!
  bob.closeChannel(channelPoint, { kind: 'force' })
  network.mine(5)
  carol.cancelHold(paymentHash)
  await clock.advance(1000)
  network.mine(77)
  await clock.advance(1000)
  expect(alice.findPayment(paymentHash)?.state).toBe('in-flight')
  network.mine(1)
  expect((await clock.run(paying)).state).toBe('failed')
  expect(total()).toBe(0n)
})

test('a claim needs a block after the one with the force close', async () => {
  const { network, clock, alice, bob, carol, paying, paymentHash } = await held()
  const channels = await clock.run(bob.lightning.listChannels())
  const { channelPoint } = channels.find(({ peer }) => peer === carol.publicKey)!
  bob.closeChannel(channelPoint, { kind: 'force' })
  carol.settleHold(paymentHash)
  network.mine(1)
  await clock.advance(60_000)
  expect(alice.findPayment(paymentHash)?.state).toBe('in-flight')
  network.mine(1)
  expect((await clock.run(paying)).state).toBe('succeeded')
})

test('a cooperative close waits until the held payment is off the channel', async () => {
  const { network, clock, alice, bob, carol, paying, paymentHash, total } = await held()
  const channels = await clock.run(bob.lightning.listChannels())
  const channel = channels.find(({ peer }) => peer === carol.publicKey)!
  bob.closeChannel(channel.channelPoint)
  await clock.advance(60_000)
  const [closing] = await clock.run(bob.lightning.listPendingChannels())
  expect(closing).toMatchObject({ state: 'closing' })
  expect(closing?.closingTransaction).toBeUndefined()
  const other = carol.createInvoice({ amountMsat: 1_000_000n })
  expect((await clock.run(alice.pay(other.paymentRequest))).failure).toBe('no-route')
  carol.settleHold(paymentHash)
  expect((await clock.run(paying)).state).toBe('succeeded')
  await clock.advance(1000)
  network.mine(3)
  const [closed] = await clock.run(bob.lightning.listClosedChannels())
  expect(closed).toMatchObject({ closeType: 'cooperative', closedBy: 'us' })
  expect(total()).toBe(0n)
})

test('a stopped hop only delays: the payment goes on when it is back', async () => {
  const { clock, bob, carol, paying, paymentHash } = await held()
  bob.stop()
  carol.settleHold(paymentHash)
  await clock.advance(86_400_000)
  bob.start()
  expect((await clock.run(paying)).state).toBe('succeeded')
})

test('a payer that started again has the reason of the payee when it gives the payment back', async () => {
  const { clock, alice, carol, paying, paymentHash } = await held()
  alice.restart()
  await clock.advance(10_000)
  expect(alice.findPayment(paymentHash)?.state).toBe('in-flight')
  carol.cancelHold(paymentHash)
  expect(await clock.run(paying)).toMatchObject({ state: 'failed', failure: 'incorrect-details' })
})
