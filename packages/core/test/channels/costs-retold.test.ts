import type { WalletTransaction } from '@payment-node/core'
import { expect, test } from 'vitest'
import type { ChannelStand } from './channel-stand.ts'
import { assets, factsOf, finish, operator } from './count-assets.ts'
import { openRetold, type Retelling } from './retold-stand.ts'

interface Before {
  readonly assets: bigint
  readonly operator: bigint
}

async function begin(stand: ChannelStand): Promise<Before> {
  stand.network.setFeerate(4)
  await stand.run(stand.node.start())
  await stand.clock.advance(40_000)
  return { assets: await assets(stand), operator: await operator(stand) }
}

/** What the books say is gone, less what is gone. */
async function difference(stand: ChannelStand, before: Before): Promise<bigint> {
  return before.operator - (await operator(stand)) - (before.assets - (await assets(stand)))
}

async function mine({ network, clock }: ChannelStand, ...rounds: readonly number[]): Promise<void> {
  for (const blocks of rounds) {
    network.mine(blocks)
    await clock.advance(70_000)
  }
}

const isSweep = ({ label }: WalletTransaction): boolean => label === '0:sweep'
const merged = '5e'.repeat(32)

/** LND claims for several channels by one transaction when it can; the simulated one never does. */
const asOne: Retelling = {
  closed: (list) =>
    list.map((one) => ({
      ...one,
      claims: (one.claims ?? []).map((claim) => ({ ...claim, transaction: merged })),
    })),
  transactions(list) {
    const sweeps = list.filter(isSweep)
    if (sweeps.length === 0) return list
    const one = {
      ...sweeps.at(-1)!,
      transactionId: merged,
      amountSat: sweeps.reduce((sum, { amountSat }) => sum + amountSat, 0n),
      spends: sweeps.flatMap(({ spends }) => spends),
    }
    return [...list.filter((other) => !isSweep(other)), one]
  },
}

test('one transaction that claims for two channels is booked once, when both are resolved', async () => {
  for (const isTold of [true, false]) {
    let isHeld = true
    const stand: ChannelStand = openRetold({
      ...asOne,
      closed: (list) =>
        asOne.closed!(list).map((one) => {
          const { closingTransaction, ...untold } = one
          return isTold
            ? one
            : isHeld
              ? untold
              : { ...untold, closingTransaction: closingTransaction! }
        }),
      isHeld: ({ channelPoint }) => isHeld && channelPoint === stand.points.ours,
    })
    const { lnd, points } = stand
    const before = await begin(stand)
    for (const point of Object.values(points)) lnd.closeChannel(point, { kind: 'force' })
    await mine(stand, 450, 20)
    // The other one is resolved, but what the transaction cost cannot be told yet.
    expect(await stand.rowsOf('jobs')).toMatchObject([{ subject: points.theirs }])
    expect(await factsOf(stand)).toEqual([])
    isHeld = false
    await finish(stand)
    expect(await factsOf(stand)).toEqual(['channel-closed', 'channel-swept'])
    const rows = await stand.rowsOf('ledger_transactions')
    expect(rows.find(({ kind }) => kind === 'channel-swept')).toMatchObject({
      id: `onchain/${merged}`,
      subject: `transaction/${merged}`,
    })
    expect(await difference(stand, before)).toBe(0n)
  }
})

test('the anchor of a channel that is not resolved yet waits for it', async () => {
  let isHeld = true
  const anchorSat = 330n
  let sweep: string | undefined
  const stand: ChannelStand = openRetold({
    // What claims for theirs takes the anchor of ours along.
    transactions: (list) =>
      list.map((one) => {
        if (one.transactionId !== sweep) return one
        return {
          ...one,
          amountSat: one.amountSat + anchorSat,
          spends: [...one.spends, `${closing}:1`],
        }
      }),
    closed(list) {
      const theirs = list.find(({ channelPoint }) => channelPoint === stand.points.theirs)
      sweep = theirs?.claims?.[0]?.transaction
      return list.map((one) => {
        if (one.channelPoint !== stand.points.ours) return one
        closing = one.closingTransaction!
        const anchor = {
          kind: 'anchor' as const,
          outpoint: `${closing}:1`,
          amountMsat: anchorSat * 1000n,
          transaction: sweep!,
        }
        return { ...one, claims: [...one.claims!, anchor] }
      })
    },
    isHeld: ({ channelPoint }) => isHeld && channelPoint === stand.points.ours,
  })
  let closing = ''
  const before = await begin(stand)
  for (const point of Object.values(stand.points)) stand.lnd.closeChannel(point, { kind: 'force' })
  await mine(stand, 450, 20)
  expect(await stand.rowsOf('jobs')).toMatchObject([{ subject: stand.points.theirs }])
  isHeld = false
  await finish(stand)
  expect((await factsOf(stand)).sort()).toEqual([
    'channel-closed',
    'channel-swept',
    'channel-swept',
  ])
  // The simulated wallet has no such 330 sat, but the books were told of them.
  expect(await difference(stand, before)).toBe(-anchorSat * 1000n)
})

async function stateOf({ rowsOf }: ChannelStand, point: string): Promise<unknown> {
  return (await rowsOf('channels')).find(({ channel_point }) => channel_point === point)!.state
}

test('a channel that comes back and ends again is booked once', async () => {
  let isHeld = false
  const stand = openRetold({ isHeld: () => isHeld })
  const before = await begin(stand)
  stand.lnd.closeChannel(stand.points.ours)
  await stand.clock.advance(1000)
  await mine(stand, 3)
  expect(await stand.rowsOf('jobs')).toHaveLength(1)
  for (let time = 0; time < 2; time++) {
    isHeld = true
    await stand.clock.advance(40_000)
    isHeld = false
    await stand.clock.advance(40_000)
    expect(await stand.rowsOf('jobs')).toHaveLength(1)
    expect(await stateOf(stand, stand.points.ours)).toBe('closed')
  }
  await finish(stand)
  isHeld = true
  await stand.clock.advance(40_000)
  isHeld = false
  await finish(stand)
  expect(await factsOf(stand)).toEqual(['channel-closed'])
  expect(await stand.rowsOf('jobs')).toEqual([])
  expect(await difference(stand, before)).toBe(0n)
  expect(await stateOf(stand, stand.points.ours)).toBe('closed')
})

test('a claim that the wallet does not show is waited for, two weeks', async () => {
  let isHidden = true
  const hideSweeps = (list: readonly WalletTransaction[]): readonly WalletTransaction[] =>
    list.filter((one) => !isHidden || !isSweep(one))
  for (const isFound of [true, false]) {
    isHidden = true
    const stand = openRetold({ transactions: hideSweeps })
    const before = await begin(stand)
    stand.lnd.closeChannel(stand.points.ours, { kind: 'force' })
    await mine(stand, 400, 100)
    expect(await factsOf(stand)).toEqual([])
    isHidden = !isFound
    await mine(stand, isFound ? 1 : 1600)
    expect(await factsOf(stand)).toEqual(
      isFound ? ['channel-closed', 'channel-swept'] : ['channel-closed'],
    )
    expect(await stand.rowsOf('jobs')).toEqual([])
    expect((await difference(stand, before)) === 0n).toBe(isFound)
  }
})

test('after a breach nothing is booked before the money came; when it never comes, it is lost', async () => {
  for (const isFound of [true, false]) {
    let isHidden = true
    const stand = openRetold({
      transactions: (list) => list.filter(({ label }) => !isHidden || label !== '0:justicetx'),
    })
    const before = await begin(stand)
    stand.peers[0].closeChannel(stand.points.ours, { kind: 'breach' })
    await mine(stand, 6, 20)
    expect(await stand.rowsOf('jobs')).toHaveLength(1)
    expect(await factsOf(stand)).toEqual([])
    isHidden = !isFound
    await mine(stand, isFound ? 1 : 2100)
    expect(await factsOf(stand)).toEqual(['channel-breached'])
    const gained = (await operator(stand)) - before.operator
    if (isFound) expect(gained).toBe((await assets(stand)) - before.assets)
    // What our side had: what was not given to the peer at the start.
    else expect(gained).toBe(-1_500_000_000n)
  }
})
