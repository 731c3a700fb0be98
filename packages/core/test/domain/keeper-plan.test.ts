import { expect, test } from 'vitest'
import type { KeeperMoney } from '../../src/domain/keeper-money.ts'
import { type KeeperPlan, longestList, planChannels } from '../../src/domain/keeper-plan.ts'
import type {
  KeeperChannel,
  KeeperMark,
  KeeperPolicy,
  KeeperSnapshot,
} from '../../src/domain/keeper-snapshot.ts'
import { joinPeerLists, type ListedPeers } from '../../src/domain/listed-peers.ts'

const hour = 3_600_000
const now = 1_767_225_600_000
const key = (number: number): string => `02${number.toString(16).padStart(64, '0')}`

function listOf(count: number, capacitySat?: bigint): ListedPeers {
  const candidates = Array.from({ length: count }, (_, at) => ({
    publicKey: key(at + 1),
    address: `peer-${at + 1}.example:9735`,
    rank: at + 1,
    ...(capacitySat !== undefined && { capacitySat }),
  }))
  return joinPeerLists([{ list: 'peers.json', candidates }])
}

const channel = (peer: number, more: Partial<KeeperChannel> = {}): KeeperChannel => ({
  peer: key(peer),
  state: 'active',
  ownership: 'ours',
  inactiveSince: null,
  isStuck: false,
  isAttributed: false,
  isWaived: false,
  ...more,
})
const inactive = (peer: number, hours: number, more: Partial<KeeperChannel> = {}): KeeperChannel =>
  channel(peer, { state: 'inactive', inactiveSince: now - hours * hour, ...more })
const closing = (peer: number, hours: number, more: Partial<KeeperChannel> = {}): KeeperChannel =>
  channel(peer, { state: 'closing', inactiveSince: now - hours * hour, ...more })
const mark = (
  peer: number,
  state: KeeperMark['state'],
  until: number | null = null,
): KeeperMark => ({
  peer: key(peer),
  state,
  until,
  isWaived: state === 'closed-by-operator',
})

const money: KeeperMoney = {
  feerate: 2,
  coinsSat: [5_000_000n],
  reserveSat: 10_000n,
  spentMsat: 0n,
}
const policy: KeeperPolicy = {
  minimumActive: 2,
  capacityMsat: 2_000_000_000n,
  capPerOpenMsat: 5_000_000_000n,
  gracePeriod: 24 * hour,
  settlePeriod: hour / 4,
  maximumFeerate: 50,
  budgetMsat: 100_000_000n,
  onchainFloorMsat: 100_000_000n,
}
const usual: KeeperSnapshot = {
  now,
  self: key(999),
  readyFor: hour,
  pausedReason: null,
  haltedReason: null,
  canOpen: true,
  list: listOf(5),
  channels: [],
  marks: [],
  opening: undefined,
  retryAt: 0,
  money,
}
/** The funding transaction of one and of two inputs at 2 sat/vB, in sat: 97 and 68 vB. */
const fee = { one: 330n, two: 466n }
/** Closing at 2 sat/vB. */
const closingSat = 600n

interface Row {
  readonly is: string
  readonly given: Partial<KeeperSnapshot>
  readonly with?: Partial<KeeperPolicy>
  readonly verdict: KeeperPlan['verdict']
  readonly reason: KeeperPlan['reason']
  /** Number of the peer. */
  readonly opens?: number
  readonly also?: Partial<KeeperPlan>
}

function check(rows: readonly Row[]): void {
  for (const row of rows) {
    const plan = planChannels({ ...usual, ...row.given }, { ...policy, ...row.with })
    const { verdict, reason, candidate } = plan
    expect({ verdict, reason, opens: candidate?.publicKey ?? null }, row.is).toEqual({
      verdict: row.verdict,
      reason: row.reason,
      opens: row.opens === undefined ? null : key(row.opens),
    })
    if (row.also) expect(plan, row.is).toMatchObject(row.also)
  }
}

test('which channels count', () => {
  const enough = { verdict: 'enough', reason: 'enough' } as const
  const opens = (peer: number) =>
    ({ verdict: 'open', reason: 'below-minimum', opens: peer }) as const
  check([
    { is: 'nothing yet: the best', given: {}, ...opens(1) },
    { is: 'two active', given: { channels: [channel(1), channel(2)] }, ...enough },
    {
      is: 'two with one peer are one',
      given: { channels: [channel(1), channel(1)] },
      ...opens(2),
    },
    {
      is: 'a peer that is not listed',
      given: { channels: [channel(1), channel(77)] },
      ...opens(2),
      also: { count: { minimum: 2, wanted: 2, active: 1, counted: 1, unclear: 0 } },
    },
    {
      is: 'inactive within the grace time',
      given: { channels: [channel(1), inactive(2, 23.9)] },
      ...enough,
      also: { count: { minimum: 2, wanted: 2, active: 1, counted: 2, unclear: 0 } },
    },
    {
      is: 'inactive for exactly the grace time',
      given: { channels: [channel(1), inactive(2, 24)] },
      ...opens(3),
    },
    {
      is: 'one channel of the peer is inactive for long, the other one works',
      given: { channels: [channel(1), inactive(2, 99), channel(2)] },
      ...enough,
    },
    {
      is: 'opening',
      given: {
        channels: [channel(1), channel(2, { state: 'opening', inactiveSince: now - 99 * hour })],
      },
      ...enough,
    },
    {
      is: 'opening, and stuck: another one, never to the same peer',
      given: { channels: [channel(2), channel(1, { state: 'opening', isStuck: true })] },
      ...opens(3),
    },
    {
      is: 'observed ones',
      given: { channels: [channel(1), channel(2, { ownership: 'observe' })] },
      ...enough,
    },
    {
      is: 'never: does not count, and gets no second channel',
      given: { channels: [channel(1), channel(2, { ownership: 'never' })] },
      ...opens(3),
    },
    {
      is: 'the opening under way counts for its peer',
      given: { channels: [channel(1)], opening: { intent: 'i', peer: key(2) } },
      ...enough,
    },
    {
      is: 'the opening under way to a peer that has a channel counts once',
      given: { channels: [channel(1)], opening: { intent: 'i', peer: key(1) } },
      verdict: 'wait',
      reason: 'opening-under-way',
    },
  ])
})

test('closing channels: not counted, replaced only when it is clear who wanted it', () => {
  const opens = (peer: number) =>
    ({ verdict: 'open', reason: 'below-minimum', opens: peer }) as const
  const unclear = { verdict: 'wait', reason: 'close-unclear' } as const
  check([
    { is: 'not attributed', given: { channels: [channel(1), closing(2, 1)] }, ...unclear },
    {
      is: 'not attributed for a grace time',
      given: { channels: [channel(1), closing(2, 24)] },
      ...opens(3),
    },
    {
      is: 'attributed: another peer at once, never the one that is closing',
      given: { channels: [channel(1), closing(2, 1, { isAttributed: true })] },
      ...opens(3),
    },
    {
      is: 'one is unclear, another one is missing anyhow',
      given: { channels: [closing(2, 1)] },
      ...opens(1),
      also: {
        following: [key(3)],
        count: { minimum: 2, wanted: 2, active: 0, counted: 0, unclear: 1 },
      },
    },
    {
      is: 'two are unclear',
      given: { channels: [closing(1, 1), closing(2, 1)] },
      ...unclear,
    },
    {
      is: 'the operator asked for it',
      given: { channels: [channel(1), closing(2, 99, { isWaived: true })] },
      verdict: 'enough',
      reason: 'enough',
      also: { count: { minimum: 2, wanted: 1, active: 1, counted: 1, unclear: 0 } },
    },
    {
      is: 'a closing channel of a peer that is not listed is nobody’s business',
      given: { channels: [channel(1), closing(77, 1)] },
      ...opens(2),
    },
    {
      is: 'a closing channel beside a good one to the same peer',
      given: { channels: [channel(1), closing(1, 1)] },
      ...opens(2),
    },
  ])
})

test('what the operator closed is left alone', () => {
  const closed = (peer: number) => mark(peer, 'closed-by-operator')
  check([
    {
      is: 'nothing in its place',
      given: { channels: [channel(1)], marks: [closed(2)] },
      verdict: 'enough',
      reason: 'enough',
    },
    {
      is: 'nothing in its place either when the peer is blocked, too',
      given: { channels: [channel(1)], marks: [{ ...mark(2, 'blacklisted'), isWaived: true }] },
      verdict: 'enough',
      reason: 'enough',
    },
    {
      is: 'a blocked peer alone lowers nothing',
      given: { channels: [channel(1)], marks: [mark(2, 'blacklisted')] },
      verdict: 'open',
      reason: 'below-minimum',
      opens: 3,
    },
    {
      is: 'all of them',
      given: { marks: [closed(1), closed(2), closed(3)] },
      verdict: 'enough',
      reason: 'enough',
      also: { count: { minimum: 2, wanted: 0, active: 0, counted: 0, unclear: 0 } },
    },
    {
      is: 'not the peer itself either',
      given: { marks: [closed(1)] },
      verdict: 'open',
      reason: 'below-minimum',
      opens: 2,
      also: { passedOver: [{ peer: key(1), reason: 'closed-by-operator' }] },
    },
    {
      is: 'a peer that is not listed lowers nothing',
      given: { channels: [channel(1)], marks: [closed(77)] },
      verdict: 'open',
      reason: 'below-minimum',
      opens: 2,
    },
    {
      is: 'a peer that has another channel lowers nothing',
      given: { channels: [channel(1)], marks: [closed(1)] },
      verdict: 'open',
      reason: 'below-minimum',
      opens: 2,
    },
  ])
})

test('who is passed over, and why', () => {
  check([
    {
      is: 'ourselves',
      given: { self: key(1) },
      verdict: 'open',
      reason: 'below-minimum',
      opens: 2,
      also: { passedOver: [{ peer: key(1), reason: 'self' }], passedOverCount: 1 },
    },
    {
      is: 'marks and channels of every kind',
      given: {
        channels: [
          inactive(1, 99),
          closing(2, 1, { isAttributed: true }),
          channel(3, { state: 'opening', ownership: 'never' }),
        ],
        marks: [mark(4, 'blacklisted'), mark(5, 'cooling-down', now + 1)],
      },
      verdict: 'blocked',
      reason: 'list-exhausted',
      also: {
        passedOver: [
          { peer: key(1), reason: 'has-channel' },
          { peer: key(2), reason: 'closing' },
          { peer: key(3), reason: 'opening' },
          { peer: key(4), reason: 'blacklisted' },
          { peer: key(5), reason: 'cooling-down' },
        ],
        passedOverCount: 5,
      },
    },
    {
      is: 'a cool-down that is over',
      given: { marks: [mark(1, 'cooling-down', now)] },
      verdict: 'open',
      reason: 'below-minimum',
      opens: 1,
      also: { passedOver: [], following: [key(2)] },
    },
    {
      is: 'a cool-down without an end',
      given: { marks: [mark(1, 'cooling-down')] },
      verdict: 'open',
      reason: 'below-minimum',
      opens: 2,
    },
  ])
})

test('long lists are named in part and counted in full', () => {
  const list = listOf(200)
  const marks = list.entries.slice(0, 120).map((_, at) => mark(at + 1, 'blacklisted'))
  const plan = planChannels({ ...usual, list, marks }, { ...policy, minimumActive: 70 })
  expect(plan.candidate?.publicKey).toBe(key(121))
  expect(plan.passedOver).toHaveLength(longestList)
  expect(plan.passedOverCount).toBe(120)
  expect(plan.following).toHaveLength(longestList)
  expect(plan.following[0]).toBe(key(122))
})

test('what keeps the keeper from opening anything', () => {
  const none = { list: undefined } as const
  const under = { opening: { intent: 'i', peer: null } } as const
  check([
    { is: 'paused', given: { pausedReason: 'x' }, verdict: 'blocked', reason: 'paused' },
    { is: 'halted', given: { haltedReason: 'x' }, verdict: 'blocked', reason: 'halted' },
    { is: 'no list', given: none, verdict: 'blocked', reason: 'no-list' },
    { is: 'empty', given: { list: listOf(0) }, verdict: 'blocked', reason: 'list-empty' },
    { is: 'no opener', given: { canOpen: false }, verdict: 'blocked', reason: 'cannot-open' },
    { is: 'one at a time', given: under, verdict: 'wait', reason: 'opening-under-way' },
    {
      is: 'just back',
      given: { readyFor: hour / 4 - 1 },
      verdict: 'wait',
      reason: 'settling',
    },
    { is: 'LND is away', given: { readyFor: null }, verdict: 'wait', reason: 'node-away' },
    {
      is: 'failed on our side a moment ago',
      given: { retryAt: now + 1 },
      verdict: 'wait',
      reason: 'failed-lately',
      also: { details: { retryAt: now + 1 } },
    },
    {
      is: 'failed on our side, and the pause is over',
      given: { retryAt: now },
      verdict: 'open',
      reason: 'below-minimum',
      opens: 1,
    },
    {
      is: 'back for long enough',
      given: { readyFor: hour / 4 },
      verdict: 'open',
      reason: 'below-minimum',
      opens: 1,
    },
    {
      is: 'the wallet was not looked at',
      given: { money: undefined },
      verdict: 'wait',
      reason: 'money-unread',
      opens: 1,
    },
    {
      is: 'nothing is missing: no hindrance is told',
      given: {
        channels: [channel(1), channel(2)],
        pausedReason: 'x',
        haltedReason: 'x',
        canOpen: false,
        readyFor: 0,
        opening: under.opening,
        money: undefined,
      },
      verdict: 'enough',
      reason: 'enough',
    },
  ])
})

test('feerate, budget and wallet', () => {
  const opens = { verdict: 'open', reason: 'below-minimum', opens: 1 } as const
  const needed = 2_000_000n + 100_000n + closingSat
  check([
    {
      is: 'at the ceiling',
      given: { money: { ...money, feerate: 50 } },
      ...opens,
      also: { satPerVbyte: 50 },
    },
    {
      is: 'a little above the ceiling',
      given: { money: { ...money, feerate: 50.01 } },
      verdict: 'blocked',
      reason: 'feerate-above-ceiling',
      opens: 1,
      also: { details: { feerate: 51, ceiling: 50 } },
    },
    {
      is: 'no feerate at all is no low feerate',
      given: { money: { ...money, feerate: Number.NaN } },
      verdict: 'blocked',
      reason: 'feerate-above-ceiling',
      opens: 1,
    },
    {
      is: 'never below 1 sat/vB',
      given: { money: { ...money, feerate: 0.1 } },
      ...opens,
      also: { satPerVbyte: 1 },
    },
    {
      is: 'budget: exactly',
      given: { money: { ...money, spentMsat: policy.budgetMsat - fee.one * 1000n } },
      ...opens,
      also: { costMsat: fee.one * 1000n },
    },
    {
      is: 'budget: one msat too little',
      given: { money: { ...money, spentMsat: policy.budgetMsat - fee.one * 1000n + 1n } },
      verdict: 'blocked',
      reason: 'budget-exhausted',
      opens: 1,
      also: { details: { feeSat: '330', missingSat: '1' } },
    },
    {
      is: 'budget: overspent',
      given: { money: { ...money, spentMsat: policy.budgetMsat * 2n } },
      verdict: 'blocked',
      reason: 'budget-exhausted',
      opens: 1,
      also: { details: { feeSat: '330', missingSat: '330' } },
    },
    {
      is: 'wallet: exactly, with the floor',
      given: { money: { ...money, coinsSat: [needed + fee.one] } },
      ...opens,
    },
    {
      is: 'wallet: one sat too little',
      given: { money: { ...money, coinsSat: [needed + fee.one - 1n] } },
      verdict: 'blocked',
      reason: 'wallet-too-small',
      opens: 1,
      also: {
        details: {
          neededSat: String(needed + fee.one),
          missingSat: '1',
          keptSat: String(100_000n + closingSat),
        },
      },
    },
    {
      is: 'wallet: a second input costs its own fee',
      given: { money: { ...money, coinsSat: [2_000_000n, 100_000n + closingSat + fee.two] } },
      ...opens,
      also: { costMsat: fee.two * 1000n },
    },
    {
      is: 'wallet: LND’s reserve is above the floor',
      given: { money: { ...money, reserveSat: 100_001n, coinsSat: [needed + fee.one] } },
      verdict: 'blocked',
      reason: 'wallet-too-small',
      opens: 1,
    },
    {
      is: 'wallet: empty',
      given: { money: { ...money, coinsSat: [] } },
      verdict: 'blocked',
      reason: 'wallet-too-small',
      opens: 1,
      also: { says: expect.stringContaining(`${needed + fee.one} sat are missing`) },
    },
    {
      is: 'the largest coins first',
      given: { money: { ...money, coinsSat: [1000n, 4_000_000n, 2000n] } },
      ...opens,
      also: { costMsat: fee.one * 1000n },
    },
  ])
})

test('how large', () => {
  const opens = { verdict: 'open', reason: 'below-minimum', opens: 1 } as const
  check([
    { is: 'the usual size', given: {}, ...opens, also: { capacityMsat: 2_000_000_000n } },
    {
      is: 'the entry’s own',
      given: { list: listOf(3, 1_234_567n) },
      ...opens,
      also: { capacityMsat: 1_234_567_000n },
    },
    {
      is: 'never above the cap of one open',
      given: { list: listOf(3, 3_000_000n) },
      with: { capPerOpenMsat: 2_500_000_000n },
      ...opens,
      also: { capacityMsat: 2_500_000_000n },
    },
  ])
})
