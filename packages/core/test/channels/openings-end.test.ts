import { type OpenChannel, PaymentNodeError } from '@payment-node/core'
import { expect, test } from 'vitest'
import { openStand } from '../keeper/keeper-stand.ts'

const brief = (rows: readonly Record<string, unknown>[]): unknown[] =>
  rows.map(({ state, reason }) => [state, reason])

test('killed while LND opens, then away for ten blocks: the fee is booked once, and the place is free', async () => {
  const stand = openStand({ channels: { minimumActive: 1 } })
  stand.world.blockEvery = undefined
  let isKilled = false
  stand.lnd.faults.add(({ call, moment }) => {
    if (call === 'openChannel' && moment !== 'before-effect' && !isKilled) {
      isKilled = true
      stand.process.kill()
    }
    return undefined
  })
  void stand.process.node.start().catch(() => undefined)
  await stand.clock.runUntil(() => isKilled)
  // LND goes on without us.
  await stand.clock.advance(5000)
  stand.network.mine(10)
  const second = stand.open()
  await stand.run(second.node.start())
  await stand.clock.advance(600_000)
  expect(brief(await stand.rowsOf('channel_intents'))).toEqual([['open', null]])
  expect(await stand.rowsOf('opening_slots')).toEqual([])
  expect(await stand.rowsOf('claimed_outpoints')).toEqual([])
  const fees = (await stand.rowsOf('ledger_transactions')).filter(
    ({ kind }) => kind === 'channel-opened',
  )
  expect(fees).toHaveLength(1)
})

test('a funding that the mempool refuses is told as stuck, and does not hold up the next', async () => {
  const stand = openStand({ channels: { minimumActive: 2, stuckAfter: 10 } })
  stand.world.blockEvery = undefined
  const { run, clock, network, node } = stand
  await run(node.start())
  await clock.runUntil(() => (stand.calls.get('openChannel') ?? 0) > 0)
  await clock.advance(10_000)
  network.setMempoolMinimum(100)
  for (let block = 0; block < 15; block++) {
    network.mine(1)
    await clock.advance(60_000)
  }
  expect(brief(await stand.rowsOf('channel_intents'))).toEqual([['pending', 'unconfirmed']])
  expect(await stand.told('channel.stuck')).toHaveLength(1)
  expect(await stand.rowsOf('opening_slots')).toEqual([])
})

test('rights that are missing are nobody’s fault, and are told by name', async () => {
  for (const call of ['connectPeer', 'openChannel']) {
    const stand = openStand({ channels: { minimumActive: 1 } })
    const { run, clock, node, world } = stand
    const refusal = { reason: 'permission-denied', call } as const
    world.errors.set(call, new PaymentNodeError('node.macaroon-rejected', 'not allowed', refusal))
    await run(node.start())
    await clock.runUntil(() => (stand.calls.get(call) ?? 0) > 0)
    await clock.advance(20_000)
    expect(brief(await stand.rowsOf('channel_intents')), call).toEqual([['failed', 'not-allowed']])
    expect(await stand.rowsOf('peer_marks'), call).toEqual([])
    world.errors.delete(call)
    await clock.advance(1_200_000)
    const states = (await stand.rowsOf('channel_intents')).map(({ state }) => state)
    expect(states.sort(), call).toEqual(['failed', 'open'])
  }
})

test('a channel that LND makes between two looks of the search is found', async () => {
  const stand = openStand({ channels: { minimumActive: 1 } })
  const { run, clock, lnd, node } = stand
  let request: OpenChannel | undefined
  let isLate = false
  const other = lnd.connect()
  lnd.faults.add(({ call, moment, parameters }) => {
    if (moment !== 'before-effect') return undefined
    if (call === 'openChannel' && !request) {
      request = parameters[0] as OpenChannel
      return { outcome: 'unknown' }
    }
    if (call !== 'transactions' || !request || isLate) return undefined
    isLate = true
    void other.opener!.open(request)
    return { delayMilliseconds: 4000 }
  })
  await run(node.start())
  await clock.advance(1_200_000)
  expect(isLate).toBe(true)
  expect(brief(await stand.rowsOf('channel_intents'))).toEqual([['open', null]])
  const channels = (await stand.rowsOf('channels')).filter(({ intent }) => intent !== null)
  expect(channels).toHaveLength(1)
})

test('killed between giving up a funding and writing it down: abandoned, and nobody is blamed', async () => {
  const stand = openStand({ channels: { minimumActive: 1 } })
  stand.world.blockEvery = undefined
  const { run, clock, network, process: first } = stand
  await run(first.node.start())
  await clock.runUntil(() => (stand.calls.get('openChannel') ?? 0) > 0)
  await clock.advance(10_000)
  const [intent] = await stand.rowsOf('channel_intents')
  let isKilled = false
  stand.lnd.faults.add(({ call, moment }) => {
    if (call === 'abandonChannel' && moment === 'after-effect' && !isKilled) {
      isKilled = true
      first.kill()
    }
    return undefined
  })
  network.evict((intent!.channel_point as string).split(':')[0]!)
  network.doubleSpend((intent!.outpoints as string[])[0]!)
  for (let block = 0; block < 12 && !isKilled; block++) {
    network.mine(1)
    await clock.advance(20_000)
  }
  expect(isKilled).toBe(true)
  const second = stand.open({ channels: { minimumActive: 1, mode: 'observe' } })
  await run(second.node.start())
  await clock.advance(60_000)
  expect((await stand.rowsOf('channel_intents')).map(({ state }) => state)).toEqual(['abandoned'])
  expect(await stand.rowsOf('peer_marks')).toEqual([])
})

test('a peer that is blocked while its opening waits is not opened to', async () => {
  let isAway = true
  const intentCounter = {
    read: async () => 0,
    write: async () => {
      if (isAway) throw new Error('away')
    },
  }
  const stand = openStand({ channels: { minimumActive: 1 }, options: { intentCounter } })
  const { run, clock, node, peers } = stand
  await run(node.start())
  await clock.advance(30_000)
  expect(brief(await stand.rowsOf('channel_intents'))).toEqual([['opening', 'counter-unreachable']])
  await run(node.peers.block(peers[0]!.publicKey, 'bad news'))
  isAway = false
  await clock.advance(300_000)
  const toHim = (await stand.rowsOf('channel_intents')).filter(
    ({ peer }) => peer === peers[0]!.publicKey,
  )
  expect(brief(toHim)).toEqual([['failed', 'peer-blacklisted']])
  const list = await run(node.channels.list())
  expect(list.filter(({ peer }) => peer === peers[0]!.publicKey)).toEqual([])
})
