import { PaymentNodeError } from '@payment-node/core'
import { expect, test } from 'vitest'
import { testCounter } from '../../safety/counter.ts'
import type { DaemonFault } from './daemon.ts'
import { openDaemonStand } from './daemon-stand.ts'

const minutes = 60_000

async function totalsOf(stand: Awaited<ReturnType<typeof openDaemonStand>>): Promise<bigint[]> {
  const { swap_totals, liquidity_budgets } = await stand.rowsOf([
    'swap_totals',
    'liquidity_budgets',
  ])
  return [
    ...swap_totals!.map((row) => row.amount_msat as bigint),
    ...liquidity_budgets!.map((row) => row.spent_msat as bigint),
  ]
}

test('a lost reply is looked for by its label, and nothing is started twice', async () => {
  const stand = await openDaemonStand()
  const { daemon } = stand
  daemon.faults.add('lost-reply')
  const { id } = await stand.ask()
  await stand.settle()
  expect(await stand.swap(id)).toMatchObject({
    state: 'accepted',
    reason: null,
    providerId: daemon.swaps[0]!.report.providerId,
  })
  stand.complete(daemon.swaps[0]!)
  await stand.settle()
  expect((await stand.swap(id)).state).toBe('completed')
  expect(daemon.swaps.length).toBe(1)
})

test('cut off, and in no list: never started again; after a day without it the place is given back', async () => {
  const stand = await openDaemonStand()
  const { daemon, clock } = stand
  daemon.faults.add('cut-off')
  const { id } = await stand.ask()
  await stand.settle()
  expect(await stand.swap(id)).toMatchObject({ state: 'requested', reason: 'start-unknown' })
  daemon.faults.clear()
  await clock.advance(11 * minutes)
  expect(await stand.swap(id)).toMatchObject({ state: 'needs-operator', reason: 'start-unknown' })
  expect(daemon.swaps).toEqual([])
  stand.current.kill()
  await clock.advance(24 * 60 * minutes)
  stand.openNext()
  await stand.run(stand.node.start())
  await stand.settle()
  expect(await stand.swap(id)).toMatchObject({ state: 'failed', reason: 'never-started' })
  expect(await totalsOf(stand)).toEqual([0n, 0n, 0n])
  expect(daemon.swaps).toEqual([])
})

test('what is in doubt and appears after all is followed', async () => {
  const stand = await openDaemonStand()
  const { daemon, clock } = stand
  daemon.faults.add('lost-reply').add('forgets')
  const { id } = await stand.ask()
  await clock.advance(11 * minutes)
  expect(await stand.swap(id)).toMatchObject({ state: 'needs-operator', providerId: null })
  daemon.faults.clear()
  await stand.settle()
  expect(await stand.swap(id)).toMatchObject({ state: 'accepted', reason: null })
})

test('why nothing is started: asked again while the price holds, or ended with the reason', async () => {
  const rows: readonly [DaemonFault, number, string, string][] = [
    ['refuses', 1, 'failed', 'refused-quote-stale'],
    ['other-network', 1, 'failed', 'other-network'],
    ['unreachable', 1, 'requested', 'unreachable'],
    ['unreachable', 17, 'failed', 'outdated'],
    ['gone-at-start', 1, 'requested', 'unreachable'],
    ['gone-at-start', 17, 'failed', 'outdated'],
  ]
  const wrong: unknown[] = []
  for (const [fault, wait, state, reason] of rows) {
    const stand = await openDaemonStand()
    stand.daemon.faults.add(fault)
    const { id } = await stand.ask()
    await stand.clock.advance(wait * minutes)
    const swap = await stand.swap(id)
    if (swap.state !== state || swap.reason !== reason) wrong.push([fault, wait, swap])
    if (state === 'failed' && (await totalsOf(stand)).some((msat) => msat !== 0n))
      wrong.push([fault, 'keeps its place', await totalsOf(stand)])
    if (stand.daemon.swaps.length > 0) wrong.push([fault, 'started'])
    if (state === 'requested') {
      stand.daemon.faults.clear()
      await stand.settle()
      if ((await stand.swap(id)).state !== 'accepted') wrong.push([fault, 'not asked again'])
    }
  }
  expect(wrong).toEqual([])
})

test('a daemon that lies about its network is asked for nothing more', async () => {
  const stand = await openDaemonStand()
  stand.daemon.faults.add('other-network')
  await stand.ask()
  await stand.settle()
  stand.daemon.faults.clear()
  const again = stand.ask('again')
  await expect(again).rejects.toMatchObject({ code: 'swap.no-offer' })
})

test('halted, nothing is started; what runs is followed to its end', async () => {
  const stand = await openDaemonStand()
  const { daemon, run, node } = stand
  const running = await stand.ask('running')
  await stand.settle()
  daemon.faults.add('unreachable')
  const { id } = await stand.ask('waiting')
  await stand.settle()
  await run(node.safety.halt('a test'))
  daemon.faults.clear()
  await stand.settle()
  expect(await stand.swap(id)).toMatchObject({ state: 'requested', reason: 'halted' })
  expect(daemon.swaps.length).toBe(1)
  stand.complete(daemon.swaps[0]!)
  await stand.settle()
  expect((await stand.swap(running.id)).state).toBe('completed')
  await run(node.safety.resume('enough'))
  await stand.settle()
  expect((await stand.swap(id)).state).toBe('accepted')
})

test('urgent is published at once where that is within the accepted price, else patiently', async () => {
  for (const urgentSat of [0n, 1n]) {
    const stand = await openDaemonStand()
    stand.daemon.prices.urgentSat = urgentSat
    const before = stand.clock.now()
    await stand.ask('u', { urgency: 'urgent' })
    await stand.settle()
    const wait = stand.daemon.swaps[0]!.request.publicationDeadline - before
    expect(wait < minutes, `${urgentSat} sat more`).toBe(urgentSat === 0n)
    expect(wait > 29 * minutes, `${urgentSat} sat more`).toBe(urgentSat === 1n)
  }
})

test('what a daemon says that cannot be: nothing has ended, and nothing is given free', async () => {
  const rows: readonly [string, Parameters<typeof set>[0]][] = []
  const set = (to: object): object => to
  const cases = [
    ...rows,
    ['bad-answer', { amountSat: 1n }],
    ['daemon-forgot', { providerId: 'ff'.repeat(32) }],
    ['unknown', { state: 'needs-operator', failure: 'unknown' }],
    ['bad-answer', { state: 'needs-operator', failure: 'bad-answer' }],
  ] as const
  const wrong: unknown[] = []
  for (const [reason, to] of cases) {
    const stand = await openDaemonStand()
    const { id } = await stand.ask()
    await stand.settle()
    stand.daemon.set(stand.daemon.swaps[0]!, to)
    await stand.settle()
    const swap = await stand.swap(id)
    if (swap.state !== 'needs-operator' || swap.reason !== reason) wrong.push([reason, swap])
    if ((await totalsOf(stand)).some((msat) => msat === 0n))
      wrong.push([reason, 'place given back'])
  }
  const stand = await openDaemonStand()
  const { id } = await stand.ask()
  await stand.settle()
  stand.daemon.faults.add('forgets')
  await stand.settle()
  const forgotten = await stand.swap(id)
  if (forgotten.reason !== 'daemon-forgot') wrong.push(forgotten)
  stand.daemon.faults.clear()
  await stand.settle()
  if ((await stand.swap(id)).state !== 'accepted') wrong.push('not taken up again')
  stand.daemon.set(stand.daemon.swaps[0]!, { state: 'running' })
  await stand.settle()
  stand.daemon.set(stand.daemon.swaps[0]!, { state: 'accepted' })
  await stand.settle()
  const back = await stand.swap(id)
  if (back.state !== 'needs-operator' || back.reason !== 'gone-back') wrong.push(back)
  expect(wrong).toEqual([])
})

test('a daemon with another LND: its swap moved nothing of ours, and it is asked for nothing more', async () => {
  const stand = await openDaemonStand()
  stand.daemon.faults.add('other-node')
  const { id } = await stand.ask()
  await stand.settle()
  stand.daemon.set(stand.daemon.swaps[0]!, { state: 'completed', serviceSat: 3000n, minerSat: 1n })
  await stand.settle()
  expect(await stand.swap(id)).toMatchObject({ state: 'completed', reason: 'other-node' })
  expect(await stand.moved()).toEqual({ operator: 0n })
  await expect(stand.ask('again')).rejects.toMatchObject({ code: 'swap.no-offer' })
})

test('costs that cannot be are not booked: LND says what the service took', async () => {
  const stand = await openDaemonStand()
  const { daemon } = stand
  const { id } = await stand.ask()
  await stand.settle()
  const [swap] = daemon.swaps
  daemon.take(swap!, ['main', 'prepay'])
  daemon.sweep(swap!)
  // More than the swap itself, and a fee of nothing.
  daemon.set(swap!, { state: 'completed', serviceSat: 0n, minerSat: 5_000_000n })
  await stand.settle()
  await stand.bury()
  expect((await stand.swap(id)).state).toBe('completed')
  const moved = await stand.moved()
  expect(moved.swapFees).toBe(3_000_000n)
  expect(moved.onchainFees).toBe(undefined)
  await stand.expectProved('wrong costs')
})

test('two swaps with one prepayment each: no payment is taken for both', async () => {
  const stand = await openDaemonStand()
  const { daemon } = stand
  const [one, two] = [await stand.ask('one'), await stand.ask('two')]
  await stand.settle()
  expect(daemon.swaps.length).toBe(2)
  const [first, second] = daemon.swaps
  daemon.take(first!, ['prepay'])
  daemon.giveBack(first!, ['main'])
  daemon.giveBack(second!, ['main', 'prepay'])
  daemon.fail(first!, 'timeout')
  daemon.fail(second!, 'timeout')
  await stand.settle()
  await stand.settle()
  const states = [await stand.swap(one.id), await stand.swap(two.id)].map(({ state }) => state)
  expect(states).toEqual(['failed', 'failed'])
  expect(await stand.moved()).toMatchObject({ swapPrepay: 1_000_000n })
})

test('what a daemon paid while nobody looked is no sign of old books', async () => {
  for (const counter of [testCounter(), undefined]) {
    const stand = await openDaemonStand(counter ? { options: { intentCounter: counter } } : {})
    const { daemon, run } = stand
    const { id } = await stand.ask()
    while (daemon.swaps.length === 0) await stand.clock.advance(10)
    stand.current.kill()
    await stand.clock.advance(1000)
    daemon.take(daemon.swaps[0]!, ['main', 'prepay'])
    await stand.clock.advance(60 * minutes)
    stand.openNext()
    await run(stand.node.start())
    await stand.settle()
    const name = counter ? 'with a counter' : 'without'
    expect(await run(stand.node.safety.status()), name).toMatchObject({ isHalted: false })
    daemon.sweep(daemon.swaps[0]!)
    daemon.set(daemon.swaps[0]!, { state: 'completed', serviceSat: 3000n, minerSat: 700n })
    await stand.settle()
    expect((await stand.swap(id)).state, name).toBe('completed')
    await stand.bury()
    expect(await stand.moved(), name).toMatchObject({ swapFees: 3_000_000n })
    await stand.expectProved(name)
  }
})

test('other payments of the same time still are: exactly the quoted amounts, or the daemon s own hash', async () => {
  const stand = await openDaemonStand()
  const { daemon, run, lnd } = stand
  await stand.ask()
  await stand.settle()
  stand.current.kill()
  await run(lnd.pay(stand.bill(1001).paymentRequest))
  stand.openNext()
  await run(stand.node.start())
  await stand.settle()
  expect(await run(stand.node.safety.status())).toMatchObject({ isHalted: true })
  expect(daemon.swaps.length).toBe(1)
})

test('an unknown provider name, and limits of the operator, are kept', async () => {
  const stand = await openDaemonStand()
  const { id } = await stand.ask('limited', { limits: { routing: '50 sat' } })
  await stand.settle()
  const [swap] = stand.daemon.swaps
  expect(swap!.request.maximumRoutingSat).toBe(50n)
  expect((await stand.swap(id)).state).toBe('accepted')
  expect(PaymentNodeError.is(await stand.ask('none', { providers: ['x'] }).catch((e) => e))).toBe(
    true,
  )
})
