import { sat } from '@payment-node/core'
import { expect, test } from 'vitest'
import { inFlightTotals } from '../in-flight-totals.ts'
import { type DaemonStand, openDaemonStand } from './daemon-stand.ts'

const forgotten = async (): Promise<{ stand: DaemonStand; id: string }> => {
  const stand = await openDaemonStand()
  const { id } = await stand.ask()
  await stand.settle()
  stand.daemon.faults.add('forgets')
  await stand.settle()
  expect(await stand.swap(id)).toMatchObject({ state: 'needs-operator', reason: 'daemon-forgot' })
  return { stand, id }
}

test('a daemon that lost its state: given up when LND has come to its end, not before', async () => {
  const { stand, id } = await forgotten()
  const { daemon, run, node } = stand
  await expect(run(node.swaps.giveUp(id, 'its disk is gone'))).rejects.toMatchObject({
    code: 'swap.not-live',
  })
  expect(await stand.swap(id)).toMatchObject({ state: 'needs-operator', reason: 'daemon-forgot' })
  daemon.giveBack(daemon.swaps[0]!, ['main', 'prepay'])
  await stand.settle()
  expect(await run(node.swaps.giveUp(id, 'its disk is gone'))).toMatchObject({
    state: 'failed',
    reason: 'given-up',
  })
  expect(await stand.moved()).toEqual({ operator: 0n })
  expect(await inFlightTotals(stand)).toEqual([0n, 0n])
  await expect(run(node.swaps.giveUp(id, 'again'))).rejects.toMatchObject({ code: 'swap.not-live' })
})

test('given up after LND has paid: the amount is booked as lost', async () => {
  const { stand, id } = await forgotten()
  const { daemon, run, node } = stand
  daemon.take(daemon.swaps[0]!, ['main', 'prepay'])
  await stand.settle()
  const swap = await run(node.swaps.giveUp(id, 'its disk is gone'))
  expect(swap).toMatchObject({ state: 'failed', reason: 'lost', costs: { prepay: sat(1000) } })
  expect(await stand.moved()).toMatchObject({ swapLosses: 1_002_000_000n, swapPrepay: 1_000_000n })
  await stand.expectProved('given up')
})

test('what was perhaps never started is given up without LND; what goes on is not', async () => {
  const stand = await openDaemonStand()
  const { daemon, run, node, clock } = stand
  daemon.faults.add('cut-off')
  const { id } = await stand.ask()
  await clock.advance(11 * 60_000)
  expect((await run(node.swaps.giveUp(id, 'not there'))).reason).toBe('given-up')
  expect(await inFlightTotals(stand)).toEqual([0n, 0n])
  daemon.faults.clear()
  const running = await stand.ask('running')
  await stand.settle()
  await expect(run(node.swaps.giveUp(running.id, 'why'))).rejects.toMatchObject({
    code: 'swap.not-live',
    details: { state: 'accepted' },
  })
  await expect(run(node.swaps.giveUp('none', 'why'))).rejects.toMatchObject({
    code: 'swap.not-found',
  })
  await expect(run(node.swaps.giveUp(running.id, ''))).rejects.toMatchObject({
    code: 'input.invalid',
  })
})

test('started under a name that the daemon has twice: LND says what was paid, before and after it is given up', async () => {
  const stand = await openDaemonStand()
  const { daemon, run, node } = stand
  daemon.faults.add('lost-reply')
  daemon.strike = (point) => {
    if (point === 'start after') daemon.swaps.push({ ...daemon.swaps[0]! })
  }
  const { id } = await stand.ask()
  await stand.settle()
  expect(await stand.swap(id)).toMatchObject({
    state: 'needs-operator',
    reason: 'duplicate-label',
    providerId: null,
  })
  await expect(run(node.swaps.giveUp(id, 'twice'))).rejects.toMatchObject({
    code: 'swap.not-live',
  })
  expect(await inFlightTotals(stand)).not.toEqual([0n, 0n])
  daemon.take(daemon.swaps[0]!, ['prepay'])
  daemon.giveBack(daemon.swaps[0]!, ['main'])
  await stand.settle()
  expect(await run(node.swaps.giveUp(id, 'twice'))).toMatchObject({
    state: 'failed',
    reason: 'given-up',
    costs: { prepay: sat(1000) },
  })
  expect(await stand.moved()).toMatchObject({ swapPrepay: 1_000_000n })
  const [health] = await run(node.swaps.providers())
  expect(health).toMatchObject({ state: 'disabled', reason: 'prepay-lost' })
  await stand.expectProved('given up')
})
