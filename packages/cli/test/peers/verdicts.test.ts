import { type GraphNode, type Network, sat } from '@payment-node/core'
import { expect, test } from 'vitest'
import type { CandidateFacts } from '../../src/peers/candidate.ts'
import { chooseAddress } from '../../src/peers/choose-address.ts'
import { describeAge } from '../../src/peers/describe-age.ts'
import { judgeCandidate, type Measure } from '../../src/peers/judge-candidate.ts'
import { scoreCandidates } from '../../src/peers/score-candidates.ts'
import { keyOf } from './sample-ranking.ts'

const onion = `${'ab2cd3ef'.repeat(7)}.onion:9735`
const day = 86_400_000
const now = Date.UTC(2026, 10, 22)
const publicKey = keyOf(1)

const measure: Measure = {
  ownKey: keyOf(2),
  network: 'mainnet',
  now,
  seenWithin: 14 * day,
  capacity: sat(2_000_000),
  capPerOpen: sat(5_000_000),
}

const graph: GraphNode = {
  publicKey,
  alias: 'River Bend',
  addresses: ['198.51.100.7:9735', onion],
  channels: 1000,
  capacitySat: 20_000_000_000n,
  smallestChannelSat: 20_000n,
  lastUpdateAt: now - day,
}

const ranked = {
  place: 7,
  publicKey,
  alias: 'old name',
  channels: 1100,
  capacitySat: 21_000_000_000n,
  firstSeenAt: now - 1000 * day,
}

const facts: CandidateFacts = {
  publicKey,
  ranked,
  graph,
  channel: undefined,
  mark: undefined,
  addressBefore: undefined,
}

test('a node that nothing speaks against is good, as LND knows it', () => {
  expect(judgeCandidate(facts, measure)).toEqual({
    publicKey,
    alias: 'River Bend',
    verdict: 'good',
    reasons: [],
    score: null,
    rankingPlace: 7,
    address: '198.51.100.7:9735',
    reach: 'clearnet',
    channels: 1000,
    capacity: sat(20_000_000_000),
    smallestChannel: sat(20_000),
    opensWith: null,
    firstSeenAt: now - 1000 * day,
    lastUpdateAt: now - day,
    channel: null,
  })
})

test('what speaks against a node, and what is a doubt', () => {
  const about = (more: Partial<GraphNode>): Partial<CandidateFacts> => ({
    graph: { ...graph, ...more },
  })
  const rows: [more: Partial<CandidateFacts>, verdict: string, reasons: string][] = [
    [{ publicKey: measure.ownKey }, 'left-out', 'own-key'],
    [{ graph: undefined }, 'left-out', 'unknown'],
    [about({ channels: 0 }), 'left-out', 'no-channels'],
    [about({ lastUpdateAt: now - 14 * day }), 'good', ''],
    [about({ lastUpdateAt: now - 14 * day - 1 }), 'left-out', 'not-seen'],
    [about({ lastUpdateAt: 0 }), 'left-out', 'never-announced'],
    [about({ addresses: [] }), 'left-out', 'no-address'],
    [about({ addresses: ['192.168.0.2:9735'] }), 'left-out', 'no-address'],
    [about({ addresses: [onion] }), 'doubtful', 'tor-only'],
    [about({ smallestChannelSat: 2_000_000n }), 'good', ''],
    [about({ smallestChannelSat: 2_000_001n }), 'doubtful', 'large-channels'],
    [about({ smallestChannelSat: 5_000_000n }), 'doubtful', 'large-channels'],
    [about({ smallestChannelSat: 5_000_001n }), 'left-out', 'too-large'],
    [about({ channels: 550 }), 'good', ''],
    [about({ channels: 549 }), 'doubtful', 'fewer-channels'],
    [{ ranked: undefined }, 'good', ''],
    [{ mark: { state: 'blacklisted', reason: 'unprovoked' } }, 'left-out', 'blacklisted'],
    [
      { mark: { state: 'closed-by-operator', reason: 'operator' } },
      'left-out',
      'closed-by-operator',
    ],
    [{ mark: { state: 'cooling-down', reason: 'too-small' } }, 'doubtful', 'cooling-down'],
    [
      {
        ...about({ addresses: [onion], lastUpdateAt: 1, smallestChannelSat: 9_000_000n }),
        mark: { state: 'blacklisted', reason: 'breach' },
      },
      'left-out',
      'blacklisted not-seen too-large',
    ],
    [{ channel: 'inactive' }, 'good', ''],
  ]
  const wrong = rows.flatMap(([more, verdict, expected]) => {
    const judged = judgeCandidate({ ...facts, ...more }, measure)
    const found = judged.reasons.map(({ reason }) => reason).join(' ')
    const isSaid = judged.reasons.every(({ says }) => says.length > 0)
    return judged.verdict === verdict && found === expected && isSaid
      ? []
      : [`${expected || 'good'}: ${judged.verdict} ${found}`]
  })
  expect(wrong).toEqual([])
})

test('to a node of large channels one of its smallest size is opened', () => {
  const large = { ...graph, smallestChannelSat: 4_000_000n }
  expect(judgeCandidate({ ...facts, graph: large }, measure).opensWith).toEqual(sat(4_000_000))
  const marked = { ...facts, graph: large, mark: { state: 'blacklisted', reason: 'x' } as const }
  expect(judgeCandidate(marked, measure).opensWith).toBeNull()
})

test('the address is one that a stranger can reach, and stays while it is announced', () => {
  const name = 'node.example:9735'
  const six = '[2001:db8::7]:9735'
  const four = '198.51.100.7:9735'
  const rows: [string[], Network, before: string | undefined, chosen: string | undefined][] = [
    [[onion, six, name, four], 'mainnet', undefined, four],
    [[onion, six, name], 'mainnet', undefined, name],
    [[onion, six], 'mainnet', undefined, six],
    [[onion], 'mainnet', undefined, onion],
    [[onion, four], 'mainnet', onion, onion],
    [[six, four], 'mainnet', '198.51.100.8:9735', four],
    [['198.51.100.7:0', 'expyuzz4wqqyqhjn.onion:9735'], 'mainnet', undefined, undefined],
    ...[
      '10.1.2.3',
      '127.0.0.1',
      '169.254.1.1',
      '172.31.0.1',
      '192.168.1.1',
      '100.64.0.1',
      '0.0.0.0',
    ]
      .concat('[::1]', '[fe80::1]', '[fd00::1]')
      .map((host): [string[], Network, undefined, undefined] => [
        [`${host}:9735`],
        'mainnet',
        undefined,
        undefined,
      ]),
    [['172.32.0.1:9735'], 'signet', undefined, '172.32.0.1:9735'],
    [['127.0.0.1:9735'], 'regtest', undefined, '127.0.0.1:9735'],
  ]
  const wrong = rows.flatMap(([announced, network, before, chosen]) => {
    const found = chooseAddress(publicKey, announced, network, before)?.address
    return found === chosen ? [] : [`${announced} on ${network}: ${found}`]
  })
  expect(wrong).toEqual([])
  expect(chooseAddress(publicKey, [onion], 'mainnet')?.reach).toBe('tor')
  expect(chooseAddress(publicKey, [onion, six], 'mainnet')?.reach).toBe('clearnet')
})

test('the score is the mean of three places; good ones come first, then doubtful ones', () => {
  const make = (
    number: number,
    channels: number,
    capacitySat: bigint,
    days: number | undefined,
  ) => {
    const key = keyOf(number)
    const { ranked: row, ...rest } = { ...facts, publicKey: key }
    return judgeCandidate(
      {
        ...rest,
        ranked:
          days === undefined ? undefined : { ...row!, channels, firstSeenAt: now - days * day },
        graph: { ...graph, publicKey: key, channels, capacitySat, alias: `${number}` },
      },
      measure,
    )
  }
  const [one, two, three, unknownAge] = [
    make(11, 500, 300n, 10),
    make(12, 400, 500n, 900),
    make(13, 400, 400n, 800),
    make(14, 100, 100n, undefined),
  ]
  const tor = { ...make(15, 9000, 9000n, 2000), verdict: 'doubtful' as const }
  const out = { ...make(16, 9000, 9000n, 2000), verdict: 'left-out' as const }
  const scored = scoreCandidates([out, tor, unknownAge!, three!, one!, two!])
  expect(scored.map(({ alias, score }) => [alias, score])).toEqual([
    // By channels 3, by capacity 2, by age 2.
    ['12', 2.3],
    // 3, 3, 3
    ['13', 3],
    // 2, 4, 4
    ['11', 3.3],
    // 5, 5, 5
    ['14', 5],
    ['15', 1],
    ['16', null],
  ])
})

test('an age in few characters', () => {
  const hour = 3_600_000
  expect(
    [-5, 0, 23 * hour, day, 364 * day, 365 * day, 3000 * day, 3640 * day].map(describeAge),
  ).toEqual(['0 h', '0 h', '23 h', '1 d', '364 d', '1.0 y', '8.2 y', '10 y'])
})
