import { expect, test } from 'vitest'
import {
  blamesPeer,
  decideOpening,
  type OpeningEvidence,
  type OpeningState,
} from '../../src/domain/opening.ts'

const free = { coins: 'free' } as const
const locked = { coins: 'locked' } as const
const spent = { coins: 'spent' } as const
const refused = { kind: 'refused', reason: 'too-small' } as const

/** state, calls, halted, evidence → action (`because`). */
const table: [OpeningState, number, boolean, OpeningEvidence, string][] = [
  ['intended', 0, false, { kind: 'none' }, 'connect'],
  ['intended', 0, true, { kind: 'none' }, 'book-failed halted'],
  ['intended', 0, false, { kind: 'connected' }, 'call'],
  ['intended', 0, true, { kind: 'connected' }, 'book-failed halted'],
  ['intended', 0, false, { kind: 'unreachable' }, 'book-failed peer-unreachable'],
  ['intended', 0, false, { kind: 'silence' }, 'wait silence'],
  // After a crash or a lost reply nothing is called before it was searched.
  ['opening', 1, false, { kind: 'none' }, 'search'],
  ['opening', 1, true, { kind: 'none' }, 'search'],
  ['opening', 1, false, { kind: 'silence' }, 'wait silence'],
  ['opening', 1, false, { kind: 'pending' }, 'book-pending'],
  ['opening', 1, false, { kind: 'open' }, 'book-open'],
  ['opening', 1, false, { kind: 'funding-canceled' }, 'book-failed funding-canceled'],
  ['opening', 1, false, { kind: 'absent', ...free }, 'connect'],
  ['opening', 2, false, { kind: 'absent', ...free }, 'connect'],
  ['opening', 1, false, { kind: 'connected' }, 'call'],
  ['opening', 1, true, { kind: 'connected' }, 'book-failed halted'],
  ['opening', 1, false, { kind: 'unreachable' }, 'book-failed peer-unreachable'],
  // LND was restarted between the connection and the call.
  ['opening', 1, false, { kind: 'refused', reason: 'peer-offline', ...free }, 'connect'],
  [
    'opening',
    3,
    false,
    { kind: 'refused', reason: 'peer-offline', ...free },
    'book-failed peer-offline',
  ],
  [
    'opening',
    1,
    true,
    { kind: 'refused', reason: 'peer-offline', ...free },
    'book-failed peer-offline',
  ],
  ['opening', 3, false, { kind: 'absent', ...free }, 'book-failed no-answer'],
  ['opening', 1, true, { kind: 'absent', ...free }, 'book-failed halted'],
  // Somebody holds the coins: most likely our own call.
  ['opening', 1, false, { kind: 'absent', ...locked }, 'wait coins-locked'],
  ['opening', 3, true, { kind: 'absent', ...locked }, 'wait coins-locked'],
  ['opening', 1, false, { kind: 'absent', ...spent }, 'book-failed coins-spent'],
  ['opening', 1, false, { ...refused, ...free }, 'book-failed too-small'],
  ['opening', 2, false, { ...refused, ...locked }, 'wait coins-locked'],
  ['opening', 2, false, { ...refused, ...spent }, 'book-failed coins-spent'],
  // Nobody else can hold them for us: the first call was refused.
  ['opening', 1, false, { ...refused, ...locked }, 'book-failed too-small'],
  [
    'opening',
    1,
    false,
    { kind: 'refused', reason: 'not-allowed', ...free },
    'book-failed not-allowed',
  ],
  ['intended', 0, false, { kind: 'not-allowed' }, 'book-failed not-allowed'],
  ['opening', 1, false, { kind: 'not-allowed' }, 'wait silence'],
  ['pending', 1, false, { kind: 'abandoned' }, 'book-abandoned'],
  ['pending', 1, false, { kind: 'none' }, 'search'],
  ['pending', 1, true, { kind: 'pending' }, 'wait unconfirmed'],
  ['pending', 1, false, { kind: 'connected' }, 'search'],
  ['pending', 1, false, { kind: 'unreachable' }, 'search'],
  ['pending', 1, false, { kind: 'open' }, 'book-open'],
  ['pending', 1, false, { kind: 'funding-canceled' }, 'book-failed funding-canceled'],
  // In no list while a close confirms: nothing is concluded.
  ['pending', 1, false, { kind: 'absent', ...spent }, 'wait unconfirmed'],
  ['pending', 1, false, { kind: 'absent', ...free }, 'wait unconfirmed'],
  ['open', 1, false, { kind: 'none' }, 'nothing'],
  ['failed', 1, false, { kind: 'none' }, 'nothing'],
  ['abandoned', 1, false, { kind: 'absent', ...free }, 'nothing'],
]

test('what an opening does next, in every state and for every evidence', () => {
  for (const [state, calls, isHalted, evidence, expected] of table) {
    const action = decideOpening({ state, calls, isHalted, isBlacklisted: false }, evidence)
    const said = 'because' in action ? `${action.do} ${action.because}` : action.do
    expect(said, JSON.stringify([state, calls, isHalted, evidence])).toBe(expected)
  }
})

test('a peer is left alone for what it did, not for what our wallet or operator did', () => {
  const ours = [
    'outpoints-unavailable',
    'wallet-too-small',
    'reserve',
    'not-synced',
    'halted',
    'coins-spent',
    'no-answer',
    'other',
    'not-allowed',
    'peer-blacklisted',
  ] as const
  for (const failure of ours) expect(blamesPeer(failure), failure).toBe(false)
  const theirs = ['peer-unreachable', 'peer-refused', 'too-small', 'funding-canceled'] as const
  for (const failure of theirs) expect(blamesPeer(failure), failure).toBe(true)
})

test('a peer that was blacklisted meanwhile is not called; what LND has of it is still booked', () => {
  const decide = (state: OpeningState, evidence: OpeningEvidence) =>
    decideOpening({ state, calls: 1, isHalted: false, isBlacklisted: true }, evidence)
  const failed = { do: 'book-failed', because: 'peer-blacklisted' }
  expect(decide('intended', { kind: 'none' })).toEqual(failed)
  expect(decide('intended', { kind: 'connected' })).toEqual(failed)
  expect(decide('opening', { kind: 'absent', ...free })).toEqual(failed)
  expect(decide('opening', { kind: 'pending' })).toEqual({ do: 'book-pending' })
  expect(decide('pending', { kind: 'open' })).toEqual({ do: 'book-open' })
})
