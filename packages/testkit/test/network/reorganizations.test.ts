import { expect, test } from 'vitest'
import { managedPair, missingMsat } from './managed-pair.ts'

test('nodes go down to the fork and up with the new blocks, and the new chain is longer', async () => {
  const { network, clock, alice } = await managedPair()
  const height = async () => (await clock.run(alice.lightning.getInfo())).blockHeight
  const before = await height()
  network.reorganize(3, { newBlocks: 0 })
  expect(await height()).toBe(before - 3)
  network.mine(4)
  expect(await height()).toBe(before + 1)
  network.reorganize(6)
  expect(await height()).toBe(before + 2)
  expect(() => network.reorganize(7)).toThrow(RangeError)
  expect(() => network.reorganize(0)).toThrow(RangeError)
})

test('an opening goes back to where it was, and opens with the id of its new block', async () => {
  const { network, clock, alice, openLarge, lists, onchain } = await managedPair()
  const channelPoint = await openLarge()
  network.mine(2)
  network.reorganize(2)
  expect(await lists()).toEqual(['opening'])
  const [transactionId] = channelPoint.split(':')
  const funding = async () => {
    const all = await clock.run(onchain.transactions(0))
    return all.find((one) => one.transactionId === transactionId)
  }
  expect(await funding()).toMatchObject({
    confirmations: 0,
    label: expect.stringMatching(/^0:open/),
  })
  expect(network.waitingTransactions).toMatchObject([{ id: transactionId }])
  network.mine(1)
  const { blockHeight } = (await funding())!
  network.mine(5)
  const [channel] = await clock.run(alice.lightning.listChannels())
  expect(BigInt(channel!.channelId) >> 40n).toBe(BigInt(blockHeight!))
  expect(missingMsat(network)).toBe(0n)
})

test('an open channel stays open and active, and nothing can be sent over it any more', async () => {
  const { network, clock, alice, bob, open, lists } = await managedPair()
  await open()
  network.mine(6)
  await clock.advance(3_000)
  const pay = async () => {
    const { paymentRequest } = bob.createInvoice({ amountMsat: 10_000_000n })
    return (await clock.run(alice.pay(paymentRequest))).state
  }
  expect(await pay()).toBe('succeeded')
  network.reorganize(6)
  expect(await lists()).toEqual(['active'])
  expect(await pay()).toBe('failed')
  network.mine(6)
  alice.restart()
  await clock.advance(3_000)
  expect(await lists()).toEqual(['active'])
  expect(await pay()).toBe('failed')
  expect(missingMsat(network)).toBe(0n)
})

test('coins of replaced blocks are unconfirmed, and cannot fund', async () => {
  const { network, clock, alice, open, coins } = await managedPair()
  alice.fund(900_000n)
  network.reorganize(1)
  const [newest] = (await coins()).filter(({ amountSat }) => amountSat === 900_000n)
  expect(newest?.confirmations).toBe(0)
  await expect(open({ outpoints: [newest!.outpoint] })).rejects.toMatchObject({
    details: { reason: 'outpoints-unavailable' },
  })
  network.mine(1)
  const { confirmedMsat } = await clock.run(alice.lightning.walletBalance())
  expect(confirmedMsat).toBe(2_400_000_000n)
})

test('a close goes back to closing, and what is closed for good stays closed', async () => {
  const { network, clock, alice, open, lists } = await managedPair()
  const channelPoint = await open()
  network.mine(6)
  alice.closeChannel(channelPoint)
  await clock.advance(200)
  network.mine(2)
  expect(await lists()).toEqual(['closing'])
  network.reorganize(3)
  expect(await lists()).toEqual(['closing'])
  expect(missingMsat(network)).toBe(0n)
  network.mine(4)
  expect(await lists()).toEqual(['cooperative'])
  network.reorganize(6)
  expect(await lists()).toEqual(['cooperative'])
  network.mine(1)
  expect(network.waitingTransactions).toEqual([])
  expect(missingMsat(network)).toBe(0n)
})

test('a force close matures from its new block on', async () => {
  const { network, clock, alice, open, lists } = await managedPair()
  const channelPoint = await open()
  network.mine(6)
  alice.closeChannel(channelPoint, { kind: 'force' })
  network.mine(4)
  const maturity = async () =>
    (await clock.run(alice.lightning.listPendingChannels()))[0]!.maturityHeight!
  const before = await maturity()
  network.reorganize(5)
  network.mine(6)
  expect(await maturity()).toBeGreaterThan(before)
  network.mine(2100)
  await clock.advance(200)
  network.mine(2)
  expect(await lists()).toEqual(['local-force'])
  expect(missingMsat(network)).toBe(0n)
})

test('who slept through a reorganization follows the new chain when he wakes', async () => {
  const { network, clock, alice, openLarge, lists } = await managedPair()
  await openLarge()
  network.mine(2)
  const { blockHeight } = await clock.run(alice.lightning.getInfo())
  alice.stop()
  network.reorganize(2, { newBlocks: 1 })
  alice.start()
  expect((await clock.run(alice.lightning.getInfo())).blockHeight).toBe(blockHeight - 1)
  expect(await lists()).toEqual(['opening'])
  alice.setSynced(false)
  network.mine(7)
  expect(await lists()).toEqual(['opening'])
  alice.setSynced(true)
  await clock.advance(2_000)
  expect(await lists()).toEqual(['active'])
})
