import type { Change, Swap } from '@payment-node/core'
import type { BoltzFault } from '@payment-node/testkit/boltz-server'
import { expect, test } from 'vitest'
import { openSwaps, type SwapStand } from './swap-stand.ts'

/** Calls to LND about a swap, each at three moments. */
const calls: ReadonlySet<string> = new Set([
  'pay',
  'trackPayment',
  'newAddress',
  'decodeInvoice',
  'publishTransaction',
  'watchConfirmation',
  'watchSpend',
])

interface Story {
  readonly stand: SwapStand
  readonly swap: Swap
  readonly before: bigint
  readonly points: readonly string[]
}

interface Told {
  /** Number of the point at which the process dies; -1: none. */
  readonly killAt: number
  readonly faults?: readonly BoltzFault[]
  readonly timeoutBlocks?: number
  /** Default true; false: the next leader waits for the lease of the one that died. */
  readonly isExclusive?: boolean
  /** A second process dies so many points later. */
  readonly again?: number
}

/** A swap to its end; the process is killed when a point is reached. */
async function live({
  killAt,
  faults = [],
  timeoutBlocks = 144,
  isExclusive = true,
  again,
}: Told): Promise<Story> {
  const points: string[] = []
  let isArmed = false
  const reach = (point: string | undefined): void => {
    if (!isArmed || point === undefined) return
    points.push(point)
    const number = points.length - 1
    if (number !== killAt && (again === undefined || number !== killAt + again)) return
    stand.current.kill()
  }
  /** What is about no swap is no point. */
  const nameOf = (when: string, { writes }: Change): string | undefined => {
    const write = writes.find(({ table }) => table.name === 'swaps')
    if (write?.op !== 'update') return undefined
    return `${when} swap ${write.set.state} (${Object.keys(write.set).sort().join(' ')})`
  }
  const stand = openSwaps({
    faults,
    server: { timeoutBlocks },
    isExclusive,
    onProviderCall: (call, moment) => reach(`${call} ${moment}`),
    hooks: {
      beforeCommit: (change) => reach(nameOf('before', change)),
      afterCommit: (change) => reach(nameOf('after', change)),
    },
  })
  stand.lnd.faults.add(({ call, moment }) => {
    if (calls.has(call)) reach(`${call} ${moment}`)
    return undefined
  })
  await stand.run(stand.node.start())
  const before = await stand.assets()
  const { id } = await stand.ask(1_000_000)
  isArmed = true
  for (let round = 0; round < 200; round++) {
    // It may die while it starts: nobody waits for that.
    if (stand.current.life.isOver) void stand.openNext().node.start()
    // Nothing happens for many blocks where the timeout is waited for.
    if (round > 12) stand.network.mine(9)
    if (round < 2) await stand.settle()
    else await stand.mine()
    if (!stand.current.life.isOver && (await stand.swap(id)).endedAt !== null) break
  }
  isArmed = false
  if (stand.current.life.isOver) await stand.run(stand.openNext().node.start())
  await stand.mine(8)
  return { stand, before, points, swap: await stand.swap(id) }
}

/** Everything that must hold at the end of a swap, in words. */
async function faultsOf({ stand, swap, before }: Story): Promise<string[]> {
  const faults: string[] = []
  const { run, lnd, node } = { ...stand, node: stand.node }
  const check = (isRight: boolean, says: string): void => void (isRight || faults.push(says))
  check(swap.endedAt !== null, `it is ${swap.state} (${swap.reason}) for ever`)
  const payments = await run(lnd.lightning.listPayments({ afterIndex: 0n, limit: 100 }))
  const paid = payments.filter(({ state }) => state === 'succeeded')
  check(payments.length <= 1, `${payments.length} payments`)
  check(paid.length === (swap.state === 'claimed' ? 1 : 0), `${paid.length} paid`)
  const { service, routing, claim } = swap.costs
  const cost = (service?.msat ?? 0n) + (routing?.msat ?? 0n) + (claim?.msat ?? 0n)
  const lost = before - (await stand.assets())
  check(lost === cost, `it lost ${lost} msat, and the books say ${cost}`)
  check(cost < 15_000_000n, `it cost ${cost} msat`)
  const { world, sum } = await run(node.ledger.balances())
  check(sum.msat === 0n, `the books sum to ${sum}`)
  check(world.deposits.msat === 0n, `a deposit of ${world.deposits} is booked`)
  check(world.unexplained.msat === 0n, `${world.unexplained} are unexplained`)
  const spent = world.swapFees.msat + world.routingFees.msat + world.onchainFees.msat
  check(spent === cost, `the accounts have ${spent} msat of costs`)
  const { verdict } = await run(node.ledger.prove())
  check(verdict === 'proved', `the proof says ${verdict}`)
  check(!(await run(node.safety.status())).isHalted, 'it is halted')
  const rows = await stand.rowsOf(['liquidity_budgets', 'swap_totals', 'postings'])
  const [budget] = rows.liquidity_budgets!.map(({ spent_msat }) => spent_msat)
  check(budget === cost, `the budget has ${budget} msat`)
  check(
    rows.swap_totals!.every(({ amount_msat }) => amount_msat === 0n),
    'something is left under way',
  )
  const types = await stand.told('swap.')
  const ends = types.filter((type) => /claimed|failed|lost/.test(type))
  check(ends.length === 1, `told ${types.join(' ')}`)
  check(
    new Set(types).size === types.length || types.includes('swap.deadline-near'),
    types.join(' '),
  )
  return faults
}

/** States in which a swap may end that a process has died in. */
async function expectAll(
  faults: readonly BoltzFault[],
  allowed: readonly Swap['state'][],
  undisturbed: Swap['state'],
  timeoutBlocks = 144,
): Promise<readonly string[]> {
  const first = await live({ killAt: -1, faults, timeoutBlocks })
  expect(await faultsOf(first), 'undisturbed').toEqual([])
  expect(first.swap.state).toBe(undisturbed)
  const wrong: string[] = []
  for (let at = 0; at < first.points.length; at++) {
    const story = await live({ killAt: at, faults, timeoutBlocks })
    const label = `${at}: killed at ${first.points[at]}`
    if (!allowed.includes(story.swap.state))
      wrong.push(`${label}: ${story.swap.state} (${story.swap.reason})`)
    for (const says of await faultsOf(story)) wrong.push(`${label}: ${says}`)
  }
  expect(wrong, `${first.points.length} points`).toEqual([])
  return first.points
}

test('killed at every commit and call of a swap, it ends claimed or unpaid; nothing is lost or paid twice', async () => {
  const points = await expectAll([], ['claimed', 'failed-unpaid'], 'claimed')
  const text = points.join('\n')
  for (const state of ['verified', 'paying', 'held', 'lockup-confirmed', 'preimage-revealed'])
    for (const when of ['before', 'after']) expect(text).toContain(`${when} swap ${state}`)
  for (const state of ['claim-published', 'claimed']) expect(text).toContain(`after swap ${state}`)
  for (const call of ['create', 'requestClaimSignature'])
    for (const moment of ['before', 'after']) expect(points).toContain(`${call} ${moment}`)
  for (const call of ['pay', 'newAddress', 'publishTransaction'])
    for (const moment of ['before-effect', 'after-effect', 'before-reply'])
      expect(points).toContain(`${call} ${moment}`)
}, 120_000)

test('killed at every point while the provider helps with nothing: the script path is taken', async () => {
  await expectAll(['vanishes-after-reveal'], ['claimed', 'failed-unpaid'], 'claimed')
}, 120_000)

test('killed at every point of a swap whose terms are a lie: nothing is paid', async () => {
  await expectAll(['claim-leaf-other-key'], ['failed-unpaid'], 'failed-unpaid')
}, 60_000)

test('killed at every point of a swap without a lockup: the payment comes back', async () => {
  await expectAll(['lockup-never'], ['returned', 'failed-unpaid'], 'returned', 73)
}, 120_000)

test('killed, and killed again while it recovers', async () => {
  const { points } = await live({ killAt: -1 })
  const wrong: string[] = []
  for (let at = 0; at < points.length; at += 2) {
    const again = 1 + ((at * 7 + 3) % 20)
    const story = await live({ killAt: at, again })
    const label = `${at}: killed at ${points[at]}, then ${again} later`
    for (const says of await faultsOf(story)) wrong.push(`${label}: ${says}`)
  }
  expect(wrong).toEqual([])
}, 120_000)

test('killed while the books are shared: the next leader takes over, and pays nothing again', async () => {
  const { points } = await live({ killAt: -1, isExclusive: false })
  const wrong: string[] = []
  for (let at = 0; at < points.length; at += 3) {
    const story = await live({ killAt: at, isExclusive: false })
    const label = `${at}: killed at ${points[at]}`
    if (story.swap.state !== 'claimed' && story.swap.state !== 'failed-unpaid')
      wrong.push(`${label}: ${story.swap.state} (${story.swap.reason})`)
    for (const says of await faultsOf(story)) wrong.push(`${label}: ${says}`)
  }
  expect(wrong).toEqual([])
}, 120_000)

test('another leader of shared books takes over while the payment is held: when it comes back, the swap ends', async () => {
  const told = { faults: ['lockup-never'], timeoutBlocks: 73, isExclusive: false } as const
  const { points } = await live({ killAt: -1, ...told })
  const held = points.findIndex((point) => point.startsWith('after swap held'))
  const story = await live({ killAt: held, ...told })
  expect([story.swap.state, story.swap.reason]).toEqual(['returned', 'payment-returned'])
  expect(await faultsOf(story)).toEqual([])
}, 60_000)
