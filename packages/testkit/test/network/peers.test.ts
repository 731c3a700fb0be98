import { expect, test } from 'vitest'
import { createSimulatedNetwork } from '../../src/index.ts'
import { managedPair, missingMsat } from './managed-pair.ts'

test('only who is connected takes channels; a restart ends connections without channels', async () => {
  const { clock, alice, bob, open } = await managedPair()
  expect(alice.peers).toEqual([bob.publicKey])
  bob.restart()
  await clock.advance(5_000)
  expect(alice.peers).toEqual([])
  await expect(open()).rejects.toMatchObject({ details: { reason: 'peer-offline' } })
})

test('peers with a channel connect again by themselves', async () => {
  const { network, clock, alice, bob, open, lists } = await managedPair()
  await open()
  network.mine(6)
  for (const interrupt of [
    () => bob.restart(),
    () => alice.disconnect(bob),
    () => {
      bob.setReachable(false)
      bob.setReachable(true)
    },
  ]) {
    interrupt()
    expect(await lists()).toEqual(['inactive'])
    await clock.advance(1_500)
    expect(await lists()).toEqual(['active'])
  }
})

test('who cannot be reached runs on, and is inactive for as long as it takes', async () => {
  const { network, clock, alice, bob, opener, open, lists } = await managedPair()
  await open()
  network.mine(6)
  bob.setReachable(false)
  await clock.advance(86_400_000)
  expect(await lists()).toEqual(['inactive'])
  expect(await lists(bob)).toEqual(['inactive'])
  const connect = clock.run(opener.connect(bob.publicKey, bob.address))
  await expect(connect).rejects.toMatchObject({ details: { reason: 'peer-unreachable' } })
  alice.restart()
  await clock.advance(5_000)
  expect(await lists()).toEqual(['inactive'])
  bob.setReachable(true)
  await clock.advance(1_500)
  expect(await lists()).toEqual(['active'])
})

test('a peer that never answers a connect is unreachable after ten seconds', async () => {
  const { clock, bob, opener, alice } = await managedPair()
  alice.restart()
  await clock.advance(2_000)
  bob.setConduct({ isSilentOnConnect: true })
  const start = clock.monotonic()
  const connect = clock.run(opener.connect(bob.publicKey, bob.address))
  await expect(connect).rejects.toMatchObject({ details: { reason: 'peer-unreachable' } })
  expect(clock.monotonic() - start).toBeGreaterThan(10_000)
})

test('a channel without the word of the peer is open and never active; the word makes it so', async () => {
  const { network, bob, opener, clock, open, lists } = await managedPair({ withholdsReady: true })
  const channelPoint = await open()
  network.mine(6)
  expect(await lists()).toEqual(['inactive'])
  const close = clock.run(opener.close({ channelPoint, isForce: false }))
  await expect(close).rejects.toMatchObject({ details: { reason: 'peer-offline' } })
  bob.setConduct({})
  expect(await lists()).toEqual(['active'])
})

test('a channel that confirms while the peer is away is ready when it is back', async () => {
  const { network, clock, alice, bob, open, lists } = await managedPair()
  await open()
  bob.setReachable(false)
  network.mine(6)
  await clock.advance(10_000)
  const policies = () => clock.run(alice.lightning.policies!.read())
  expect([await lists(), await policies()]).toEqual([['inactive'], []])
  bob.setReachable(true)
  await clock.advance(10_000)
  expect(await lists()).toEqual(['active'])
  expect((await policies()).length).toBe(1)
})

test('a channel that one end has forgotten is inactive at the other', async () => {
  const { network, clock, opener, bob, open, lists } = await managedPair()
  const channelPoint = await open()
  network.mine(6)
  expect(await lists(bob)).toEqual(['active'])
  await clock.run(opener.abandon(channelPoint))
  expect([await lists(), await lists(bob)]).toEqual([['abandoned'], ['inactive']])
})

test('a peer that closes as soon as the channel is active', async () => {
  for (const [kind, closeType] of [
    ['cooperative', 'cooperative'],
    ['force', 'remote-force'],
  ] as const) {
    const { network, clock, alice, open } = await managedPair({ closesOnceActive: kind })
    await open()
    network.mine(6)
    await clock.advance(500)
    network.mine(10)
    await clock.advance(500)
    network.mine(10)
    expect(await clock.run(alice.lightning.listClosedChannels())).toMatchObject([
      { closeType, closedBy: 'peer' },
    ])
    expect(missingMsat(network)).toBe(0n)
  }
})

test('an abandoned channel that confirms is inactive at the peer, and its money is nobody s', async () => {
  const { network, clock, alice, bob, opener, open, lists } = await managedPair()
  const channelPoint = await open()
  await clock.run(opener.abandon(channelPoint))
  network.mine(6)
  expect(await lists(bob)).toEqual(['inactive'])
  bob.closeChannel(channelPoint, { kind: 'force' })
  network.mine(200)
  await clock.advance(200)
  network.mine(10)
  expect(await lists(alice)).toEqual(['abandoned'])
  expect(missingMsat(network)).toBe(0n)
})

test('what the graph says: public channels, announcements, and nobody else', async () => {
  const network = createSimulatedNetwork({ seed: 2 })
  const { clock } = network
  const [alice, bob, carol] = ['alice', 'bob', 'carol'].map((alias) => network.addNode(alias))
  const announced = network.addNode('hub', {
    announcement: { channels: 900, capacitySat: 10_000_000_000n, smallestChannelSat: 250_000n },
  })
  network.establishChannel({ from: alice!, to: bob!, capacitySat: 1_000_000n })
  network.establishChannel({ from: alice!, to: bob!, capacitySat: 3_000_000n })
  network.establishChannel({ from: alice!, to: carol!, capacitySat: 2_000_000n, isPrivate: true })
  const find = (node: { publicKey: string }) =>
    clock.run(alice!.lightning.graph!.findNode(node.publicKey))
  expect(await find(bob!)).toMatchObject({
    alias: 'bob',
    addresses: [bob!.address],
    channels: 2,
    capacitySat: 4_000_000n,
    smallestChannelSat: 1_000_000n,
  })
  expect(await find(carol!)).toBe(undefined)
  expect(await find(announced)).toMatchObject({ channels: 900, smallestChannelSat: 250_000n })
  announced.setAnnouncement(undefined)
  expect(await find(announced)).toBe(undefined)
})

test('a node neither connects nor opens to itself', async () => {
  const { clock, alice, opener, open } = await managedPair()
  const connect = clock.run(opener.connect(alice.publicKey, alice.address))
  await expect(connect).rejects.toMatchObject({ details: { reason: 'other' } })
  await expect(open({ peer: alice.publicKey })).rejects.toMatchObject({
    details: { reason: 'other' },
  })
})
