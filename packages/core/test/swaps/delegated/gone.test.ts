import { expect, test } from 'vitest'
import { inFlightTotals } from '../in-flight-totals.ts'
import { type DaemonStand, openDaemonStand } from './daemon-stand.ts'

const hour = 3_600_000

const saysOf = async ({ run, node }: DaemonStand, id: string): Promise<string> =>
  (await run(node.swaps.explain(id))).says

test('the daemon ended a swap and is gone: LND ends its payment, and that ends the swap', async () => {
  for (const isTaken of [true, false]) {
    const stand = await openDaemonStand()
    const { daemon, network } = stand
    const { id } = await stand.ask()
    await stand.settle()
    const [swap] = daemon.swaps
    daemon.set(swap!, { state: 'running' })
    await stand.settle()
    if (isTaken) {
      daemon.sweep(swap!)
      daemon.set(swap!, { state: 'completed', serviceSat: 3000n, minerSat: 700n })
    } else daemon.fail(swap!, 'timeout')
    await stand.settle()
    expect(await stand.swap(id)).toMatchObject({ state: 'running', reason: 'payment-open' })
    daemon.faults.add('silent-list').add('silent-stream')
    await stand.settle()
    network.mine(1)
    await stand.settle()
    expect(await stand.swap(id)).toMatchObject({ state: 'running', reason: 'payment-open' })
    expect(await saysOf(stand, id)).toMatch(
      /needs no .* daemon any more.* LND lets .* block \d+\.$/,
    )
    expect(await inFlightTotals(stand)).toEqual([1_000_000_000n, 1_000_000_000n])
    // Nobody needs to do anything, and nobody may: the payment may still be taken.
    await expect(stand.run(stand.node.swaps.giveUp(id, 'tired'))).rejects.toMatchObject({
      code: 'swap.not-live',
    })
    if (isTaken) daemon.take(swap!, ['main', 'prepay'])
    else daemon.giveBack(swap!, ['main', 'prepay'])
    await stand.settle()
    expect(await stand.swap(id)).toMatchObject(
      isTaken ? { state: 'completed', reason: null } : { state: 'failed', reason: 'timeout' },
    )
    expect(await inFlightTotals(stand)).toEqual([0n, 0n])
    await stand.bury()
    await stand.expectProved(isTaken ? 'taken' : 'given back')
  }
})

test('a daemon that is gone for an hour in the middle of a swap: somebody is told, once', async () => {
  const stand = await openDaemonStand()
  const { daemon, clock } = stand
  const { id } = await stand.ask()
  await stand.settle()
  daemon.faults.add('silent-list').add('silent-stream')
  await stand.settle()
  expect(await stand.swap(id)).toMatchObject({ state: 'accepted', reason: 'daemon-away' })
  expect(await saysOf(stand, id)).toMatch(/only it can sweep its coins.* block \d+\.$/)
  await clock.advance(hour + 60_000)
  expect(await stand.swap(id)).toMatchObject({ state: 'needs-operator', reason: 'daemon-away' })
  await clock.advance(2 * hour)
  const isTold = (type: string): boolean => type === 'swap.needs-operator'
  expect((await stand.told()).filter(isTold)).toHaveLength(1)
  // Back again, it goes on where it was.
  daemon.faults.clear()
  await stand.settle()
  expect(await stand.swap(id)).toMatchObject({ state: 'accepted', reason: null })
  stand.complete(daemon.swaps[0]!)
  await stand.settle()
  expect((await stand.swap(id)).state).toBe('completed')
})

test('a daemon that is away for a moment is no trouble', async () => {
  const stand = await openDaemonStand()
  const { daemon, clock } = stand
  const { id } = await stand.ask()
  await stand.settle()
  for (let times = 0; times < 4; times++) {
    daemon.faults.add('silent-list')
    await clock.advance(hour / 2)
    daemon.faults.clear()
    await stand.settle()
  }
  expect(await stand.swap(id)).toMatchObject({ state: 'accepted', reason: null })
  expect(await stand.told()).not.toContain('swap.needs-operator')
})

test('a daemon that was removed from the options: given up when LND has come to its end, by what was said', async () => {
  for (const hasCompleted of [true, false]) {
    const stand = await openDaemonStand()
    const { daemon, run } = stand
    const { id } = await stand.ask()
    await stand.settle()
    const [swap] = daemon.swaps
    daemon.set(swap!, { state: 'running' })
    await stand.settle()
    if (hasCompleted) {
      daemon.sweep(swap!)
      daemon.set(swap!, { state: 'completed', serviceSat: 3000n, minerSat: 700n })
    }
    await stand.settle()
    stand.current.kill()
    stand.openNext({ swaps: [] })
    await run(stand.node.start())
    await stand.settle()
    const giveUp = (): Promise<unknown> => run(stand.node.swaps.giveUp(id, 'loopd is gone'))
    await expect(giveUp()).rejects.toMatchObject({ code: 'swap.not-live' })
    expect((await stand.swap(id)).state).toBe('running')
    daemon.take(swap!, ['main', 'prepay'])
    await stand.settle()
    expect(await giveUp()).toMatchObject(
      hasCompleted ? { state: 'completed' } : { state: 'failed', reason: 'lost' },
    )
    await stand.bury()
    await stand.expectProved(hasCompleted ? 'completed' : 'lost')
  }
})
