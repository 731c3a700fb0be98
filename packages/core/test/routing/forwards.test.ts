import { type Forward, type ForwardingHistory, PaymentNodeError, sat } from '@payment-node/core'
import { expect, test } from 'vitest'
import { type ChannelStand, openStand } from '../channels/channel-stand.ts'

const day = 86_400_000

/** A stand with a forwarding history that the test writes: as much of it as it likes, to the nanosecond. */
interface HistoryStand extends ChannelStand {
  /** Oldest first. */
  readonly history: Forward[]
  /** What was asked for. */
  readonly pages: unknown[]
  /** Called before LND answers, and after. */
  onPage: (moment: 'before' | 'after') => void
  /** LND's own times are in seconds. */
  isInSeconds: boolean
}

function openHistory(): HistoryStand {
  const history: Forward[] = []
  const pages: unknown[] = []
  const list: ForwardingHistory['list'] = async (page) => {
    pages.push(page)
    stand.onPage('before')
    const startTime = stand.isInSeconds ? Math.floor(page.startTime / 1000) * 1000 : page.startTime
    const from = BigInt(startTime) * 1_000_000n
    const to = BigInt(page.endTime) * 1_000_000n
    const all = history.filter(({ at }) => at >= from && at <= to)
    const found = all.slice(page.offset, page.offset + page.limit)
    stand.onPage('after')
    return found
  }
  const stand: HistoryStand = {
    ...openStand({}, { forwards: { list } }),
    history,
    pages,
    onPage: () => undefined,
    isInSeconds: false,
  }
  return stand
}

async function openReady(): Promise<HistoryStand> {
  const stand = openHistory()
  await stand.run(stand.node.start())
  await stand.clock.advance(5000)
  return stand
}

/** A forward at a moment of our clock, `nanoseconds` behind the millisecond. */
function forwardAt(at: number, more: Partial<Forward> = {}, nanoseconds = 0): Forward {
  return {
    at: BigInt(at) * 1_000_000n + BigInt(nanoseconds),
    channelIdIn: '11',
    channelIdOut: '22',
    amountOutMsat: 1_000_000n,
    feeMsat: 1001n,
    ...more,
  }
}

async function earned({ node, run }: ChannelStand): Promise<bigint> {
  const { operator, world, sum } = await run(node.ledger.balances())
  expect(sum).toEqual(sat(0))
  expect(operator.msat + world.opening.msat).toBe(-world.routingIncome.msat)
  return -world.routingIncome.msat
}

test('what was forwarded is copied and booked once, however often it is listed', async () => {
  const stand = await openReady()
  const { history, clock } = stand
  const now = clock.now()
  for (let at = 0; at < 5; at++) history.push(forwardAt(now + at, {}, at))
  await clock.advance(61_000)
  expect(await earned(stand)).toBe(5n * 1001n)
  await clock.advance(600_000)
  expect(await earned(stand)).toBe(5n * 1001n)
  expect(await stand.rowsOf('forwards')).toHaveLength(5)
  expect(await stand.rowsOf('forward_days')).toMatchObject([
    { channel: '22', count: 5, amount_msat: 5_000_000n, fee_msat: 5005n },
  ])
  history.push(forwardAt(clock.now()))
  await clock.advance(61_000)
  expect(await earned(stand)).toBe(6n * 1001n)
  const kinds = (await stand.rowsOf('ledger_transactions')).map(({ kind }) => kind)
  expect(kinds.filter((kind) => kind === 'forwards')).toHaveLength(2)
})

test('the day is UTC s, to the nanosecond', async () => {
  const stand = await openReady()
  const { history, clock } = stand
  const midnight = Date.UTC(2026, 0, 2)
  expect(midnight - clock.now()).toBeLessThan(day)
  history.push(forwardAt(midnight - 1, { feeMsat: 1n }, 999_999))
  history.push(forwardAt(midnight, { feeMsat: 2n }))
  history.push(forwardAt(midnight, { feeMsat: 4n, channelIdOut: '33' }, 1))
  await clock.advance(61_000)
  const rows = await stand.rowsOf('forward_days')
  expect(rows.map(({ day: of, channel, fee_msat }) => [of, channel, fee_msat])).toEqual([
    ['2026-01-01', '22', 1n],
    ['2026-01-02', '22', 2n],
    ['2026-01-02', '33', 4n],
  ])
})

test('what was earned before the books began is in the opening balance', async () => {
  const stand = openHistory()
  const { history, clock, run, node } = stand
  for (let at = 0; at < 3; at++) history.push(forwardAt(clock.now() - day + at))
  await run(node.start())
  history.push(forwardAt(clock.now() + 1000, { feeMsat: 7n }))
  await clock.advance(61_000)
  expect(await earned(stand)).toBe(7n)
  expect(await stand.rowsOf('forwards')).toHaveLength(1)
})

test('a history that counts whole seconds shows nothing older than the books', async () => {
  const stand = openHistory()
  const { history, clock, run, node } = stand
  await clock.advance(600)
  history.push(forwardAt(clock.now() - 1, { feeMsat: 5n }))
  stand.isInSeconds = true
  await run(node.start())
  history.push(forwardAt(clock.now() + 1, { feeMsat: 7n }))
  await clock.advance(61_000)
  expect(await earned(stand)).toBe(7n)
})

test('more than a page is copied at once, also when a thousand share a second', async () => {
  const stand = await openReady()
  const { history, clock } = stand
  const second = Math.ceil(clock.now() / 1000) * 1000
  for (let at = 0; at < 2600; at++) history.push(forwardAt(second, { feeMsat: 1n }, at))
  for (let at = 0; at < 700; at++) history.push(forwardAt(second + 1000 + at * 10))
  await clock.advance(62_000)
  expect(await earned(stand)).toBe(2600n + 700n * 1001n)
  const [row] = await stand.rowsOf('forward_days')
  expect(row).toMatchObject({ count: 3300 })
})

test('LND forgets its oldest while we read: nothing of the rest is missed', async () => {
  const stand = await openReady()
  const { history, clock } = stand
  for (let at = 0; at < 2500; at++) history.push(forwardAt(clock.now() + at * 20))
  let isDue = true
  stand.onPage = (moment) => {
    if (moment !== 'after' || !isDue) return
    isDue = false
    history.splice(0, 900)
  }
  await clock.advance(62_000)
  expect(await stand.rowsOf('forward_days')).toMatchObject([{ count: 2500 }])
})

test('what LND writes down late, with an earlier time, is found', async () => {
  const stand = await openReady()
  const { history, clock, pages } = stand
  await clock.advance(1_200_000)
  history.push(forwardAt(clock.now() + 1000))
  await clock.advance(120_000)
  expect(await earned(stand)).toBe(1001n)
  // Its clock was set back for a moment.
  history.unshift(forwardAt(clock.now() - 122_000, { feeMsat: 5n }))
  await clock.advance(61_000)
  expect(await earned(stand)).toBe(1006n)
  // What comes late does not make the following looks longer.
  await clock.advance(61_000)
  const starts = pages.map((page) => (page as { startTime: number }).startTime)
  expect(starts).toEqual([...starts].sort((a, b) => a - b))
  expect(starts.at(-1)).toBeGreaterThan(starts[0]!)
})

test('what LND has forgotten stays known', async () => {
  const stand = await openReady()
  const { history, clock } = stand
  const now = clock.now()
  for (let at = 0; at < 2500; at++) history.push(forwardAt(now + at * 10))
  await clock.advance(61_000)
  const kept = history.filter((_, at) => at % 3 === 0)
  history.splice(0, history.length, ...kept, forwardAt(now + 26_000))
  await clock.advance(61_000)
  expect(await stand.rowsOf('forward_days')).toMatchObject([{ count: 2501 }])
})

test('a clock of LND that is ahead, and free forwards', async () => {
  const stand = await openReady()
  const { history, clock } = stand
  history.push(forwardAt(clock.now() + 3_600_000, { feeMsat: 0n }))
  await clock.advance(61_000)
  expect(await stand.rowsOf('forwards')).toHaveLength(1)
  expect(await earned(stand)).toBe(0n)
})

test('payments of others that crossed the node are its income, to the msat', async () => {
  const stand = openStand()
  const { node, run, clock, lnd, peers, points } = stand
  await run(node.start())
  await clock.advance(5000)
  await run(
    lnd.lightning.policies!.write({
      channelPoint: points.ours,
      baseFeeMsat: 1234n,
      feeRatePpm: 567,
      timeLockDeltaBlocks: 80,
    }),
  )
  const channelId = (await run(node.channels.list())).find(
    ({ channelPoint }) => channelPoint === points.ours,
  )!.channelId!
  let paidMsat = 0n
  for (const amountMsat of [10_000_000n, 20_000_001n]) {
    const { paymentRequest } = peers[0].createInvoice({ amountMsat })
    const { feeMsat, state } = await run(peers[1].pay(paymentRequest))
    expect(state).toBe('succeeded')
    paidMsat += feeMsat
  }
  await clock.advance(90_000)
  const [day] = (await run(node.routing.income({ from: '2026-01-01', to: '2026-01-01' }))).days
  expect(day).toMatchObject({ count: 2, channels: [{ channelId, count: 2 }] })
  expect(day!.earned.msat).toBe(paidMsat)
  expect(day!.forwarded.msat).toBe(30_000_001n)
  expect(await earned(stand)).toBe(paidMsat)
})

test('killed, failed or answered too late at each commit and call: booked once', async () => {
  const outcomes = ['kill', 'none', 'unknown'] as const
  let points = 0
  for (let at = 0; at === 0 || at < points; at++)
    for (const outcome of outcomes) {
      const stand = openHistory()
      const { history, clock, run } = stand
      const now = clock.now()
      for (let index = 0; index < 1200; index++) {
        history.push(forwardAt(now + 10_000 + index * 5, { feeMsat: BigInt(index) }))
      }
      let passed = 0
      let process: ReturnType<typeof stand.open> | undefined
      const strike = (): void => {
        if (!process || process.life.isOver || passed++ !== at) return
        if (outcome === 'kill') process.kill()
        else if (outcome === 'none') throw unavailable('none')
        else throw unavailable('unknown')
      }
      stand.onPage = strike
      const isOfForwards = (writes: readonly { table: { name: string } }[]): boolean =>
        writes.some(({ table }) => table.name === 'forwards')
      process = stand.open(
        {},
        {
          beforeCommit: ({ writes }) => isOfForwards(writes) && strike(),
          afterCommit: ({ writes }) => {
            // After it was applied, a reply can only be lost.
            if (isOfForwards(writes) && !(outcome === 'none')) strike()
          },
        },
      )
      await run(process.node.start())
      await clock.advance(130_000)
      points = Math.max(points, passed)
      if (process.life.isOver) {
        stand.onPage = () => undefined
        const next = stand.open()
        await run(next.node.start())
        await clock.advance(130_000)
      }
      const name = `${outcome} at ${at}`
      const rows = await stand.rowsOf('forwards')
      expect(rows, name).toHaveLength(1200)
      expect(await stand.rowsOf('forward_days'), name).toMatchObject([
        { count: 1200, fee_msat: (1199n * 1200n) / 2n },
      ])
      const income = (await stand.rowsOf('postings')).filter(
        ({ account }) => account === 'world/routing-income',
      )
      const total = income.reduce((sum, { amount_msat }) => sum - (amount_msat as bigint), 0n)
      expect(total, name).toBe((1199n * 1200n) / 2n)
    }
  expect(points).toBeGreaterThan(6)
}, 60_000)

function unavailable(outcome: 'none' | 'unknown'): PaymentNodeError {
  // For a call of LND and for a commit alike: the worker begins again.
  return new PaymentNodeError('storage.unavailable', 'Injected.', { outcome })
}

test('a node that may not read its history works, and is asked rarely', async () => {
  const stand = openHistory()
  const { pages, clock, run, node } = stand
  stand.onPage = () => {
    throw new PaymentNodeError('node.macaroon-rejected', 'permission denied', {
      reason: 'permission-denied',
    })
  }
  await run(node.start())
  await clock.advance(3_600_000)
  expect(pages.length).toBeGreaterThan(4)
  expect(pages.length).toBeLessThan(9)
  expect((await node.status()).state).toBe('ready')
})
