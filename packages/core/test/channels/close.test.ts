import { type Change, PaymentNodeError, schema } from '@payment-node/core'
import { expect, test } from 'vitest'
import { closeIntents } from '../../src/tables/channel-intents.ts'
import { channels } from '../../src/tables/channels.ts'
import { safety } from '../../src/tables/node.ts'
import { update } from '../../src/tables/table.ts'
import { type ChannelStand, openStand } from './channel-stand.ts'

const reason = 'the peer moves'

async function openReady(settings?: Parameters<typeof openStand>[0]): Promise<ChannelStand> {
  const stand = openStand(settings)
  await stand.run(stand.node.start())
  await stand.clock.advance(5000)
  return stand
}

const closeCalls = ({ calls }: ChannelStand): string[] =>
  calls.list.filter((call) => call.startsWith('closeChannel '))

async function intentOf({ rowsOf }: ChannelStand, point: string) {
  return (await rowsOf('close_intents')).find(({ channel_point }) => channel_point === point)
}

async function endOf(stand: ChannelStand): Promise<void> {
  stand.network.mine(6)
  await stand.clock.advance(40_000)
}

test('a close is written down, done, told, and followed until the channel is gone', async () => {
  for (const which of ['ours', 'theirs'] as const) {
    const stand = await openReady()
    const { node, run, clock, points } = stand
    const point = points[which]
    const intended = await run(node.channels.close(point, { reason, feerate: 3 }))
    expect(intended).toMatchObject({
      channelPoint: point,
      state: 'intended',
      says: reason,
      feerate: 3,
      isForce: false,
      isReplaced: false,
      reason: null,
      closingTransaction: null,
    })
    await clock.advance(5000)
    expect(closeCalls(stand)).toEqual([
      `closeChannel ${JSON.stringify({ channelPoint: point, isForce: false, satPerVbyte: 3 })}`,
    ])
    await clock.advance(10_000)
    expect(await intentOf(stand, point)).toMatchObject({
      state: 'closing',
      closing_transaction: expect.stringMatching(/^[0-9a-f]{64}$/),
    })
    await endOf(stand)
    expect(await intentOf(stand, point)).toMatchObject({ state: 'closed', reason: null })
    expect(closeCalls(stand)).toHaveLength(1)
    expect(await stand.told(point)).toEqual([
      'channel.active',
      'channel.close-intended',
      'channel.closing',
      'channel.closed',
    ])
    const closed = (await stand.events()).find(({ type }) => type === 'channel.closed')
    expect(closed!.data).toMatchObject({
      channel: { attribution: { cause: 'requested', verdict: 'waive', closedBy: 'us' } },
    })
    expect(await stand.rowsOf('peer_marks')).toMatchObject([{ state: 'closed-by-operator' }])
    expect((await run(node.channels.close(point, { reason: 'again' }))).state).toBe('closed')
  }
})

test('a forced close needs no peer, and the peer is not blamed', async () => {
  const stand = await openReady()
  const { node, run, clock, points, peers } = stand
  peers[0].stop()
  await clock.advance(5000)
  await run(node.channels.close(points.ours, { reason, force: true }))
  await clock.advance(5000)
  expect(await intentOf(stand, points.ours)).toMatchObject({ state: 'closing', is_force: true })
  for (let blocks = 0; blocks < 2; blocks++) {
    stand.network.mine(1000)
    await clock.advance(40_000)
  }
  expect(await intentOf(stand, points.ours)).toMatchObject({ state: 'closed' })
  expect(await stand.told()).not.toContain('peer.blacklisted')
  expect(await stand.told()).not.toContain('peer.cooled-down')
})

test('with the peer away it waits with the reason, and is done when the peer is back', async () => {
  const stand = await openReady()
  const { node, run, clock, points, peers } = stand
  peers[0].stop()
  await clock.advance(5000)
  await run(node.channels.close(points.ours, { reason }))
  await clock.advance(300_000)
  expect(await intentOf(stand, points.ours)).toMatchObject({
    state: 'intended',
    reason: 'peer-offline',
  })
  // Asked again now and then, not all the time.
  expect(closeCalls(stand).length).toBeGreaterThan(5)
  expect(closeCalls(stand).length).toBeLessThan(15)
  peers[0].start()
  await clock.advance(60_000)
  expect(await intentOf(stand, points.ours)).toMatchObject({ state: 'closing', reason: null })
})

test('what waits for its peer is forced when the operator says so, at once', async () => {
  const stand = await openReady()
  const { node, run, clock, points, peers } = stand
  peers[0].stop()
  await clock.advance(5000)
  const first = await run(node.channels.close(points.ours, { reason, feerate: 2 }))
  await clock.advance(31_000)
  const second = await run(node.channels.close(points.ours, { reason: 'enough', force: true }))
  expect(second).toMatchObject({ isForce: true, feerate: null, createdAt: first.createdAt })
  await clock.advance(3000)
  expect(await intentOf(stand, points.ours)).toMatchObject({ state: 'closing', says: 'enough' })
  // Without `force` it is not taken back.
  expect(await run(node.channels.close(points.ours, { reason }))).toMatchObject({ isForce: true })
})

test('an agreement that the peer does not end can be forced, too', async () => {
  const stand = await openReady()
  const { node, run, clock, points, peers, lnd } = stand
  const held = peers[0].createHoldInvoice({ amountMsat: 50_000_000n })
  void lnd.pay(held.paymentRequest)
  await clock.advance(1000)
  // Agreed on by hand; the closing transaction is made when the payment is off.
  lnd.closeChannel(points.ours)
  await clock.advance(5000)
  expect(await run(node.channels.close(points.ours, { reason }))).toMatchObject({
    state: 'closing',
    reason: 'under-way',
  })
  await run(node.channels.close(points.ours, { reason, force: true }))
  await clock.advance(5000)
  expect(closeCalls(stand).at(-1)).toContain('"isForce":true')
  expect(await intentOf(stand, points.ours)).toMatchObject({
    state: 'closing',
    closing_transaction: expect.any(String),
  })
})

test('a peer that goes while it agrees keeps nobody from forcing', async () => {
  const stand = await openReady()
  const { node, run, clock, points, peers, calls } = stand
  calls.strike = (call, moment) => {
    if (call !== 'closeChannel' || moment !== 'before-effect') return
    // The call goes on waiting for the peer.
    void clock.sleep(10).then(() => peers[0].stop())
  }
  await run(node.channels.close(points.ours, { reason }))
  await clock.advance(5000)
  calls.strike = () => undefined
  expect(closeCalls(stand)).toHaveLength(1)
  expect(await intentOf(stand, points.ours)).toMatchObject({ closing_transaction: null })
  await run(node.channels.close(points.ours, { reason, force: true }))
  await clock.advance(5000)
  expect(closeCalls(stand)).toHaveLength(2)
  expect(await intentOf(stand, points.ours)).toMatchObject({
    state: 'closing',
    is_force: true,
    closing_transaction: expect.any(String),
  })
})

test('a close that is agreed on, whose reply was lost, is followed, and can be forced', async () => {
  await closeLost(true)
  await closeLost(false)
})

async function closeLost(isPeerBack: boolean): Promise<void> {
  const stand = await openReady()
  const { node, run, clock, points, peers, calls } = stand
  calls.strike = (call, moment) => {
    if (call !== 'closeChannel') return
    if (moment === 'before-effect') void clock.sleep(10).then(() => peers[0].stop())
  }
  await run(node.channels.close(points.ours, { reason }))
  await clock.advance(1000)
  await run(node.stop())
  calls.strike = () => undefined
  const next = stand.open()
  await run(next.node.start())
  await clock.advance(20_000)
  // Found agreed on, in LND's list.
  expect(await intentOf(stand, points.ours)).toMatchObject({
    state: 'closing',
    closing_transaction: null,
  })
  if (isPeerBack) {
    peers[0].start()
    await clock.advance(20_000)
    expect(await intentOf(stand, points.ours)).toMatchObject({
      state: 'closing',
      is_force: false,
      closing_transaction: expect.any(String),
    })
    return
  }
  await run(next.node.channels.close(points.ours, { reason, force: true }))
  await clock.advance(5000)
  expect(await intentOf(stand, points.ours)).toMatchObject({
    state: 'closing',
    is_force: true,
    closing_transaction: expect.any(String),
  })
}

test('payments under way are waited for', async () => {
  const stand = await openReady()
  const { node, run, clock, points, peers, lnd } = stand
  const held = peers[0].createHoldInvoice({ amountMsat: 50_000_000n })
  void lnd.pay(held.paymentRequest)
  await clock.advance(1000)
  await run(node.channels.close(points.ours, { reason }))
  await clock.advance(60_000)
  expect(await intentOf(stand, points.ours)).toMatchObject({
    state: 'intended',
    reason: 'htlcs-pending',
  })
  peers[0].settleHold(held.paymentHash)
  await clock.advance(60_000)
  expect(await intentOf(stand, points.ours)).toMatchObject({ state: 'closing' })
})

test('asking twice, from two processes and while it waits: one intent, one event', async () => {
  const stand = await openReady()
  const { node, run, clock, points, peers } = stand
  peers[0].stop()
  await clock.advance(5000)
  const both = await run(
    Promise.all([
      node.channels.close(points.ours, { reason }),
      node.channels.close(points.ours, { reason }),
    ]),
  )
  expect(both[0]).toEqual(both[1])
  await run(node.channels.close(points.ours, { reason: 'said otherwise' }))
  expect((await stand.told()).filter((type) => type === 'channel.close-intended')).toHaveLength(1)
  // Asked differently: it is another wish.
  expect(await run(node.channels.close(points.ours, { reason, replace: true }))).toMatchObject({
    isReplaced: true,
  })
  expect((await stand.told()).filter((type) => type === 'channel.close-intended')).toHaveLength(2)
})

test('with `replace` nothing keeps the keeper from opening another one', async () => {
  const stand = await openReady()
  const { node, run, clock, points } = stand
  await run(node.channels.close(points.ours, { reason, replace: true }))
  await clock.advance(10_000)
  await endOf(stand)
  expect(await stand.rowsOf('peer_marks')).toEqual([])
  const [row] = (await stand.rowsOf('channels')).filter(({ state }) => state === 'closed')
  expect(row!.attribution).toMatchObject({ cause: 'requested', verdict: 'none' })
})

test('what another closes already is only told of, and stays his', async () => {
  const stand = await openReady()
  const { node, run, clock, points, peers } = stand
  peers[0].closeChannel(points.ours)
  await clock.advance(5000)
  expect(await run(node.channels.close(points.ours, { reason }))).toMatchObject({
    state: 'closing',
    reason: 'under-way',
  })
  await endOf(stand)
  expect(await stand.rowsOf('close_intents')).toEqual([])
  expect(closeCalls(stand)).toEqual([])
  expect(await stand.told()).toContain('peer.blacklisted')
  expect(await run(node.channels.close(points.ours, { reason }))).toMatchObject({
    state: 'closed',
    reason: 'under-way',
  })
})

test('what cannot be closed is refused with a code, and nothing is stored', async () => {
  const stand = await openReady()
  const { node, run, points, network, lnd, clock } = stand
  const stranger = `${'ab'.repeat(32)}:0`
  const third = network.addNode('third')
  third.fund(1_000_000n)
  const opening = lnd.openChannel(third, { capacitySat: 500_000n })
  await clock.advance(5000)
  await run(node.channels.adopt(points.theirs, 'never'))
  const rows: readonly [string, unknown, string, string?][] = [
    [stranger, { reason }, 'channel.not-found'],
    [points.theirs, { reason }, 'channel.not-found'],
    [opening, { reason }, 'channel.not-open'],
    [points.ours, { reason, feerate: 51 }, 'channel.above-ceiling'],
    [points.ours, { reason, feerate: 5, force: true }, 'input.invalid', 'feerate'],
    [points.ours, { reason, feerate: 0 }, 'input.invalid', 'feerate'],
    [points.ours, { reason, feerate: 1.5 }, 'input.invalid', 'feerate'],
    [points.ours, { reason, force: 'yes' }, 'input.invalid', 'force'],
    [points.ours, { reason, replace: 1 }, 'input.invalid', 'replace'],
    [points.ours, { reason: '' }, 'input.invalid', 'reason'],
    [points.ours, { reason: 'x'.repeat(501) }, 'input.invalid', 'reason'],
    [points.ours, {}, 'input.invalid', 'reason'],
    [points.ours, { reason, froce: true }, 'input.invalid', 'input.froce'],
    [points.ours, undefined, 'input.invalid', 'input'],
    [points.ours.toUpperCase(), { reason }, 'input.invalid', 'channelPoint'],
    [`${points.ours}0x`, { reason }, 'input.invalid', 'channelPoint'],
    [points.ours.split(':')[0]!, { reason }, 'input.invalid', 'channelPoint'],
  ]
  for (const [point, input, code, field] of rows) {
    const error = await run(
      node.channels.close(point, input as never).then(
        () => 'nothing was thrown',
        (thrown: unknown) => thrown,
      ),
    )
    const name = `${point} ${JSON.stringify(input)}`
    expect(error, name).toMatchObject({ code })
    if (field) expect((error as PaymentNodeError).details, name).toMatchObject({ field })
  }
  expect(await stand.rowsOf('close_intents')).toEqual([])
})

test('a channel that only LND knows yet can be closed', async () => {
  const stand = await openReady()
  const { node, run, clock, network, lnd } = stand
  const third = network.addNode('third')
  const fresh = network.establishChannel({ from: lnd, to: third, capacitySat: 400_000n })
  expect(await stand.rowsOf('channels')).toHaveLength(2)
  expect(await run(node.channels.close(fresh, { reason }))).toMatchObject({ state: 'intended' })
  await clock.advance(40_000)
  expect(await intentOf(stand, fresh)).toMatchObject({ state: 'closing' })
})

test('what LND never can close is refused, told, and may be asked for again', async () => {
  const stand = await openReady()
  const { node, run, clock, points, calls } = stand
  calls.refusals.set(points.ours, 'channel-state')
  await run(node.channels.close(points.ours, { reason }))
  await clock.advance(5000)
  expect(await intentOf(stand, points.ours)).toMatchObject({
    state: 'refused',
    reason: 'channel-state',
  })
  const told = (await stand.events()).find(({ type }) => type === 'channel.close-refused')
  expect(told!.data).toMatchObject({ closing: { state: 'refused', reason: 'channel-state' } })
  await clock.advance(120_000)
  expect(closeCalls(stand)).toHaveLength(1)
  // What was refused was not done for us: the peer's own close is his.
  stand.peers[0].closeChannel(points.ours, { kind: 'force' })
  calls.refusals.clear()
  await endOf(stand)
  expect(await stand.told()).toContain('peer.blacklisted')
})

test('what was refused is tried again when the operator asks again', async () => {
  const stand = await openReady()
  const { node, run, clock, points, calls } = stand
  calls.refusals.set(points.ours, 'channel-state')
  await run(node.channels.close(points.ours, { reason }))
  await clock.advance(5000)
  calls.refusals.clear()
  expect((await run(node.channels.close(points.ours, { reason }))).state).toBe('intended')
  await clock.advance(5000)
  expect(await intentOf(stand, points.ours)).toMatchObject({ state: 'closing' })
})

test('the kill switch stops no close; an LND that is behind the books does', async () => {
  const stand = await openReady()
  const { node, run, clock, points } = stand
  await run(node.safety.halt('something is odd'))
  await run(node.channels.close(points.theirs, { reason }))
  await clock.advance(5000)
  expect(await intentOf(stand, points.theirs)).toMatchObject({ state: 'closing' })

  const behind = await openReady()
  await haltAsBehind(behind)
  const error = await behind.run(
    behind.node.channels.close(behind.points.ours, { reason, force: true }).catch((e) => e),
  )
  expect(error).toMatchObject({ code: 'safety.halted', fundsAtRisk: true })
  expect(await behind.rowsOf('close_intents')).toEqual([])
})

test('a close that waits is not done by an LND that is behind, when the peer is back', async () => {
  const stand = await openReady()
  const { node, run, clock, points, peers } = stand
  peers[0].stop()
  await clock.advance(5000)
  await run(node.channels.close(points.ours, { reason }))
  await clock.advance(5000)
  const before = closeCalls(stand).length
  await haltAsBehind(stand)
  peers[0].start()
  await clock.advance(90_000)
  expect(closeCalls(stand)).toHaveLength(before)
  expect(await intentOf(stand, points.ours)).toMatchObject({
    state: 'intended',
    reason: 'node-behind',
  })
  await run(node.safety.resume('it was a mistake'))
  await clock.advance(40_000)
  expect(await intentOf(stand, points.ours)).toMatchObject({ state: 'closing', reason: null })
})

/** A comparison of books and LND that ends only when it is let go on. */
function openUncompared(parts: Parameters<typeof openStand>[1] = {}) {
  const gate = { isShut: false, open: Promise.withResolvers<void>() }
  const stand: ChannelStand = openStand(
    {},
    {
      highWater: async (signal) => {
        if (gate.isShut) await gate.open.promise
        return stand.lnd.lightning.highWater(signal)
      },
      ...parts,
    },
  )
  return { stand, gate }
}

test('before books and LND were compared nothing is closed, however long that takes', async () => {
  for (const force of [true, false]) {
    const { stand, gate } = openUncompared()
    const { node, run, clock, points, lnd } = stand
    await run(node.start())
    await clock.advance(5000)
    gate.isShut = true
    lnd.restart()
    await clock.advance(10_000)
    await run(node.channels.close(points.ours, { reason, force }))
    await clock.advance(600_000)
    expect(closeCalls(stand), String(force)).toEqual([])
    expect(await intentOf(stand, points.ours)).toMatchObject({ state: 'intended' })
    gate.isShut = false
    gate.open.resolve()
    await clock.advance(20_000)
    expect(closeCalls(stand), String(force)).toHaveLength(1)
    expect(await intentOf(stand, points.ours)).toMatchObject({ state: 'closing' })
  }
})

test('an LND that breaks off between the look and the call closes nothing before it is compared', async () => {
  let isDue = false
  const { stand, gate } = openUncompared({
    // Only who follows a close can be stopped while it waits.
    listChannels: async (signal) => {
      const list = await stand.lnd.lightning.listChannels(signal)
      if (!signal || !isDue) return list
      isDue = false
      gate.isShut = true
      stand.lnd.restart()
      await stand.clock.sleep(10_000)
      return list
    },
  })
  const { node, run, clock, points } = stand
  await run(node.start())
  await clock.advance(5000)
  isDue = true
  await run(node.channels.close(points.ours, { reason, force: true }))
  await clock.advance(60_000)
  expect(isDue).toBe(false)
  expect(closeCalls(stand)).toEqual([])
  gate.isShut = false
  gate.open.resolve()
  await clock.advance(40_000)
  expect(closeCalls(stand)).toHaveLength(1)
})

/** As the comparison with LND does it (money rule 15). */
async function haltAsBehind(stand: ChannelStand): Promise<void> {
  const { storage } = stand
  const row = (await stand.run(storage.get(safety, [stand.lnd.publicKey])))!
  const set = { is_halted: true, cause: 'node-behind', reason: 'old copy' }
  await stand.run(storage.commit({ writes: [update(safety, row, set)] }))
}

test('an older state than the books have seen is not published', async () => {
  const stand = await openReady()
  const { node, run, clock, points, peers } = stand
  peers[0].stop()
  await clock.advance(5000)
  await run(node.channels.close(points.ours, { reason }))
  await clock.advance(3000)
  const { storage } = stand
  const key = [stand.lnd.publicKey, points.ours]
  const row = (await run(storage.get(channels, key)))!
  await run(storage.commit({ writes: [update(channels, row, { update_count: 1000 })] }))
  await run(node.channels.close(points.ours, { reason, force: true }))
  const before = closeCalls(stand).length
  await clock.advance(90_000)
  expect(closeCalls(stand)).toHaveLength(before)
  expect(await intentOf(stand, points.ours)).toMatchObject({
    state: 'intended',
    reason: 'node-behind',
  })
})

test('a call without an answer is found out: closed once, whatever the reply', async () => {
  for (const outcome of ['none', 'unknown'] as const)
    for (const moment of ['before-effect', 'after-effect'] as const) {
      const stand = await openReady()
      const { node, run, clock, points, calls } = stand
      let isDue = true
      calls.strike = (call, at) => {
        if (call !== 'closeChannel' || at !== moment || !isDue) return
        isDue = false
        throw new PaymentNodeError('node.unavailable', 'Injected.', {
          reason: 'unreachable',
          outcome,
        })
      }
      await run(node.channels.close(points.ours, { reason }))
      await clock.advance(2000)
      const name = `${outcome} ${moment}`
      expect(await intentOf(stand, points.ours), name).toMatchObject({ reason: 'no-answer' })
      await clock.advance(60_000)
      expect(await intentOf(stand, points.ours), name).toMatchObject({ state: 'closing' })
      await endOf(stand)
      expect(await intentOf(stand, points.ours), name).toMatchObject({ state: 'closed' })
      const types = await stand.told(points.ours)
      expect(
        types.filter((type) => type === 'channel.closed'),
        name,
      ).toHaveLength(1)
    }
})

test('a close that fails does not hold up another one', async () => {
  const stand = await openReady()
  const { node, run, clock, points, calls } = stand
  calls.strike = (call) => {
    if (call === 'closeChannel' && calls.list.at(-1)!.includes(points.ours))
      throw new Error('a bug')
  }
  await run(node.channels.close(points.ours, { reason }))
  await run(node.channels.close(points.theirs, { reason }))
  await clock.advance(10_000)
  expect(await intentOf(stand, points.theirs)).toMatchObject({ state: 'closing' })
  expect(await intentOf(stand, points.ours)).toMatchObject({ state: 'intended' })
  calls.strike = () => undefined
  await clock.advance(20_000)
  expect(await intentOf(stand, points.ours)).toMatchObject({ state: 'closing' })
})

test('a channel that came and went before the books saw it: its close has ended', async () => {
  const stand = await openReady()
  const { node, run, clock, network, lnd, process } = stand
  const third = network.addNode('third')
  const fresh = network.establishChannel({ from: lnd, to: third, capacitySat: 400_000n })
  third.stop()
  await run(node.channels.close(fresh, { reason }))
  process.kill()
  third.start()
  await clock.advance(5000)
  lnd.closeChannel(fresh)
  await clock.advance(1000)
  network.mine(6)
  const next = stand.open()
  await run(next.node.start())
  await clock.advance(40_000)
  expect(await intentOf(stand, fresh)).toMatchObject({ state: 'closed' })
})

/** A process on shared books that falls asleep when it has looked at LND for a close. */
async function openSleepy(): Promise<ChannelStand & { fallAsleep: () => void }> {
  let isTired = false
  const stand = openStand(
    {},
    {
      // Only who follows a close can be stopped while it waits.
      listChannels: async (signal) => {
        const list = await stand.lnd.lightning.listChannels(signal)
        if (isTired && signal) stand.process.life.pause()
        return list
      },
    },
    false,
  )
  await stand.run(stand.process.node.start())
  await stand.clock.advance(5000)
  const fallAsleep = (): void => {
    isTired = true
  }
  return { ...stand, fallAsleep }
}

test('a process that slept between looking and calling does not call', async () => {
  const stand = await openSleepy()
  const { run, clock, points, process } = stand
  stand.fallAsleep()
  await run(process.node.channels.close(points.ours, { reason }))
  await clock.advance(60_000)
  expect(closeCalls(stand)).toEqual([])
  process.life.resume()
  await clock.advance(100)
  // Its turn is over, as far as it knows.
  expect(closeCalls(stand)).toEqual([])
  process.life.resume()
  await clock.advance(60_000)
  process.life.resume()
  expect(await intentOf(stand, points.ours)).toMatchObject({ state: 'intended' })
})

test('a process that slept through a call writes nothing in somebody else s turn', async () => {
  const stand = openStand({}, {}, false)
  const { run, clock, points, calls, process } = stand
  await run(process.node.start())
  await clock.advance(5000)
  calls.strike = (call) => {
    if (call !== 'closeChannel') return
    process.life.pause()
    throw new PaymentNodeError('node.refused', 'Its state forbids it.', {
      call,
      reason: 'channel-state',
    })
  }
  await run(process.node.channels.close(points.ours, { reason }))
  await clock.advance(60_000)
  const row = await intentOf(stand, points.ours)
  expect(row).toMatchObject({ state: 'intended' })
  // Another one leads, and has not come to this close yet.
  const other = stand.open()
  await run(other.storage.open(schema, { clock }))
  const lease = `leader@${stand.lnd.publicKey}`
  expect(await run(other.storage.lease(lease, { holder: 'other', for: 600_000 }))).toBeDefined()
  process.life.resume()
  await clock.advance(5000)
  const [now] = await run(
    other.storage.find(closeIntents, { index: 'key', equals: [stand.lnd.publicKey], limit: 1 }),
  )
  expect(now).toMatchObject({ state: 'intended', revision: row!.revision })
})

test('killed at each commit and call of a close: one close, told once, nobody blamed', async () => {
  for (const force of [false, true]) {
    let points = 0
    for (let at = 0; at === 0 || at < points; at++) {
      const stand = openStand()
      const { run, clock, calls, points: channelPoints, network } = stand
      let passed = 0
      let process: ReturnType<typeof stand.open> | undefined
      let died = Promise.withResolvers<void>()
      const reach = (): void => {
        if (!process || process.life.isOver || passed++ !== at) return
        process.kill()
        died.resolve()
      }
      calls.strike = (call) => {
        if (call === 'closeChannel') reach()
      }
      const isOfClose = (writes: readonly { table: { name: string } }[]): boolean =>
        writes.some(({ table }) => ['close_intents', 'channels'].includes(table.name))
      const hooks = {
        beforeCommit: ({ writes }: Change) => void (isOfClose(writes) && reach()),
        afterCommit: ({ writes }: Change) => void (isOfClose(writes) && reach()),
      }
      // What the host does in each process, from the beginning.
      const live = async (): Promise<void> => {
        process = stand.open({}, hooks)
        await process.node.start()
        await clock.sleep(40_000)
        await process.node.channels.close(channelPoints.ours, { reason, force })
        for (const blocks of [6, 400, 6]) {
          await clock.sleep(40_000)
          network.mine(blocks)
        }
        await clock.sleep(60_000)
      }
      for (let lives = 0; lives < 3; lives++) {
        died = Promise.withResolvers()
        const isDone = await run(Promise.race([live().then(() => true), died.promise]))
        if (isDone) break
      }
      points = Math.max(points, passed)
      const name = `${force ? 'force' : 'cooperative'} at ${at}`
      expect(await intentOf(stand, channelPoints.ours), name).toMatchObject({ state: 'closed' })
      const types = await stand.told(channelPoints.ours)
      for (const type of ['channel.close-intended', 'channel.closed'])
        expect(
          types.filter((one) => one === type),
          `${name} ${type}`,
        ).toHaveLength(1)
      expect(types, name).not.toContain('peer.blacklisted')
      const rows = await stand.rowsOf('channels')
      const row = rows.find(({ channel_point }) => channel_point === channelPoints.ours)
      expect(row!.attribution, name).toMatchObject({ cause: 'requested' })
    }
    expect(points).toBeGreaterThan(12)
  }
}, 60_000)
