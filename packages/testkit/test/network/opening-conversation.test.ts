import { expect, test } from 'vitest'
import { managedPair, missingMsat } from './managed-pair.ts'

const refusedFor = (reason: string) => ({ code: 'node.refused', details: { reason } })

test('coins are locked while the two talk, and a refusal gives them back', async () => {
  const { clock, alice, opener, request, coins } = await managedPair({ refusesChannels: 'no more' })
  const wanted = await request()
  const opening = opener.open(wanted).catch((error: unknown) => error)
  await clock.advance(10)
  expect((await coins()).map(({ outpoint }) => outpoint)).not.toContain(wanted.outpoints[0])
  const { lockedMsat } = await clock.run(alice.lightning.walletBalance())
  expect(lockedMsat).toBeGreaterThan(0n)
  await expect(clock.run(opener.open(wanted))).rejects.toMatchObject(
    refusedFor('outpoints-unavailable'),
  )
  const error = await clock.run(opening)
  expect(error).toMatchObject(refusedFor('peer-refused'))
  expect(String(error)).toContain('no more')
  expect((await coins()).map(({ outpoint }) => outpoint)).toContain(wanted.outpoints[0])
})

test('a silent peer: the call ends at its deadline, the coins are free after ten minutes', async () => {
  const { network, clock, opener, request, coins, lists } = await managedPair({
    neverAnswers: 'open_channel',
  })
  const wanted = await request()
  await expect(clock.run(opener.open(wanted))).rejects.toMatchObject({
    code: 'node.unavailable',
    details: { reason: 'deadline', outcome: 'unknown' },
  })
  const isFree = async () =>
    (await coins()).some(({ outpoint }) => outpoint === wanted.outpoints[0])
  await clock.advance(400_000)
  expect(await isFree()).toBe(false)
  await clock.advance(100_000)
  expect(await isFree()).toBe(true)
  expect(await lists()).toEqual([])
  expect(missingMsat(network)).toBe(0n)
})

test('a peer that goes away in the middle: the outcome is unknown, and nothing happened', async () => {
  const { clock, bob, opener, request, coins, lists } = await managedPair()
  const wanted = await request()
  const opening = opener.open(wanted).catch((error: unknown) => error)
  await clock.advance(30)
  bob.stop()
  expect(await clock.run(opening)).toMatchObject({ details: { outcome: 'unknown' } })
  expect((await coins()).map(({ outpoint }) => outpoint)).toContain(wanted.outpoints[0])
  expect(await lists()).toEqual([])
})

test('a node that dies before the last message: its coins stay locked, the peer has a channel that it has not', async () => {
  const { clock, alice, bob, opener, request, coins, lists } = await managedPair()
  const wanted = await request()
  const opening = opener.open(wanted).catch((error: unknown) => error)
  await clock.advance(70)
  alice.restart()
  expect(await clock.run(opening)).toMatchObject({
    details: { reason: 'unreachable', outcome: 'unknown' },
  })
  expect((await coins()).map(({ outpoint }) => outpoint)).not.toContain(wanted.outpoints[0])
  expect(await lists()).toEqual([])
  await clock.advance(600_000)
  await clock.run(opener.connect(bob.publicKey, bob.address))
  await expect(clock.run(opener.open(wanted))).rejects.toMatchObject(refusedFor('too-many-pending'))
})

test('a lost reply leaves the channel, with its memo, and its coins cannot fund another', async () => {
  const { clock, alice, opener, request, lists } = await managedPair()
  const wanted = await request({ memo: 'intent-9' })
  alice.faults.once('openChannel', 'after-effect', { outcome: 'unknown' })
  await expect(clock.run(opener.open(wanted))).rejects.toMatchObject({
    details: { outcome: 'unknown' },
  })
  expect(await lists()).toEqual(['opening'])
  expect(await clock.run(alice.lightning.listPendingChannels())).toMatchObject([
    { memo: 'intent-9' },
  ])
  await expect(clock.run(opener.open(wanted))).rejects.toMatchObject(
    refusedFor('outpoints-unavailable'),
  )
})

test('a caller who gives up does not stop the node', async () => {
  const { clock, opener, request, lists } = await managedPair()
  const leaving = new AbortController()
  const opening = opener.open(await request(), leaving.signal).catch((error: unknown) => error)
  await clock.advance(40)
  leaving.abort()
  expect(await clock.run(opening)).toMatchObject({
    details: { reason: 'deadline', outcome: 'unknown' },
  })
  await clock.advance(200)
  expect(await lists()).toEqual(['opening'])
})

test('a caller who gives up on a silent peer need not wait', async () => {
  const { clock, opener, request } = await managedPair({ neverAnswers: 'open_channel' })
  const leaving = new AbortController()
  const opening = opener.open(await request(), leaving.signal).catch((error: unknown) => error)
  await clock.advance(40)
  leaving.abort()
  const start = clock.monotonic()
  expect(await clock.run(opening)).toMatchObject({ details: { outcome: 'unknown' } })
  expect(clock.monotonic() - start).toBeLessThan(1_000)
})

test('a lost connection to the node loses the reply of an open that goes on', async () => {
  const { clock, alice, opener, request, lists } = await managedPair()
  const opening = opener.open(await request()).catch((error: unknown) => error)
  await clock.advance(40)
  alice.faults.cutStreams()
  expect(await clock.run(opening)).toMatchObject({ details: { outcome: 'unknown' } })
  await clock.advance(200)
  expect(await lists()).toEqual(['opening'])
})

test('of chosen coins only as many are spent as it takes, the largest first', async () => {
  const { clock, onchain, open, coins } = await managedPair()
  const all = await coins()
  const channelPoint = await open({ outpoints: all.map(({ outpoint }) => outpoint) })
  const largest = all.find(({ amountSat }) => amountSat === 800_000n)!
  const listed = await clock.run(onchain.transactions(0))
  const funding = listed.find((one) => channelPoint.startsWith(one.transactionId))
  expect(funding?.spends).toEqual([largest.outpoint])
})

test('a fee of more than a fifth is refused, and dust is left to the miners', async () => {
  const { clock, alice, onchain, open, coins } = await managedPair()
  await expect(open({ capacitySat: 20_000n, satPerVbyte: 1_000 })).rejects.toThrow('max fee')
  const [coin] = (await coins()).filter(({ amountSat }) => amountSat === 700_000n)
  await open({ capacitySat: 699_200n, outpoints: [coin!.outpoint] })
  const transactions = await clock.run(onchain.transactions(0))
  expect(transactions.at(-1)).toMatchObject({ feeSat: 800n, amountSat: -700_000n })
  expect((await clock.run(alice.lightning.walletBalance())).unconfirmedMsat).toBe(0n)
})

test('an opening that is closed by force waits for its own funding, and gives its money back', async () => {
  const { network, clock, alice, opener, open, lists } = await managedPair()
  const channelPoint = await open()
  const close = () => clock.run(opener.close({ channelPoint, isForce: true }))
  const { closingTransaction } = await close()
  expect(closingTransaction).toMatch(/^[0-9a-f]{64}$/)
  expect(await close()).toEqual({ closingTransaction })
  expect(await lists()).toEqual(['closing'])
  network.mine(200)
  await clock.advance(200)
  network.mine(1)
  expect(await lists()).toEqual(['local-force'])
  const [closed] = await clock.run(alice.lightning.listClosedChannels())
  expect(closed).toMatchObject({ closingTransaction, claims: [{ kind: 'balance' }] })
  expect(missingMsat(network)).toBe(0n)
})

test('LND calls the coins of a funding locked until a block has it, ten minutes at most', async () => {
  const { network, clock, alice, open, coins } = await managedPair()
  const locked = async () => (await clock.run(alice.lightning.walletBalance())).lockedMsat
  const [first, second] = await coins()
  await open({ outpoints: [first!.outpoint] })
  expect(await locked()).toBe(first!.amountSat * 1000n)
  network.mine(1)
  expect(await locked()).toBe(0n)
  await open({ outpoints: [second!.outpoint] })
  expect(await locked()).toBe(second!.amountSat * 1000n)
  await clock.advance(600_000)
  expect(await locked()).toBe(0n)
})
