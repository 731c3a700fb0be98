import { sat } from '@payment-node/core'
import { expect, test } from 'vitest'
import { inFlightTotals } from '../in-flight-totals.ts'
import { openDaemonStand } from './daemon-stand.ts'

test('a swap from request to coins: followed, proved at every moment, and every satoshi booked once', async () => {
  const stand = await openDaemonStand()
  const { daemon } = stand
  await stand.expectProved('before')
  const { id } = await stand.ask()
  await stand.settle()
  expect(await stand.swap(id)).toMatchObject({ state: 'accepted', custody: 'delegated' })
  expect(daemon.swaps[0]!.request).toMatchObject({
    label: id,
    amountSat: 1_000_000n,
    maximumServiceSat: 3000n,
    maximumPrepaySat: 1000n,
  })
  // A sweep may cost what not making it would.
  const claimSat = (await stand.swap(id)).limits.claim!.msat / 1000n
  expect(daemon.swaps[0]!.request.maximumMinerSat).toBe(claimSat + 1000n)
  await stand.expectProved('held')
  daemon.set(daemon.swaps[0]!, { state: 'running' })
  await stand.settle()
  expect((await stand.swap(id)).state).toBe('running')
  stand.complete(daemon.swaps[0]!)
  await stand.settle()
  await stand.expectProved('swept')
  await stand.bury()
  await stand.expectProved('buried')
  const swap = await stand.swap(id)
  expect(swap).toMatchObject({
    state: 'completed',
    reason: null,
    costs: { service: sat(3000), claim: sat(700), prepay: sat(0) },
  })
  const routing = swap.costs.routing!.msat
  expect(await stand.moved()).toEqual({
    swapFees: 3_000_000n,
    onchainFees: 700_000n,
    ...(routing > 0n && { routingFees: routing }),
    operator: -3_700_000n - routing,
  })
  expect(await stand.told()).toEqual(['swap.created', 'swap.claimed'])
  expect(await inFlightTotals(stand)).toEqual([0n, 0n])
  const [budget] = (await stand.rowsOf(['liquidity_budgets'])).liquidity_budgets!
  expect(budget!.spent_msat).toBe(3_700_000n + routing)
  expect(daemon.swaps.length).toBe(1)
})

test('to an address outside of the node the coins are a withdrawal', async () => {
  const stand = await openDaemonStand()
  const { daemon, run, payee } = stand
  const destination = await run(payee.lightning.onchain!.newAddress('taproot'))
  const { id } = await stand.ask('out', { destination })
  await stand.settle()
  const [swap] = daemon.swaps
  expect(swap!.request.destination).toBe(destination)
  daemon.take(swap!, ['main', 'prepay'])
  daemon.set(swap!, { state: 'completed', serviceSat: 3000n, minerSat: 700n })
  await stand.settle()
  await stand.bury()
  expect(await stand.swap(id)).toMatchObject({ state: 'completed' })
  const moved = await stand.moved()
  expect(moved).toMatchObject({ deposits: 999_300_000n, swapFees: 3_000_000n })
  expect(moved.payees).toBe(undefined)
  await stand.expectProved('out')
})

test('a prepayment that is lost is booked, and nothing more is given to the provider', async () => {
  const stand = await openDaemonStand()
  const { daemon, run, node } = stand
  const { id } = await stand.ask()
  await stand.settle()
  const [swap] = daemon.swaps
  daemon.take(swap!, ['prepay'])
  daemon.fail(swap!, 'timeout')
  await stand.settle()
  // LND has the payment in flight: the daemon's word does not end it.
  expect(await stand.swap(id)).toMatchObject({ state: 'accepted', reason: 'payment-open' })
  daemon.giveBack(swap!, ['main'])
  await stand.settle()
  await stand.settle()
  expect(await stand.swap(id)).toMatchObject({
    state: 'failed',
    reason: 'timeout',
    costs: { prepay: sat(1000) },
  })
  expect(await stand.moved()).toMatchObject({ swapPrepay: 1_000_000n })
  expect((await stand.moved()).payees).toBe(undefined)
  expect(await stand.told()).toEqual(
    ['swap.created', 'swap.provider-disabled', 'swap.failed'].sort(),
  )
  await expect(run(node.swaps.request({ amount: '1000000 sat' }, { idempotencyKey: 'b' })))
    .rejects // The next one would lose the same.
    .toMatchObject({ code: 'swap.no-offer' })
  await stand.expectProved('lost')
})

test('a prepayment in flight is waited for: it may still be taken', async () => {
  const stand = await openDaemonStand()
  const { daemon } = stand
  const { id } = await stand.ask()
  await stand.settle()
  const [swap] = daemon.swaps
  daemon.giveBack(swap!, ['main'])
  daemon.fail(swap!, 'off-chain')
  await stand.settle()
  expect(await stand.swap(id)).toMatchObject({ state: 'accepted', reason: 'payment-open' })
  daemon.take(swap!, ['prepay'])
  await stand.settle()
  expect(await stand.swap(id)).toMatchObject({ state: 'failed', costs: { prepay: sat(1000) } })
  expect(await stand.moved()).toMatchObject({ swapPrepay: 1_000_000n })
})

test('what the stream says is looked at at once; without a stream the list says it later', async () => {
  const stand = await openDaemonStand()
  const { daemon, clock } = stand
  const { id } = await stand.ask()
  await stand.settle()
  daemon.set(daemon.swaps[0]!, { state: 'running' })
  await clock.advance(1000)
  expect((await stand.swap(id)).state).toBe('running')
  daemon.faults.add('silent-stream')
  daemon.fail(daemon.swaps[0]!, 'temporary')
  await clock.advance(1000)
  expect((await stand.swap(id)).state).toBe('running')
  await stand.settle()
  expect((await stand.swap(id)).state).toBe('needs-operator')
})

test('a swap that failed and cost nothing disables nobody for good', async () => {
  const stand = await openDaemonStand()
  const { daemon } = stand
  const { id } = await stand.ask()
  await stand.settle()
  daemon.giveBack(daemon.swaps[0]!, ['main', 'prepay'])
  daemon.fail(daemon.swaps[0]!, 'off-chain')
  await stand.settle()
  expect(await stand.swap(id)).toMatchObject({ state: 'failed', reason: 'off-chain' })
  expect(await stand.moved()).toEqual({ operator: 0n })
  expect(await stand.told()).toEqual(['swap.created', 'swap.failed'])
})

test('paid and never swept: the principal is booked as lost, and told', async () => {
  const stand = await openDaemonStand()
  const { daemon } = stand
  const { id } = await stand.ask()
  await stand.settle()
  const [swap] = daemon.swaps
  daemon.set(swap!, { state: 'running' })
  await stand.settle()
  daemon.take(swap!, ['main', 'prepay'])
  daemon.fail(swap!, 'sweep-timeout')
  await stand.settle()
  await stand.settle()
  expect(await stand.swap(id)).toMatchObject({ state: 'failed', reason: 'lost' })
  expect(await stand.moved()).toMatchObject({ swapLosses: 1_002_000_000n, swapPrepay: 1_000_000n })
  expect(await stand.told()).toContain('swap.lost')
  await stand.expectProved('lost')
})

test('swept too late, and the server never took the payment: nothing is lost', async () => {
  const stand = await openDaemonStand()
  const { daemon } = stand
  const { id } = await stand.ask()
  await stand.settle()
  daemon.giveBack(daemon.swaps[0]!, ['main', 'prepay'])
  daemon.fail(daemon.swaps[0]!, 'sweep-timeout')
  await stand.settle()
  expect(await stand.swap(id)).toMatchObject({ state: 'failed', reason: 'sweep-timeout' })
  expect(await stand.moved()).toEqual({ operator: 0n })
})

test('TEMPORARY has not ended: the amount stays reserved, and a restart of the daemon takes it up again', async () => {
  const stand = await openDaemonStand()
  const { daemon } = stand
  const { id } = await stand.ask()
  await stand.settle()
  const [swap] = daemon.swaps
  daemon.fail(swap!, 'temporary')
  await stand.settle()
  expect(await stand.swap(id)).toMatchObject({ state: 'needs-operator', reason: 'temporary' })
  expect(await inFlightTotals(stand)).toEqual([1_000_000_000n, 1_000_000_000n])
  await stand.settle()
  expect((await stand.told()).filter((type) => type === 'swap.needs-operator').length).toBe(1)
  daemon.set(swap!, { state: 'running' })
  await stand.settle()
  expect(await stand.swap(id)).toMatchObject({ state: 'running', reason: null })
  stand.complete(swap!)
  await stand.settle()
  expect((await stand.swap(id)).state).toBe('completed')
})

test('a daemon whose payment is in flight for twelve blocks without a lockup has failed, once, and gets no other swap', async () => {
  const stand = await openDaemonStand()
  const { daemon, run, node, network } = stand
  const { id } = await stand.ask()
  await stand.settle()
  for (const [blocks, failed] of [
    [11, 0],
    [1, 1],
    [6, 1],
  ] as const) {
    for (let block = 0; block < blocks; block++) network.mine(1)
    await stand.settle()
    await stand.settle()
    const [health] = await run(node.swaps.providers())
    expect(health, `after ${blocks} more`).toMatchObject({ failed })
  }
  expect(await run(node.swaps.quote({ amount: '1000000 sat' }))).toMatchObject([
    { isAcceptable: false, reason: 'lockup-overdue' },
  ])
  daemon.giveBack(daemon.swaps[0]!, ['main', 'prepay'])
  daemon.fail(daemon.swaps[0]!, 'timeout')
  await stand.settle()
  expect(await stand.swap(id)).toMatchObject({ state: 'failed', reason: 'timeout' })
  expect(await run(node.swaps.providers())).toMatchObject([{ failed: 1, state: 'quarantined' }])
  expect(await stand.told()).toEqual(['swap.created', 'swap.lockup-overdue', 'swap.failed'])
})
