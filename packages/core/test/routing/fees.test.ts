import {
  PaymentNodeError,
  type PaymentNodeOptions,
  type RoutingPolicy,
  sat,
} from '@payment-node/core'
import { expect, test } from 'vitest'
import { type ChannelStand, openStand } from '../channels/channel-stand.ts'

type Routing = PaymentNodeOptions['routing']

const hour = 3_600_000

async function openReady(routing: Routing, isOurs = true): Promise<ChannelStand> {
  const stand = openStand({ ...(routing && { routing }) })
  const { node, run, clock, points } = stand
  await run(node.start())
  await clock.advance(2000)
  if (isOurs) await run(node.channels.adopt(points.ours, 'ours'))
  return stand
}

const writes = ({ calls }: ChannelStand): string[] =>
  calls.list.filter((call) => call.startsWith('writePolicy'))

const policyOf = async ({ run, lnd }: ChannelStand, point: string): Promise<RoutingPolicy> =>
  (await run(lnd.lightning.policies!.read())).find(({ channelPoint }) => channelPoint === point)!

const rateOf = async (stand: ChannelStand): Promise<number> =>
  (await policyOf(stand, stand.points.ours)).feeRatePpm

/** Sends from our side of our channel. */
async function spend({ lnd, peers, run }: ChannelStand, amountSat: bigint): Promise<void> {
  const { paymentRequest } = peers[0].createInvoice({ amountMsat: amountSat * 1000n })
  expect((await run(lnd.pay(paymentRequest))).state).toBe('succeeded')
}

test('by default nothing is read and nothing is written', async () => {
  const stand = await openReady(undefined)
  await stand.clock.advance(2 * hour)
  expect(stand.calls.list.filter((call) => /Polic/.test(call))).toEqual([])
  expect(await stand.rowsOf('decisions')).toEqual([])
})

test('act: only channels that are ours, the time lock kept, the reason written down first', async () => {
  const stand = await openReady({ mode: 'act', baseFee: '2 sat' })
  const { clock, points } = stand
  await clock.advance(hour / 10)
  // 1,499,… of about 2,000,000 sat on our side: a fifth of the way and a little.
  expect(await policyOf(stand, points.ours)).toEqual({
    channelPoint: points.ours,
    baseFeeMsat: 2000n,
    feeRatePpm: 140,
    timeLockDeltaBlocks: 80,
  })
  expect(await policyOf(stand, points.theirs)).toMatchObject({ feeRatePpm: 1 })
  expect(writes(stand)).toHaveLength(1)
  expect(await stand.rowsOf('decisions')).toMatchObject([
    {
      lever: 'routing',
      mode: 'act',
      verdict: 'set-fee',
      peer: stand.peers[0].publicKey,
      details: {
        channelPoint: points.ours,
        outboundShare: expect.closeTo(0.75, 1),
        from: { baseMsat: 1000, rate: 1 },
        to: { baseMsat: 2000, rate: 140 },
      },
    },
  ])
})

test('fees follow the outbound share, at most once an hour, and not for little', async () => {
  const stand = await openReady({ mode: 'act' })
  const { clock } = stand
  await clock.advance(hour / 10)
  expect(await rateOf(stand)).toBe(140)
  await spend(stand, 1_300_000n)
  await clock.advance(hour / 2)
  expect(await rateOf(stand)).toBe(140)
  await clock.advance(hour / 2)
  expect(await rateOf(stand)).toBe(500)
  expect(writes(stand)).toHaveLength(2)
  await stand.run(
    stand.peers[0].pay(stand.lnd.createInvoice({ amountMsat: 100_000_000n }).paymentRequest),
  )
  await clock.advance(1.5 * hour)
  expect(writes(stand)).toHaveLength(2)
})

test('the hour counts across a restart', async () => {
  const stand = await openReady({ mode: 'act' })
  const { clock, run, node } = stand
  await clock.advance(hour / 10)
  await spend(stand, 1_300_000n)
  await run(node.stop())
  const next = stand.open({ routing: { mode: 'act' } })
  await run(next.node.start())
  await clock.advance(hour / 2)
  expect(await rateOf(stand)).toBe(140)
  await clock.advance(hour)
  expect(await rateOf(stand)).toBe(500)
})

test('recommend: written down once an hour at most, nothing is changed', async () => {
  const stand = await openReady({ mode: 'recommend' })
  await stand.clock.advance(hour * 2.5)
  expect(writes(stand)).toEqual([])
  expect(await rateOf(stand)).toBe(1)
  const rows = await stand.rowsOf('decisions')
  expect(rows).toHaveLength(3)
  expect(rows).toMatchObject([{ mode: 'recommend' }, {}, {}])
})

test('what LND does not take is tried again later, and holds up nothing', async () => {
  const stand = await openReady({ mode: 'act' })
  const { clock, points, calls, run, node } = stand
  await run(node.channels.adopt(points.theirs, 'ours'))
  calls.refusals.set(points.ours, 'other')
  await clock.advance(hour / 10)
  expect(await rateOf(stand)).toBe(1)
  expect((await policyOf(stand, points.theirs)).feeRatePpm).not.toBe(1)
  calls.refusals.clear()
  await clock.advance(hour * 1.1)
  expect(await rateOf(stand)).toBe(140)
})

test('a write without an answer is found out', async () => {
  for (const moment of ['before-effect', 'after-effect'] as const) {
    const stand = await openReady({ mode: 'act' })
    const { clock, calls } = stand
    let isDue = true
    calls.strike = (call, at) => {
      if (call !== 'writePolicy' || at !== moment || !isDue) return
      isDue = false
      throw new PaymentNodeError('node.unavailable', 'Injected.', {
        reason: 'unreachable',
        outcome: 'unknown',
      })
    }
    await clock.advance(hour * 1.5)
    expect(await rateOf(stand), moment).toBe(140)
    expect(writes(stand), moment).toHaveLength(moment === 'before-effect' ? 2 : 1)
  }
})

test('a channel that is not active keeps what it asks', async () => {
  const stand = await openReady({ mode: 'act' })
  stand.peers[0].stop()
  await stand.clock.advance(2 * hour)
  expect(writes(stand)).toEqual([])
})

test('what is asked and what the rule would ask can be seen in every mode', async () => {
  const stand = await openReady(undefined)
  const { node, run, points, peers } = stand
  peers[1].stop()
  await stand.clock.advance(3000)
  expect(await run(node.routing.fees())).toMatchObject([
    {
      channelPoint: points.ours,
      ownership: 'ours',
      outboundShare: expect.closeTo(0.75, 1),
      asked: { base: sat(1), rate: 1 },
      wanted: { base: sat(0), rate: 140 },
      timeLockDelta: 80,
    },
    { channelPoint: points.theirs, ownership: 'observe', outboundShare: null, wanted: null },
  ])
})

test('a low ceiling alone lowers the floor with it', async () => {
  const stand = await openReady({ mode: 'act', highestRate: 10 })
  await stand.clock.advance(hour / 10)
  expect(await rateOf(stand)).toBe(10)
})
