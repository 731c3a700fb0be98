import { expect, test } from 'vitest'
import { createSimulatedNetwork } from '../../src/index.ts'

function pair() {
  const network = createSimulatedNetwork({ seed: 1 })
  const { clock } = network
  const alice = network.addNode('alice')
  const bob = network.addNode('bob')
  alice.fund(2_000_000n)
  const total = () => {
    const { issuedMsat, channelsMsat, walletsMsat, feesMsat } = network.audit()
    return channelsMsat + walletsMsat + feesMsat - issuedMsat
  }
  return { network, clock, alice, bob, total }
}

test('a small channel opens at its first confirmation; path finding knows it a moment later', async () => {
  const { network, clock, alice, bob, total } = pair()
  const request = { capacitySat: 1_000_000n, pushSat: 200_000n, memo: 'intent-7' }
  const channelPoint = alice.openChannel(bob, request)
  expect(await clock.run(alice.lightning.listPendingChannels())).toMatchObject([
    { channelPoint, state: 'opening', memo: 'intent-7' },
  ])
  expect(await clock.run(alice.lightning.listChannels())).toEqual([])
  network.mine(1)
  expect(await clock.run(bob.lightning.listChannels())).toMatchObject([
    { channelPoint, isActive: true, localMsat: 200_000_000n, isInitiator: false },
  ])
  const pay = () => {
    const { paymentRequest } = bob.createInvoice({ amountMsat: 1_000_000n })
    return clock.run(alice.pay(paymentRequest))
  }
  expect(await pay()).toMatchObject({ state: 'failed', failure: 'insufficient-balance' })
  await clock.advance(2500)
  expect(await pay()).toMatchObject({ state: 'succeeded' })
  expect(total()).toBe(0n)
})

test('the more is at stake the more confirmations a new channel waits for', async () => {
  // LND: six times capacity and push over 16 777 215 sat, 1 to 6.
  const rows = [
    { capacitySat: 5_592_404n, pushSat: 0n, blocks: 1 },
    { capacitySat: 5_592_405n, pushSat: 0n, blocks: 2 },
    { capacitySat: 5_000_000n, pushSat: 592_405n, blocks: 2 },
    { capacitySat: 16_000_000n, pushSat: 0n, blocks: 5 },
    { capacitySat: 16_777_215n, pushSat: 0n, blocks: 6 },
    { capacitySat: 16_000_000n, pushSat: 8_000_000n, blocks: 6 },
  ]
  const waited = []
  for (const { blocks, ...request } of rows) {
    const { network, clock, alice, bob } = pair()
    alice.fund(100_000_000n)
    alice.openChannel(bob, request)
    let count = 0
    while ((await clock.run(alice.lightning.listChannels())).length === 0 && count < 9) {
      network.mine(1)
      count++
    }
    waited.push({ ...request, blocks: count })
  }
  expect(waited).toEqual(rows)
})

test('the wallet shows change, spends only what is confirmed, and keeps the anchor reserve', async () => {
  const { network, clock, alice, bob } = pair()
  alice.openChannel(bob, { capacitySat: 1_000_000n })
  const balance = () => clock.run(alice.lightning.walletBalance())
  expect(await balance()).toMatchObject({ confirmedMsat: 0n, reservedMsat: 10_000_000n })
  expect((await balance()).unconfirmedMsat).toBe(2_000_000_000n - 1_000_000_000n - 155_000n)
  network.mine(3)
  expect((await balance()).unconfirmedMsat).toBe(0n)
  const carol = network.addNode('carol')
  const most = { capacitySat: 989_000n }
  expect(() => alice.openChannel(carol, most)).toThrow('reserved wallet balance invalidated')
  alice.openChannel(carol, { ...most, isPrivate: true })
  expect((await balance()).reservedMsat).toBe(10_000_000n)
})

test('what LND refuses is refused, and the wallet stays as it was', async () => {
  const { clock, alice, bob } = pair()
  const before = await clock.run(alice.lightning.walletBalance())
  const open = (capacitySat: bigint, more = {}) => alice.openChannel(bob, { capacitySat, ...more })
  expect(() => open(19_999n)).toThrow('at least')
  expect(() => open(16_777_216n)).toThrow('at most')
  expect(() => open(100_000n, { pushSat: 100_000n })).toThrow('pushed')
  expect(() => open(2_000_000n)).toThrow('not enough')
  bob.stop()
  expect(() => open(100_000n)).toThrow('not connected')
  bob.start()
  await clock.advance(1000)
  alice.setSynced(false)
  expect(() => open(100_000n)).toThrow('fully synced')
  alice.setSynced(true)
  expect(await clock.run(alice.lightning.walletBalance())).toEqual(before)
  alice.fund(2_000_000n)
  open(100_000n)
  expect(() => open(100_000n)).toThrow('pending channels')
})

test('a canceled funding gives everything back, and both ends list it', async () => {
  const { network, clock, alice, bob, total } = pair()
  const before = await clock.run(alice.lightning.walletBalance())
  const channelPoint = alice.openChannel(bob, { capacitySat: 1_000_000n })
  network.cancelFunding(channelPoint)
  expect(await clock.run(alice.lightning.walletBalance())).toEqual(before)
  for (const node of [alice, bob]) {
    expect(await clock.run(node.lightning.listPendingChannels())).toEqual([])
    expect(await clock.run(node.lightning.listClosedChannels())).toMatchObject([
      { channelPoint, closeType: 'funding-canceled' },
    ])
  }
  network.mine(6)
  expect(await clock.run(alice.lightning.listChannels())).toEqual([])
  expect(await clock.run(alice.lightning.walletBalance())).toEqual(before)
  expect(total()).toBe(0n)
})
