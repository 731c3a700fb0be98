import { expect, test } from 'vitest'
import {
  type AttemptAction,
  type AttemptSituation,
  type AttemptState,
  decideAttempt,
  type Evidence,
} from '../../src/domain/attempt.ts'

const states: readonly AttemptState[] = ['recorded', 'sent', 'unknown', 'succeeded', 'failed']
const evidences: readonly Evidence['kind'][] = [
  'none',
  'succeeded',
  'failed',
  'in-flight',
  'not-found',
  'refused',
  'silence',
]
const both = [false, true]

interface Case {
  readonly situation: AttemptSituation
  readonly evidence: Evidence['kind']
  readonly action: AttemptAction
  readonly name: string
}

function allCases(): Case[] {
  const cases: Case[] = []
  for (const state of states)
    for (const epoch of [0, 1, 2])
      for (const sends of [0, 1, 2, 3])
        for (const isExpired of both)
          for (const isExclusive of both)
            for (const isHalted of both)
              for (const evidence of evidences) {
                const situation = {
                  state,
                  epoch,
                  ourEpoch: 2,
                  sends,
                  isExpired,
                  isExclusive,
                  isHalted,
                }
                const action = decideAttempt(situation, { kind: evidence })
                cases.push({
                  situation,
                  evidence,
                  action,
                  name: `${JSON.stringify(situation)} + ${evidence} = ${JSON.stringify(action)}`,
                })
              }
  return cases
}

const hasEnded = ({ situation: { state } }: Case): boolean =>
  state === 'succeeded' || state === 'failed'

/** Money rules 4 and 14 in their own words: some call that was issued may reach LND and start the payment. */
function aCallMayStillStart({ situation }: Case): boolean {
  if (situation.isExpired) return false
  if (situation.epoch !== situation.ourEpoch) return !situation.isExclusive
  return situation.sends > 1
}

const rules: readonly [string, (one: Case) => boolean][] = [
  ['what has ended stays as it is', (one) => !hasEnded(one) || one.action.do === 'nothing'],
  ['what has not ended is not left alone', (one) => hasEnded(one) || one.action.do !== 'nothing'],
  [
    'a success always wins',
    (one) => hasEnded(one) || one.evidence !== 'succeeded' || one.action.do === 'book-succeeded',
  ],
  [
    'a success is booked on nothing else',
    (one) => one.action.do !== 'book-succeeded' || one.evidence === 'succeeded',
  ],
  [
    'a failure is not booked while a call may still start the payment',
    (one) => one.action.do !== 'book-failed' || !aCallMayStillStart(one),
  ],
  [
    'a failure is booked only on a word of LND, or on an expiry',
    (one) =>
      one.action.do !== 'book-failed' ||
      one.evidence === 'failed' ||
      one.evidence === 'refused' ||
      (one.situation.isExpired && (one.evidence === 'not-found' || one.evidence === 'none')),
  ],
  [
    'without any evidence a failure is booked only before anything was sent',
    (one) =>
      one.action.do !== 'book-failed' ||
      one.evidence !== 'none' ||
      one.situation.state === 'recorded',
  ],
  [
    'the reason of a failure is what was seen',
    (one) =>
      one.action.do !== 'book-failed' ||
      one.action.because ===
        { failed: 'node-says-failed', refused: 'refused' }[one.evidence as string] ||
      (one.action.because === 'expired-before-sending' &&
        (one.evidence === 'not-found' || one.evidence === 'none')),
  ],
  ['nothing is sent while halted', (one) => one.action.do !== 'send' || !one.situation.isHalted],
  ['nothing expired is sent', (one) => one.action.do !== 'send' || !one.situation.isExpired],
  [
    'nothing is sent again unless LND does not know it',
    (one) =>
      one.action.do !== 'send' ||
      one.evidence === 'not-found' ||
      (one.evidence === 'none' && one.situation.state === 'recorded'),
  ],
  [
    'what is in flight is followed',
    (one) => hasEnded(one) || one.evidence !== 'in-flight' || one.action.do === 'track',
  ],
  [
    'silence concludes nothing',
    (one) =>
      hasEnded(one) ||
      one.evidence !== 'silence' ||
      one.action.do === (one.situation.state === 'unknown' ? 'wait' : 'mark-unknown'),
  ],
  [
    'a halt keeps money from going and changes nothing else',
    (one) => {
      const without = decideAttempt({ ...one.situation, isHalted: false }, { kind: one.evidence })
      return one.situation.isHalted && without.do === 'send'
        ? one.action.do === 'wait' && one.action.because === 'halted'
        : JSON.stringify(without) === JSON.stringify(one.action)
    },
  ],
  [
    'whoever waits for a call that may still start is released by the expiry',
    (one) => {
      if (one.action.do !== 'wait' || one.action.because !== 'may-still-be-sent') return true
      const later = decideAttempt({ ...one.situation, isExpired: true }, { kind: one.evidence })
      return later.do === 'book-failed'
    },
  ],
]

test('the money rules hold for an attempt in every situation with every evidence', () => {
  const cases = allCases()
  expect(cases).toHaveLength(5 * 3 * 4 * 2 * 2 * 2 * 7)
  const broken = rules.flatMap(([rule, holds]) =>
    cases.filter((one) => !holds(one)).map(({ name }) => `${rule}: ${name}`),
  )
  expect(broken).toEqual([])
  // Every action is reached, so that no rule holds for want of cases.
  const actions = new Set(cases.map(({ action }) => action.do))
  expect([...actions].sort()).toEqual(
    ['book-failed', 'book-succeeded', 'mark-unknown', 'nothing', 'send', 'track', 'wait'].sort(),
  )
})

const fresh: AttemptSituation = {
  state: 'recorded',
  epoch: 0,
  ourEpoch: 2,
  sends: 0,
  isExpired: false,
  isExclusive: false,
  isHalted: false,
}
const sentOnce: AttemptSituation = { ...fresh, state: 'sent', epoch: 2, sends: 1 }
const sentTwice: AttemptSituation = { ...sentOnce, sends: 2 }
const sentByAnother: AttemptSituation = { ...sentOnce, epoch: 1 }

const examples: readonly [string, AttemptSituation, Evidence['kind'], AttemptAction][] = [
  ['new', fresh, 'none', { do: 'send' }],
  ['new, halted', { ...fresh, isHalted: true }, 'none', { do: 'wait', because: 'halted' }],
  [
    'new, expired while halted',
    { ...fresh, isHalted: true, isExpired: true },
    'none',
    { do: 'book-failed', because: 'expired-before-sending' },
  ],
  ['sent, found after a crash', sentOnce, 'none', { do: 'track' }],
  ['unknown, found after a crash', { ...sentOnce, state: 'unknown' }, 'none', { do: 'track' }],
  ['sent, LND failed it', sentOnce, 'failed', { do: 'book-failed', because: 'node-says-failed' }],
  ['sent, LND refused it', sentOnce, 'refused', { do: 'book-failed', because: 'refused' }],
  ['sent twice, LND failed one', sentTwice, 'failed', { do: 'wait', because: 'may-still-be-sent' }],
  [
    'sent twice, LND refused one',
    sentTwice,
    'refused',
    { do: 'wait', because: 'may-still-be-sent' },
  ],
  [
    'sent by a leader that may only be paused',
    sentByAnother,
    'failed',
    { do: 'wait', because: 'may-still-be-sent' },
  ],
  [
    'sent by a leader that is gone',
    { ...sentByAnother, isExclusive: true },
    'failed',
    { do: 'book-failed', because: 'node-says-failed' },
  ],
  ['sent, LND never got it', sentOnce, 'not-found', { do: 'send' }],
  ['sent by another leader, LND never got it', sentByAnother, 'not-found', { do: 'send' }],
  [
    'sent, LND never got it and takes it no more',
    { ...sentOnce, isExpired: true },
    'not-found',
    { do: 'book-failed', because: 'expired-before-sending' },
  ],
  ['sent, no answer', sentOnce, 'silence', { do: 'mark-unknown' }],
  [
    'unknown, still no answer',
    { ...sentOnce, state: 'unknown' },
    'silence',
    { do: 'wait', because: 'silence' },
  ],
  [
    'expired and silent is not failed',
    { ...sentOnce, isExpired: true },
    'silence',
    { do: 'mark-unknown' },
  ],
]

test('what to do with an attempt, by example', () => {
  for (const [name, situation, kind, action] of examples)
    expect(decideAttempt(situation, { kind }), name).toEqual(action)
})
