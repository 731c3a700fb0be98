import type { Change, Swap } from '@payment-node/core'
import type { BoltzFault } from '@payment-node/testkit/boltz-server'
import { expect, test } from 'vitest'
import { openWithPayout, type PayoutStand } from './payout-stand.ts'

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

interface Told {
  /** Number of the point at which the process dies; -1: none. */
  readonly killAt: number
  readonly faults?: readonly BoltzFault[]
  readonly timeoutBlocks?: number
  /** Default true; false: the next leader waits for the lease of the one that died. */
  readonly isExclusive?: boolean
  /** A second process dies so many points later. */
  readonly again?: number
  /** The provider takes the payment only that many rounds after the claim is buried. */
  readonly takesAfter?: number
  /** sat/vB that blocks ask for once it is revealed. */
  readonly feerateAfterReveal?: number
}

interface Story {
  readonly stand: PayoutStand
  readonly swap: Swap
  readonly before: bigint
  readonly points: readonly string[]
}

/** A payout that is paid by a swap's claim; the process is killed when a point is reached. */
async function live({ killAt, again, ...told }: Told): Promise<Story> {
  const points: string[] = []
  let isArmed = false
  const reach = (point: string | undefined): void => {
    if (!isArmed || point === undefined) return
    points.push(point)
    const number = points.length - 1
    if (number !== killAt && (again === undefined || number !== killAt + again)) return
    stand.current.kill()
  }
  const nameOf = (when: string, { writes }: Change): string | undefined => {
    const write = writes.find(({ table }) => table.name === 'swaps')
    if (write?.op === 'insert') return `${when} swap stored`
    if (write?.op !== 'update') return undefined
    const also = writes.some(({ op, table }) => op === 'update' && table.name === 'payouts')
    const fields = Object.keys(write.set).sort().join(' ')
    return `${when} swap ${write.set.state} (${fields})${also ? ' and payout' : ''}`
  }
  const stand = await openWithPayout({
    faults: told.faults ?? [],
    server: { timeoutBlocks: told.timeoutBlocks ?? 144 },
    isExclusive: told.isExclusive ?? true,
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
  const { settleHold } = stand.payee
  let withheld: Parameters<typeof settleHold> | undefined
  let left = told.takesAfter
  Object.assign(stand.payee, {
    settleHold(...given: Parameters<typeof settleHold>) {
      if (left === undefined) return settleHold(...given)
      withheld = given
      throw new Error('the provider is away')
    },
  })
  const before = await stand.assets()
  isArmed = true
  // The process may die in the middle of the request: its host asks again with the same key.
  const request = { amount: '600000 sat', payout: stand.payout.id }
  const key = { idempotencyKey: 'through' }
  let swap: Swap | undefined
  const ask = (): void =>
    void stand.current.node.swaps.request(request, key).then(
      ([made]) => {
        swap ??= made
      },
      () => undefined,
    )
  ask()
  for (let round = 0; round < 200; round++) {
    // It may die while it starts: nobody waits for that.
    if (stand.current.life.isOver) void stand.openNext().node.start()
    // Nothing happens for many blocks where the timeout is waited for.
    if (round > 12) stand.network.mine(9)
    if (round < 2) await stand.settle()
    else await stand.mine()
    if (stand.current.life.isOver) continue
    if (!swap) ask()
    if (swap) swap = await stand.swap(swap.id)
    if (swap?.revealedAt && told.feerateAfterReveal !== undefined)
      stand.network.setFeerate(told.feerateAfterReveal)
    if (swap && swap.endedAt !== null) break
    if (left === undefined || !withheld || !swap?.costs.claim) continue
    if (left-- > 0) continue
    left = undefined
    settleHold(...withheld)
  }
  isArmed = false
  if (stand.current.life.isOver) await stand.run(stand.openNext().node.start())
  stand.network.setFeerate(1)
  await stand.mine(8)
  if (swap && swap.endedAt === null) swap = await stand.swap(swap.id)
  return { stand, before, points, swap: swap! }
}

/** The change that settles the payout. */
const settled = (when: string): RegExp =>
  new RegExp(`^${when} swap claim-published \\(claim_fee_msat .*and payout$`, 'm')

const ended = async ({ stand, swap }: Story): Promise<string> =>
  `${swap.state}, ${(await stand.paying()).swap === null ? 'without it' : 'paid'}`

/** `every`: one point of so many; the crash matrix kills these operations at all of them. */
async function expectAll(
  told: Omit<Told, 'killAt'>,
  undisturbed: string,
  allowed: string[],
  every = 1,
  from = 0,
) {
  const first = await live({ ...told, killAt: -1 })
  expect(await first.stand.faultsOf(first.swap.id, first.before), 'undisturbed').toEqual([])
  expect(await ended(first)).toBe(undisturbed)
  const wrong: string[] = []
  const found = new Set<string>()
  for (let at = from; at < first.points.length; at += every) {
    const story = await live({ ...told, killAt: at })
    const label = `${at}: killed at ${first.points[at]}`
    const end = await ended(story)
    found.add(end)
    if (!allowed.includes(end)) wrong.push(`${label}: ${end} (${story.swap.reason})`)
    for (const says of await story.stand.faultsOf(story.swap.id, story.before))
      wrong.push(`${label}: ${says}`)
  }
  expect(wrong, `${first.points.length} points`).toEqual([])
  return { points: first.points, found }
}

test('killed at every commit and call, the partner is paid once by the claim, or waits in the queue again', async () => {
  const unpaid = 'failed-unpaid, without it'
  const { points, found } = await expectAll({}, 'claimed, paid', ['claimed, paid', unpaid])
  const text = points.join('\n')
  for (const when of ['before', 'after']) {
    expect(text).toContain(`${when} swap stored`)
    expect(text).toMatch(settled(when))
    expect(text).toContain(`${when} swap preimage-revealed`)
  }
  // An answer of the provider that was lost.
  expect(found).toContain(unpaid)
}, 180_000)

test('killed at points all the way while the provider helps with nothing: the claim by script pays the partner', async () => {
  const allowed = ['claimed, paid', 'failed-unpaid, without it']
  await expectAll({ faults: ['vanishes-after-reveal'] }, 'claimed, paid', allowed, 3)
}, 180_000)

test('killed at points all the way of a swap without a lockup: the payment comes back, the payout waits again', async () => {
  const told = { faults: ['lockup-never'] as const, timeoutBlocks: 73 }
  const allowed = ['returned, without it', 'failed-unpaid, without it']
  const { points } = await expectAll(told, 'returned, without it', allowed, 3)
  expect(points.join('\n')).toMatch(/after swap returned .* and payout/)
}, 180_000)

test('killed at points all the way while the chain becomes so dear that the claim goes to the wallet alone', async () => {
  const told = { feerateAfterReveal: 2500 }
  const allowed = ['claimed, without it', 'claimed, paid', 'failed-unpaid, without it']
  const { points } = await expectAll(told, 'claimed, without it', allowed, 3)
  expect(points.join('\n')).toMatch(settled('after'))
}, 180_000)

test('killed, and killed again while it recovers', async () => {
  const { points } = await live({ killAt: -1 })
  const wrong: string[] = []
  for (let at = 0; at < points.length; at += 5) {
    const again = 1 + ((at * 7 + 3) % 20)
    const story = await live({ killAt: at, again })
    for (const says of await story.stand.faultsOf(story.swap.id, story.before))
      wrong.push(`${at}: killed at ${points[at]}, then ${again} later: ${says}`)
  }
  expect(wrong).toEqual([])
}, 120_000)

test('killed while the books are shared: the next leader takes over, and the partner is paid once', async () => {
  const { points } = await live({ killAt: -1, isExclusive: false })
  const wrong: string[] = []
  for (let at = 0; at < points.length; at += 6) {
    const story = await live({ killAt: at, isExclusive: false })
    for (const says of await story.stand.faultsOf(story.swap.id, story.before))
      wrong.push(`${at}: killed at ${points[at]}: ${says}`)
  }
  expect(wrong).toEqual([])
}, 120_000)

test('killed while its payment is still open: the payout was settled when the claim was buried, once, and the swap ends later', async () => {
  const told = { takesAfter: 3 }
  const allowed = ['claimed, paid', 'failed-unpaid, without it']
  const first = await live({ ...told, killAt: -1 })
  const from = first.points.findIndex((point) => settled('before').test(point))
  expect(from, first.points.join('\n')).toBeGreaterThan(0)
  expect(first.points.slice(from).join('\n')).toMatch(/after swap claimed/)
  await expectAll(told, 'claimed, paid', allowed, 1, from)
}, 120_000)
