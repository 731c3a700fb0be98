import type { ChannelHint, ClosedChannel } from '@payment-node/core'
import { expect, test } from 'vitest'
import { createSimulatedNetwork, type SimulatedNode } from '../../src/index.ts'
import { negotiateCloseFee } from '../../src/network/negotiate-close-fee.ts'

function pair() {
  const network = createSimulatedNetwork({ seed: 1 })
  const { clock } = network
  const alice = network.addNode('alice')
  const bob = network.addNode('bob')
  const channelPoint = network.establishChannel({
    from: alice,
    to: bob,
    capacitySat: 1_000_000n,
    pushSat: 400_000n,
  })
  /** In which lists the channel is, from the node's own calls. */
  const lists = async (node: SimulatedNode): Promise<string> => {
    const { lightning } = node
    const open = await clock.run(lightning.listChannels())
    const pending = await clock.run(lightning.listPendingChannels())
    const closed = await clock.run(lightning.listClosedChannels())
    return [
      ...open.map(({ isActive }) => (isActive ? 'active' : 'inactive')),
      ...pending.map(({ state }) => state),
      ...closed.map(({ closeType, closedBy }) => `${closeType} by ${closedBy}`),
    ].join(', ')
  }
  const timeline = async (node: SimulatedNode, blocks: number): Promise<string[]> => {
    const seen = [await lists(node)]
    for (let block = 0; block < blocks; block++) {
      network.mine()
      await clock.advance(100)
      seen.push(await lists(node))
    }
    return seen
  }
  const total = () => {
    const { issuedMsat, channelsMsat, walletsMsat, feesMsat } = network.audit()
    return channelsMsat + walletsMsat + feesMsat - issuedMsat
  }
  return { network, clock, alice, bob, channelPoint, lists, timeline, total }
}

function watchClosed(node: SimulatedNode): ClosedChannel[] {
  const closed: ClosedChannel[] = []
  const reading = async (): Promise<void> => {
    const hints: AsyncIterable<ChannelHint> = node.lightning.watchChannels(
      new AbortController().signal,
    )
    for await (const hint of hints) if (hint.kind === 'closed') closed.push(hint.channel)
  }
  reading().catch(() => {})
  return closed
}

test('cooperative: closing until three confirmations, told at the first', async () => {
  const { network, clock, alice, bob, channelPoint, timeline, total } = pair()
  const told = [watchClosed(alice), watchClosed(bob)]
  await clock.advance(10)
  alice.closeChannel(channelPoint)
  await clock.advance(100)
  network.mine()
  await clock.advance(100)
  expect(told.map(({ length }) => length)).toEqual([1, 1])
  expect(await timeline(alice, 2)).toEqual(['closing', 'closing', 'cooperative by us'])
  expect(await timeline(bob, 0)).toEqual(['cooperative by peer'])
  expect(told.map(({ length }) => length)).toEqual([1, 1])
  const { confirmedMsat } = await clock.run(bob.lightning.walletBalance())
  expect(confirmedMsat).toBe(400_000_000n)
  expect(total()).toBe(0n)
})

test('cooperative, asked for by both ends', async () => {
  const { clock, alice, bob, channelPoint, timeline } = pair()
  alice.closeChannel(channelPoint)
  bob.closeChannel(channelPoint)
  await clock.advance(100)
  expect((await timeline(alice, 3)).at(-1)).toBe('cooperative by both')
  expect((await timeline(bob, 0)).at(-1)).toBe('cooperative by both')
})

test('cooperative, and forced by the other end while it waits: wanted by both for that end only', async () => {
  const { clock, alice, bob, channelPoint, timeline } = pair()
  alice.closeChannel(channelPoint)
  await clock.advance(100)
  await clock.run(bob.lightning.opener!.close({ channelPoint, isForce: true }))
  expect((await timeline(bob, 3)).at(-1)).toBe('cooperative by both')
  expect((await timeline(alice, 0)).at(-1)).toBe('cooperative by us')
})

test('forced by us: waits, matures for 144 blocks, is swept, and only then listed', async () => {
  const { clock, alice, channelPoint, timeline, lists, network, total } = pair()
  const told = watchClosed(alice)
  await clock.advance(10)
  alice.closeChannel(channelPoint, { kind: 'force' })
  expect(await timeline(alice, 3)).toEqual(['closing', 'closing', 'closing', 'force-closing'])
  expect(told).toMatchObject([{ closeType: 'local-force', closedBy: 'us' }])
  const [pending] = await clock.run(alice.lightning.listPendingChannels())
  // Confirmed two blocks ago; our own output waits for 144.
  expect(pending!.maturityHeight).toBe(network.blockHeight - 2 + 144)
  // The sweep goes out one block before, and may be in the block of that height.
  network.mine(pending!.maturityHeight! - network.blockHeight - 1)
  await clock.advance(100)
  expect(await lists(alice)).toBe('force-closing')
  network.mine()
  await clock.advance(100)
  expect(await lists(alice)).toBe('local-force by us')
  expect(told.length).toBe(1)
  expect(total()).toBe(0n)
})

test('forced by the peer: listed active until its third confirmation, then swept at once', async () => {
  const { clock, alice, bob, channelPoint, timeline, total } = pair()
  const told = watchClosed(alice)
  await clock.advance(10)
  bob.closeChannel(channelPoint, { kind: 'force' })
  expect(await timeline(alice, 4)).toEqual([
    'active',
    'active',
    'active',
    'force-closing',
    'remote-force by peer',
  ])
  expect(told).toMatchObject([{ closeType: 'remote-force', closedBy: 'peer' }])
  expect(total()).toBe(0n)
})

test('what is sent into a channel that the peer has closed hangs until we believe it', async () => {
  const { network, clock, alice, bob, channelPoint, total } = pair()
  bob.closeChannel(channelPoint, { kind: 'force' })
  const { paymentRequest, paymentHash } = bob.createInvoice({ amountMsat: 1_000_000n })
  const paying = alice.pay(paymentRequest)
  const states: (string | undefined)[] = []
  for (let block = 0; block < 3; block++) {
    await clock.advance(1000)
    states.push(alice.findPayment(paymentHash)?.state)
    network.mine(1)
  }
  expect(states).toEqual(['in-flight', 'in-flight', 'in-flight'])
  const paid = await clock.run(paying)
  expect(paid).toMatchObject({ state: 'failed', failure: 'insufficient-balance' })
  expect(total()).toBe(0n)
})

test('forced, an end without an output of its own is done at the third confirmation', async () => {
  const { network, clock, alice, total } = pair()
  const bob = network.addNode('bert')
  const size = { capacitySat: 1_000_000n, pushSat: 300n }
  const channelPoint = network.establishChannel({ from: alice, to: bob, ...size })
  alice.closeChannel(channelPoint, { kind: 'force' })
  await clock.advance(100)
  network.mine(3)
  await clock.advance(100)
  const [closed] = await clock.run(bob.lightning.listClosedChannels())
  expect(closed).toMatchObject({ channelPoint, closeType: 'remote-force', settledMsat: 0n })
  expect(closed?.claims ?? []).toEqual([])
  expect(await clock.run(alice.lightning.listPendingChannels())).toMatchObject([
    { channelPoint, state: 'force-closing' },
  ])
  expect(total()).toBe(0n)
})

test('breach: listed active for two blocks, in no list at the third, resolved at the fourth', async () => {
  const { clock, alice, bob, channelPoint, timeline, total } = pair()
  const told = watchClosed(alice)
  await clock.advance(10)
  bob.closeChannel(channelPoint, { kind: 'breach' })
  expect(await timeline(alice, 4)).toEqual(['active', 'active', 'active', '', 'breach by peer'])
  expect(told).toMatchObject([{ closeType: 'breach', closedBy: 'peer' }])
  const won = (await clock.run(alice.lightning.walletBalance())).confirmedMsat
  const lost = (await clock.run(bob.lightning.walletBalance())).confirmedMsat
  expect(won).toBeGreaterThan(990_000_000n)
  expect(lost).toBe(0n)
  expect(total()).toBe(0n)
})

test('breach while the victim sleeps for longer than the delay: the cheater has its old balance', async () => {
  const { network, clock, alice, bob, channelPoint, total } = pair()
  alice.stop()
  bob.closeChannel(channelPoint, { kind: 'breach', revokedSat: 900_000n })
  network.mine(150)
  await clock.advance(100)
  alice.start()
  await clock.advance(2000)
  network.mine(2)
  await clock.advance(100)
  const { confirmedMsat } = await clock.run(bob.lightning.walletBalance())
  expect(confirmedMsat).toBeGreaterThan(890_000_000n)
  expect(total()).toBe(0n)
})

test('a larger channel needs more confirmations: 6 times its part of 16 777 215 sat', async () => {
  const network = createSimulatedNetwork({ seed: 2 })
  const [alice, bob] = [network.addNode('alice'), network.addNode('bob')]
  const needed: number[] = []
  for (const capacitySat of [1_000_000n, 11_184_811n, 16_777_215n]) {
    const channelPoint = network.establishChannel({ from: alice, to: bob, capacitySat })
    alice.closeChannel(channelPoint)
    await network.clock.advance(100)
    let blocks = 0
    const isListed = async () => {
      const closed = await network.clock.run(alice.lightning.listClosedChannels())
      return closed.some((one) => one.channelPoint === channelPoint)
    }
    while (!(await isListed())) {
      network.mine()
      blocks++
    }
    needed.push(blocks)
  }
  expect(needed).toEqual([3, 4, 6])
})

test('a close that pays too little waits in the mempool until the feerate falls', async () => {
  const { network, clock, alice, channelPoint, lists } = pair()
  network.setFeerate(5)
  alice.closeChannel(channelPoint, { satPerVbyte: 5 })
  await clock.advance(100)
  network.setFeerate(20)
  network.mine(10)
  expect(await lists(alice)).toBe('closing')
  expect(network.waitingTransactions).toMatchObject([{ satPerVbyte: 5 }])
  network.setFeerate(5)
  network.mine(3)
  expect(await lists(alice)).toBe('cooperative by us')
})

test('two ends with other feerates in mind agree between them', () => {
  // Seen between two LNDs: 965 sat asked for by one, 195 thought right by the other.
  expect(negotiateCloseFee([965n, 195n])).toBe(376n)
  expect(negotiateCloseFee([195n, 965n])).toBe(376n)
  expect(negotiateCloseFee([965n, 965n])).toBe(965n)
  // Within 30 % the other one's is taken.
  expect(negotiateCloseFee([1000n, 1300n])).toBe(1300n)
  expect(negotiateCloseFee([1000n, 1301n])).toBe(1100n)
  // The opener offers at most three times what it thinks right.
  expect(negotiateCloseFee([195n, 3474n])).toBe(undefined)
  expect(negotiateCloseFee([3474n, 195n])).toBeGreaterThan(0n)
})

test('a close is refused while the peer is offline, unless it is forced', async () => {
  const { alice, bob, channelPoint } = pair()
  bob.stop()
  expect(() => alice.closeChannel(channelPoint)).toThrow('offline')
  alice.closeChannel(channelPoint, { kind: 'force' })
  expect(() => alice.closeChannel(channelPoint, { kind: 'force' })).toThrow('cannot close')
})
