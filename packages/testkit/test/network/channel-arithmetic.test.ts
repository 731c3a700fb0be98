import { expect, test } from 'vitest'
import { createSimulatedNetwork, type EstablishedChannel } from '../../src/index.ts'

type Size = Omit<EstablishedChannel, 'from' | 'to'>

function pair(size: Size) {
  const network = createSimulatedNetwork({ seed: 1 })
  const alice = network.addNode('alice')
  const bob = network.addNode('bob')
  const channelPoint = network.establishChannel({ from: alice, to: bob, ...size })
  const only = async (node = alice) => (await network.clock.run(node.lightning.listChannels()))[0]!
  return { network, clock: network.clock, alice, bob, channelPoint, only }
}

test('the opener sees what LND showed: 1 000 000 sat, 300 000 pushed, 284 fee and 660 anchors', async () => {
  const { only, bob } = pair({ capacitySat: 1_000_000n, pushSat: 300_000n })
  expect(await only()).toMatchObject({
    localMsat: 699_056_000n,
    remoteMsat: 300_000_000n,
    localReserveMsat: 10_000_000n,
    remoteReserveMsat: 10_000_000n,
    feePerKw: 253n,
    // LND computes the fee with 1124 and lists what the transaction weighs.
    commitWeight: 1116n,
    isInitiator: true,
  })
  expect(await only(bob)).toMatchObject({
    localMsat: 300_000_000n,
    remoteMsat: 699_056_000n,
    isInitiator: false,
  })
})

test('a legacy channel has no anchors and another weight', async () => {
  const size: Size = { capacitySat: 1_000_000n, commitmentType: 'legacy', feePerKw: 1000n }
  const { only } = pair({ ...size, pushSat: 1_000n })
  expect(await only()).toMatchObject({ localMsat: 998_276_000n, commitWeight: 724n })
})

test('the weight is that of the outputs that there are', async () => {
  const weightAt = async (pushSat: bigint): Promise<bigint> =>
    (await pair({ capacitySat: 1_000_000n, pushSat }).only()).commitWeight
  // Without its output the other end has no anchor either.
  expect(await weightAt(353n)).toBe(1116n - 2n * 172n)
  expect(await weightAt(354n)).toBe(1116n)
})

/** The largest amount that the payer can send, found by trying; whole satoshi. */
async function largestPayment(size: Size, isFromOpener: boolean): Promise<bigint> {
  let [low, high] = [0n, size.capacitySat]
  while (low < high) {
    const middle = (low + high + 1n) / 2n
    const { clock, alice, bob } = pair(size)
    const [payer, payee] = isFromOpener ? [alice, bob] : [bob, alice]
    const { paymentRequest } = payee.createInvoice({ amountMsat: middle * 1000n })
    const { state } = await clock.run(payer.pay(paymentRequest, { maximumParts: 1 }))
    if (state === 'succeeded') low = middle
    else high = middle - 1n
  }
  return low
}

test('the opener keeps reserve, anchors and twice the fee of two more parts', async () => {
  const size: Size = { capacitySat: 1_000_000n, feePerKw: 2_500n }
  // LND: weight 1124 + 172 for the part itself; the buffer adds 172 and doubles the feerate.
  const buffer = (2n * 2_500n * (1124n + 172n + 172n)) / 1000n
  expect(await largestPayment(size, true)).toBe(1_000_000n - 10_000n - 660n - buffer)
})

test('the other end keeps its reserve only', async () => {
  const size: Size = { capacitySat: 1_000_000n, pushSat: 400_000n, feePerKw: 2_500n }
  expect(await largestPayment(size, false)).toBe(390_000n)
})

test('when the opener cannot pay for another part, the other end can send dust only', async () => {
  const size: Size = { capacitySat: 1_000_000n, pushSat: 985_000n, feePerKw: 5_000n }
  expect(await largestPayment(size, false)).toBe(353n)
})

test('a held part is off the balance, costs the opener its output, and comes back', async () => {
  const size: Size = { capacitySat: 1_000_000n, pushSat: 1_000n, feePerKw: 1_000n }
  const { clock, alice, bob, only } = pair(size)
  const before = await only()
  const hold = bob.createHoldInvoice({ amountMsat: 100_000_000n })
  const paying = alice.pay(hold.paymentRequest)
  await clock.runUntil(() => bob.findInvoice(hold.paymentHash)?.state === 'accepted')
  const during = await only()
  expect(during.pendingHtlcs).toMatchObject([
    { direction: 'outgoing', amountMsat: 100_000_000n, paymentHash: hold.paymentHash },
  ])
  expect(during.commitWeight).toBe(before.commitWeight + 172n)
  expect(before.localMsat - during.localMsat).toBe(100_000_000n + 172_000n)
  bob.cancelHold(hold.paymentHash)
  await clock.run(paying)
  const { updateCount, ...after } = await only()
  expect({ ...after, updateCount: before.updateCount }).toEqual(before)
  expect(updateCount).toBeGreaterThan(during.updateCount)
})

test('a new commitment feerate takes from the opener only', async () => {
  const { network, channelPoint, only } = pair({ capacitySat: 1_000_000n, pushSat: 300_000n })
  const before = await only()
  network.setCommitmentFeerate(channelPoint, 2_500n)
  const after = await only()
  expect(before.localMsat - after.localMsat).toBe(2_810_000n - 284_000n)
  expect(after.remoteMsat).toBe(before.remoteMsat)
})
