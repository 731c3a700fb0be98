import { expect, test } from 'vitest'
import { createSimulatedNetwork } from '../../src/index.ts'
import { readAddress } from '../../src/network/read-address.ts'

test('blocks that are gone without others in their place are told, and so is the same output again', async () => {
  const network = createSimulatedNetwork({ seed: 5 })
  const { clock } = network
  const alice = network.addNode('alice')
  const address = await clock.run(alice.lightning.onchain!.newAddress('taproot'))
  const script = Buffer.from(readAddress(address, 'regtest')!).toString('hex')
  const ending = new AbortController()
  const watched = { script, confirmations: 1, fromHeight: network.blockHeight }
  const watch = alice.lightning
    .chain!.watchConfirmation(watched, ending.signal)
    [Symbol.asyncIterator]()
  const next = async (): Promise<unknown> => {
    const { value } = await clock.run(watch.next())
    return value?.kind === 'confirmed' ? value.blockHeight : value?.kind
  }
  const first = next()
  await clock.advance(100)
  network.payOnChain(address, 50_000n)
  network.mine()
  const height = network.blockHeight
  expect(await first).toBe(height)
  network.reorganize(1, { newBlocks: 0 })
  expect(network.blockHeight).toBe(height - 1)
  expect(await next()).toBe('reorganized')
  network.mine()
  expect(await next()).toBe(height)
  ending.abort()
  expect((await clock.run(watch.next())).done).toBe(true)
})

test('a node that does not see new blocks tells nothing of them', async () => {
  const network = createSimulatedNetwork({ seed: 6 })
  const { clock } = network
  const alice = network.addNode('alice')
  const address = await clock.run(alice.lightning.onchain!.newAddress('taproot'))
  const script = Buffer.from(readAddress(address, 'regtest')!).toString('hex')
  const ending = new AbortController()
  const watched = { script, confirmations: 1, fromHeight: network.blockHeight }
  const seen: string[] = []
  const watch = async (): Promise<void> => {
    const events = alice.lightning.chain!.watchConfirmation(watched, ending.signal)
    for await (const { kind } of events) seen.push(kind)
  }
  const early = watch()
  await clock.advance(100)
  alice.setSynced(false)
  network.payOnChain(address, 50_000n)
  network.mine()
  const late = watch()
  await clock.advance(100)
  expect(seen).toEqual([])
  alice.setSynced(true)
  await clock.advance(100)
  expect(seen).toEqual(['confirmed', 'confirmed'])
  ending.abort()
  await Promise.all([early, late])
})

test('of two channels to the payee the one is taken that may be, though the other is as good', async () => {
  const network = createSimulatedNetwork({ seed: 7 })
  const { clock } = network
  const [alice, bob] = [network.addNode('alice'), network.addNode('bob')]
  network.establishChannel({ from: alice, to: bob, capacitySat: 5_000_000n })
  network.establishChannel({ from: alice, to: bob, capacitySat: 3_000_000n })
  const channels = await clock.run(alice.lightning.listChannels())
  for (const { channelId } of channels) {
    const { paymentRequest } = bob.createInvoice({ amountMsat: 1_000_000_000n })
    const payment = {
      paymentRequest,
      feeLimitMsat: 0n,
      timeoutSeconds: 60,
      outgoingChannels: [channelId],
    }
    const updates = await clock.run(
      (async () => {
        const all = []
        for await (const update of alice.lightning.pay(payment)) all.push(update)
        return all
      })(),
    )
    const last = updates.at(-1)!
    expect(last.state).toBe('succeeded')
    expect(last.htlcs.map(({ firstChannelId }) => firstChannelId)).toEqual([channelId])
  }
})
