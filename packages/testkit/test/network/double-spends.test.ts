import { expect, test } from 'vitest'
import { managedPair, missingMsat } from './managed-pair.ts'

const transactionIdOf = (outpoint: string): string => outpoint.split(':')[0]!

test('an evicted funding still counts for the wallet, and publishing brings it back', async () => {
  const { network, clock, open, onchain, coins, lists } = await managedPair()
  const channelPoint = await open()
  const before = await coins()
  network.setMempoolMinimum(6)
  expect(network.waitingTransactions).toEqual([])
  const listed = await clock.run(onchain.transactions(0))
  const funding = listed.find((one) => one.transactionId === transactionIdOf(channelPoint))!
  expect(await coins()).toEqual(before)
  const publish = () => clock.run(onchain.publish(funding.rawTransaction, 'again'))
  await expect(publish()).rejects.toMatchObject({ details: { reason: 'fee-too-low' } })
  network.mine(10)
  expect(await lists()).toEqual(['opening'])
  network.setMempoolMinimum(0)
  await publish()
  expect(network.waitingTransactions).toMatchObject([{ id: funding.transactionId }])
  network.mine(6)
  expect(await lists()).toEqual(['active'])
  expect(missingMsat(network)).toBe(0n)
})

test('LND hands what was evicted to the network again with the next block', async () => {
  const { network, open } = await managedPair()
  const id = transactionIdOf(await open())
  network.evict(id)
  expect(() => network.evict(id)).toThrow('does not wait')
  network.mine(1)
  expect(network.waitingTransactions).toMatchObject([{ id }])
})

test('an opening whose coin was spent elsewhere stays pending for ever, and can be abandoned', async () => {
  const { network, clock, alice, opener, onchain, open, lists } = await managedPair()
  const [coin] = await clock.run(onchain.unspent())
  const channelPoint = await open({ outpoints: [coin!.outpoint] })
  const before = await clock.run(onchain.transactions(0))
  const funding = before.find((one) => one.transactionId === transactionIdOf(channelPoint))!
  const rival = network.doubleSpend(coin!.outpoint)
  expect(missingMsat(network)).toBe(0n)
  const after = await clock.run(onchain.transactions(0))
  expect(after.find((one) => one.transactionId === funding.transactionId)).toBe(undefined)
  expect(after.find((one) => one.transactionId === rival)).toMatchObject({
    spends: [coin!.outpoint],
    confirmations: 1,
  })
  const publish = clock.run(onchain.publish(funding.rawTransaction, 'again'))
  await expect(publish).rejects.toMatchObject({ details: { reason: 'input-spent' } })
  network.mine(30)
  expect(await lists()).toEqual(['opening'])
  await clock.run(opener.abandon(channelPoint))
  expect(await lists()).toEqual(['abandoned'])
  expect((await clock.run(alice.lightning.walletBalance())).reservedMsat).toBe(0n)
  expect(missingMsat(network)).toBe(0n)
})

test('the end that did not open forgets the channel after two weeks of blocks', async () => {
  const { network, clock, alice, bob, onchain, open, lists } = await managedPair()
  const [coin] = await clock.run(onchain.unspent())
  await open({ outpoints: [coin!.outpoint] })
  network.doubleSpend(coin!.outpoint)
  const expiry = async () =>
    (await clock.run(alice.lightning.listPendingChannels()))[0]!.fundingExpiryBlocks
  expect(await expiry()).toBe(2016)
  network.mine(2015)
  expect(await lists(bob)).toEqual(['opening'])
  network.mine(1)
  expect(await lists(bob)).toEqual(['funding-canceled'])
  network.mine(1)
  expect(await expiry()).toBe(-1)
  expect(await lists(alice)).toEqual(['opening'])
})

test('a coin that nothing waits with can be spent elsewhere; a coin in a confirmed funding cannot', async () => {
  const { network, clock, onchain, open } = await managedPair()
  const [first, second] = await clock.run(onchain.unspent())
  network.doubleSpend(first!.outpoint)
  expect((await clock.run(onchain.unspent())).length).toBe(2)
  await open({ outpoints: [second!.outpoint] })
  network.mine(1)
  expect(() => network.doubleSpend(second!.outpoint)).toThrow('reorganize first')
  network.reorganize(1)
  network.doubleSpend(second!.outpoint)
  expect(missingMsat(network)).toBe(0n)
})

test('what was paid out of a channel dies with its funding', async () => {
  const { network, clock, alice, bob, onchain, open } = await managedPair()
  const [coin] = await clock.run(onchain.unspent())
  const channelPoint = await open({ outpoints: [coin!.outpoint] })
  network.mine(3)
  await clock.advance(3_000)
  await clock.run(alice.pay(bob.createInvoice({ amountMsat: 100_000_000n }).paymentRequest))
  alice.closeChannel(channelPoint)
  await clock.advance(200)
  network.mine(1)
  expect((await clock.run(bob.lightning.walletBalance())).confirmedMsat).toBe(100_000_000n)
  network.reorganize(5)
  network.doubleSpend(coin!.outpoint)
  const balance = await clock.run(bob.lightning.walletBalance())
  expect(balance).toMatchObject({ confirmedMsat: 0n, unconfirmedMsat: 0n })
  expect(missingMsat(network)).toBe(0n)
})

test('an open is answered although the network did not take its funding; later blocks may', async () => {
  const { network, clock, onchain, open, coins, lists } = await managedPair()
  network.setMempoolMinimum(50)
  const [coin] = await coins()
  const channelPoint = await open({ outpoints: [coin!.outpoint] })
  expect(await lists()).toEqual(['opening'])
  const isCoinFree = async () => (await coins()).some(({ outpoint }) => outpoint === coin!.outpoint)
  const isListed = async () =>
    (await clock.run(onchain.transactions(0))).some(
      ({ transactionId }) => transactionId === transactionIdOf(channelPoint),
    )
  // The wallet knows nothing of the transaction; its lock ends after ten minutes.
  expect([await isCoinFree(), await isListed()]).toEqual([false, false])
  await clock.advance(600_000)
  expect([await isCoinFree(), await isListed()]).toEqual([true, false])
  expect(missingMsat(network)).toBe(0n)
  network.setMempoolMinimum(0)
  network.mine(1)
  expect([await isCoinFree(), await isListed()]).toEqual([false, true])
  network.mine(6)
  expect(await lists()).toEqual(['active'])
  expect(missingMsat(network)).toBe(0n)
})

test('nothing is in a block or in the mempool before what it spends', async () => {
  const { network, clock, onchain, open, lists } = await managedPair()
  const [coin] = await clock.run(onchain.unspent())
  const cheap = network.doubleSpend(coin!.outpoint)
  network.mine(1)
  const channelPoint = await open({ satPerVbyte: 50, outpoints: [`${cheap}:0`] })
  network.mine(1)
  network.reorganize(3)
  // The child alone would pay for a block, and not for its parent too.
  network.setFeerate(40)
  network.mine(3)
  const waiting = () => network.waitingTransactions.map(({ id }) => id)
  expect(waiting().sort()).toEqual([cheap, transactionIdOf(channelPoint)].sort())
  const listed = await clock.run(onchain.transactions(0))
  const funding = listed.find((one) => one.transactionId === transactionIdOf(channelPoint))!
  network.evict(cheap)
  expect(waiting()).toEqual([])
  const publish = clock.run(onchain.publish(funding.rawTransaction, 'again'))
  await expect(publish).rejects.toMatchObject({ details: { reason: 'input-missing' } })
  network.setFeerate(1)
  const parent = listed.find((one) => one.transactionId === cheap)!
  await clock.run(onchain.publish(parent.rawTransaction, 'again'))
  await clock.run(onchain.publish(funding.rawTransaction, 'again'))
  network.mine(6)
  expect(waiting()).toEqual([])
  expect(await lists()).toEqual(['active'])
  expect(missingMsat(network)).toBe(0n)
})

test('an abandoned opening that no mempool had is never published, and its coin is free again', async () => {
  const { network, clock, opener, onchain, open, coins } = await managedPair()
  network.setMempoolMinimum(50)
  const [coin] = await coins()
  const channelPoint = await open({ outpoints: [coin!.outpoint] })
  await clock.run(opener.abandon(channelPoint))
  network.setMempoolMinimum(0)
  network.mine(2)
  const listed = await clock.run(onchain.transactions(0))
  expect(listed.map(({ transactionId }) => transactionId)).not.toContain(
    transactionIdOf(channelPoint),
  )
  await clock.advance(600_000)
  expect((await coins()).map(({ outpoint }) => outpoint)).toContain(coin!.outpoint)
})
