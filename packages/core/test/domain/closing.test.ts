import { expect, test } from 'vitest'
import {
  type ClosingAction,
  type ClosingEvidence,
  type ClosingSituation,
  decideClosing,
} from '../../src/domain/closing.ts'

const intended: ClosingSituation = { state: 'intended', isForce: false, isNodeBehind: false }
const forced: ClosingSituation = { ...intended, isForce: true }
const closing: ClosingSituation = { ...intended, state: 'closing' }
const behind = { isNodeBehind: true }
const transaction = 'ab'.repeat(32)
const open: ClosingEvidence = { kind: 'open', isOlder: false }
const call = { do: 'call' } as const
const wait = (because: string | null): ClosingAction => ({ do: 'wait', because }) as ClosingAction
const refuse = (because: string): ClosingAction =>
  ({ do: 'book-refused', because }) as ClosingAction

const table: readonly [string, ClosingSituation, ClosingEvidence, ClosingAction][] = [
  ['open', intended, open, call],
  ['open, by force', forced, open, call],
  ['open again: the agreement was forgotten', closing, open, call],
  ['open, LND behind', { ...intended, ...behind }, open, wait('node-behind')],
  ['open, LND behind, by force', { ...forced, ...behind }, open, wait('node-behind')],
  ['an older state', intended, { kind: 'open', isOlder: true }, wait('node-behind')],
  ['an older state, by force', forced, { kind: 'open', isOlder: true }, wait('node-behind')],
  ['not confirmed', intended, { kind: 'opening' }, wait('not-confirmed')],
  ['called', intended, { kind: 'called', transaction }, { do: 'book-closing', transaction }],
  ['agreed on', intended, { kind: 'called' }, { do: 'book-closing' }],
  [
    'found closing',
    intended,
    { kind: 'closing', transaction },
    { do: 'book-closing', transaction },
  ],
  ['found agreed on', intended, { kind: 'closing' }, { do: 'book-closing' }],
  ['agreed on, to be forced', forced, { kind: 'closing' }, call],
  [
    'agreed on, to be forced, LND behind',
    { ...forced, ...behind },
    { kind: 'closing' },
    wait('node-behind'),
  ],
  [
    'published, to be forced',
    forced,
    { kind: 'closing', transaction },
    { do: 'book-closing', transaction },
  ],
  ['still agreed on', closing, { kind: 'closing' }, wait(null)],
  ['still agreed on, by force', { ...forced, state: 'closing' }, { kind: 'closing' }, wait(null)],
  ['published now', closing, { kind: 'closing', transaction }, { do: 'book-closing', transaction }],
  ['resolved', closing, { kind: 'closed' }, { do: 'book-closed' }],
  ['resolved before it was asked', intended, { kind: 'closed' }, { do: 'book-closed' }],
  ['nowhere', intended, { kind: 'unlisted', isKnown: true }, wait('unlisted')],
  ['nowhere while closing', closing, { kind: 'unlisted', isKnown: true }, wait('unlisted')],
  ['never heard of', intended, { kind: 'unlisted', isKnown: false }, refuse('channel-not-found')],
  [
    'not found',
    intended,
    { kind: 'refused', reason: 'channel-not-found', isKnown: false },
    refuse('channel-not-found'),
  ],
  [
    'not found, but known',
    intended,
    { kind: 'refused', reason: 'channel-not-found', isKnown: true },
    wait('unlisted'),
  ],
  [
    'a state that forbids it',
    intended,
    { kind: 'refused', reason: 'channel-state', isKnown: true },
    refuse('channel-state'),
  ],
  [
    'a state that forbids it, by force',
    forced,
    { kind: 'refused', reason: 'channel-state', isKnown: true },
    refuse('channel-state'),
  ],
  [
    'peer away',
    intended,
    { kind: 'refused', reason: 'peer-offline', isKnown: true },
    wait('peer-offline'),
  ],
  [
    'payments',
    intended,
    { kind: 'refused', reason: 'htlcs-pending', isKnown: true },
    wait('htlcs-pending'),
  ],
  [
    'not synced',
    forced,
    { kind: 'refused', reason: 'not-synced', isKnown: true },
    wait('not-synced'),
  ],
  ['something else', forced, { kind: 'refused', reason: 'other', isKnown: true }, wait('other')],
  ['no answer', intended, { kind: 'silence' }, wait('no-answer')],
  ['no answer while closing', closing, { kind: 'silence' }, wait('no-answer')],
]

test('each step of a close', () => {
  for (const [name, situation, evidence, action] of table)
    expect(decideClosing(situation, evidence), name).toEqual(action)
})

test('what has ended is never touched again', () => {
  const evidences = table.map(([, , evidence]) => evidence)
  for (const state of ['closed', 'refused'] as const)
    for (const isForce of [false, true])
      for (const evidence of evidences)
        expect(decideClosing({ state, isForce, isNodeBehind: false }, evidence)).toEqual({
          do: 'nothing',
        })
})

test('an LND that is behind is never called, whatever it shows', () => {
  for (const [name, situation, evidence] of table)
    expect(decideClosing({ ...situation, isNodeBehind: true }, evidence).do, name).not.toBe('call')
})
