import { expect, test } from 'vitest'
import {
  type AttemptAction,
  type AttemptSituation,
  type AttemptState,
  decideAttempt,
  type Evidence,
} from '../../src/domain/attempt.ts'

const states: readonly AttemptState[] = ['recorded', 'sent', 'unknown', 'succeeded', 'failed']
const evidences: readonly Evidence[] = [
  { kind: 'none' },
  { kind: 'succeeded' },
  { kind: 'failed' },
  { kind: 'failed', isExpired: true },
  { kind: 'in-flight' },
  { kind: 'not-found' },
  { kind: 'refused' },
  { kind: 'refused', isExpired: true },
  { kind: 'silence' },
]
const both = [false, true]

interface Case {
  readonly situation: AttemptSituation
  readonly evidence: Evidence
  readonly action: AttemptAction
  readonly name: string
}

const outbounds = ['enough', 'short', 'short-for-too-long'] as const

/** Waiting or given up for want of outbound. */
const isAboutOutbound = (action: AttemptAction): boolean =>
  'because' in action && action.because === 'outbound-short'

function* allSituations(): Generator<AttemptSituation> {
  for (const state of states)
    for (const epoch of [0, 1, 2])
      for (const sends of [0, 1, 2, 3])
        for (const isSeen of both)
          for (const isExpired of both)
            for (const isExclusive of both)
              for (const isHalted of both)
                for (const isNodeBehind of both)
                  for (const outbound of outbounds)
                    yield {
                      ...{ state, epoch, ourEpoch: 2, sends, isSeen },
                      ...{ isExpired, isExclusive, isHalted, isNodeBehind, outbound },
                    }
}

function allCases(): Case[] {
  return [...allSituations()].flatMap((situation) =>
    evidences.map((evidence) => {
      const action = decideAttempt(situation, evidence)
      const name = [situation, evidence, action].map((part) => JSON.stringify(part)).join(' ')
      return { situation, evidence, action, name }
    }),
  )
}

const hasEnded = ({ situation: { state } }: Case): boolean =>
  state === 'succeeded' || state === 'failed'

/** LND itself has just said that it will not start the payment any more. */
const isOver = ({ evidence }: Case): boolean =>
  'isExpired' in evidence && evidence.isExpired === true

/** Money rules 4 and 14 in their own words: some call that was issued may reach LND and start the payment. */
function aCallMayStillStart(one: Case): boolean {
  const { situation } = one
  if (isOver(one) || situation.state === 'recorded') return false
  if (situation.epoch !== situation.ourEpoch) return !situation.isExclusive
  return situation.sends > 1
}

/** What cannot be: nothing was sent, yet calls were counted or LND has said something about it. */
const isImpossible = ({ situation: { state, sends, isSeen }, evidence: { kind } }: Case): boolean =>
  state === 'recorded' && (sends > 0 || isSeen || (kind !== 'none' && kind !== 'not-found'))

const isSame = (one: AttemptAction, other: AttemptAction): boolean =>
  JSON.stringify(one) === JSON.stringify(other)

const rules: readonly [string, (one: Case) => boolean][] = [
  ['what has ended stays as it is', (one) => !hasEnded(one) || one.action.do === 'nothing'],
  ['what has not ended is not left alone', (one) => hasEnded(one) || one.action.do !== 'nothing'],
  [
    'a success always wins',
    (one) =>
      hasEnded(one) || one.evidence.kind !== 'succeeded' || one.action.do === 'book-succeeded',
  ],
  [
    'a success is booked on nothing else',
    (one) => one.action.do !== 'book-succeeded' || one.evidence.kind === 'succeeded',
  ],
  [
    'a failure is not booked while a call may still start the payment',
    (one) => one.action.do !== 'book-failed' || !aCallMayStillStart(one) || isImpossible(one),
  ],
  [
    'a failure is booked only on a word of LND, or when nothing was ever sent',
    (one) =>
      one.action.do !== 'book-failed' ||
      one.evidence.kind === 'failed' ||
      one.evidence.kind === 'refused' ||
      (one.situation.state === 'recorded' &&
        (one.situation.isExpired || one.situation.outbound === 'short-for-too-long')),
  ],
  [
    'our clock alone never fails what was handed over',
    (one) =>
      one.situation.state === 'recorded' ||
      one.action.do !== 'book-failed' ||
      decideAttempt({ ...one.situation, isExpired: false }, one.evidence).do === 'book-failed',
  ],
  [
    'what LND has shown and does not know any more is neither sent nor failed: it is unknown',
    (one) => {
      const { state, isSeen } = one.situation
      // A refusal says, too, that LND does not know the hash.
      const isForgotten = one.evidence.kind === 'not-found' || one.evidence.kind === 'refused'
      if (hasEnded(one) || !isSeen || !isForgotten) return true
      return isSame(
        one.action,
        state === 'unknown' ? { do: 'wait', because: 'forgotten' } : { do: 'mark-unknown' },
      )
    },
  ],
  [
    'our clock changes nothing for what was handed over, but that LND is asked to start it again',
    (one) => {
      if (!one.situation.isExpired || one.situation.state === 'recorded') return true
      const before = decideAttempt({ ...one.situation, isExpired: false }, one.evidence)
      if (isSame(before, one.action)) return true
      const waited = isSame(before, { do: 'wait', because: 'may-still-be-sent' })
      return waited && one.evidence.kind === 'failed' && one.action.do === 'send'
    },
  ],
  [
    'the reason of a failure is what was seen',
    (one) => {
      if (one.action.do !== 'book-failed') return true
      if (one.action.because === 'outbound-short')
        return one.situation.outbound === 'short-for-too-long'
      const { kind } = one.evidence
      if (kind === 'failed') return one.action.because === 'node-says-failed'
      if (kind === 'refused' && !isOver(one)) return one.action.because === 'refused'
      return one.action.because === 'expired-before-sending'
    },
  ],
  ['nothing is sent while halted', (one) => one.action.do !== 'send' || !one.situation.isHalted],
  [
    'what was never sent and has expired is not sent',
    (one) =>
      one.action.do !== 'send' ||
      one.situation.state !== 'recorded' ||
      !one.situation.isExpired ||
      isImpossible(one),
  ],
  [
    'nothing is sent again unless LND does not have it',
    (one) =>
      one.action.do !== 'send' ||
      one.evidence.kind === 'not-found' ||
      (one.evidence.kind === 'failed' && one.situation.isExpired && aCallMayStillStart(one)) ||
      (one.evidence.kind === 'none' && one.situation.state === 'recorded') ||
      isImpossible(one),
  ],
  [
    'what is in flight is followed',
    (one) => hasEnded(one) || one.evidence.kind !== 'in-flight' || one.action.do === 'track',
  ],
  [
    'silence concludes nothing, and makes nothing unknown that LND has shown',
    (one) => {
      if (hasEnded(one) || one.evidence.kind !== 'silence') return true
      const { state, isSeen } = one.situation
      const waits: AttemptAction = { do: 'wait', because: 'silence' }
      return isSame(one.action, state === 'unknown' || isSeen ? waits : { do: 'mark-unknown' })
    },
  ],
  [
    'a halt keeps money from going and changes nothing else',
    (one) => {
      const without = decideAttempt({ ...one.situation, isHalted: false }, one.evidence)
      return one.situation.isHalted && (without.do === 'send' || isAboutOutbound(without))
        ? one.action.do === 'wait'
        : isSame(without, one.action)
    },
  ],
  [
    'of an LND with an old state only a success is believed',
    (one) => {
      if (!one.situation.isNodeBehind || one.action.do !== 'book-failed') return true
      return (
        one.situation.state === 'recorded' &&
        (one.action.because === 'expired-before-sending' || isAboutOutbound(one.action))
      )
    },
  ],
  [
    'a shortage of outbound keeps back what was never sent, and nothing else',
    (one) => {
      const { state, outbound } = one.situation
      const without = decideAttempt({ ...one.situation, outbound: 'enough' }, one.evidence)
      const isFirst = state === 'recorded' && one.evidence.kind !== 'failed'
      if (!isFirst || outbound === 'enough' || without.do !== 'send')
        return isSame(without, one.action)
      return isSame(
        one.action,
        outbound === 'short'
          ? { do: 'wait', because: 'outbound-short' }
          : { do: 'book-failed', because: 'outbound-short' },
      )
    },
  ],
  [
    'whoever waits for a call that may still start asks LND after the expiry, and is released by its word',
    (one) => {
      if (one.action.do !== 'wait' || one.action.because !== 'may-still-be-sent') return true
      if (one.evidence.kind !== 'failed') return true
      const later = { ...one.situation, isExpired: true, isHalted: false, isNodeBehind: false }
      return (
        decideAttempt(later, { kind: 'failed' }).do === 'send' &&
        decideAttempt(later, { kind: 'failed', isExpired: true }).do === 'book-failed'
      )
    },
  ],
]

test('the money rules hold for an attempt in every situation with every evidence', () => {
  const cases = allCases()
  expect(cases).toHaveLength(5 * 3 * 4 * 2 * 2 * 2 * 2 * 2 * 3 * 9)
  const broken = rules.flatMap(([rule, holds]) =>
    cases.filter((one) => !holds(one)).map(({ name }) => `${rule}: ${name}`),
  )
  expect(broken).toEqual([])
  // Every action is reached, for every reason, so that no rule holds for want of cases.
  const reached = cases.map(({ action }) =>
    'because' in action ? `${action.do} ${action.because}` : action.do,
  )
  expect([...new Set(reached)].sort()).toEqual([
    'book-failed expired-before-sending',
    'book-failed node-says-failed',
    'book-failed outbound-short',
    'book-failed refused',
    'book-succeeded',
    'mark-unknown',
    'nothing',
    'send',
    'track',
    'wait forgotten',
    'wait halted',
    'wait may-still-be-sent',
    'wait outbound-short',
    'wait silence',
  ])
})

const fresh: AttemptSituation = {
  state: 'recorded',
  epoch: 0,
  ourEpoch: 2,
  sends: 0,
  isSeen: false,
  isExpired: false,
  isExclusive: false,
  isHalted: false,
  isNodeBehind: false,
  outbound: 'enough',
}
const sentOnce: AttemptSituation = { ...fresh, state: 'sent', epoch: 2, sends: 1 }
const sentTwice: AttemptSituation = { ...sentOnce, sends: 2 }
const sentByAnother: AttemptSituation = { ...sentOnce, epoch: 1 }

type Example = readonly [string, AttemptSituation, Evidence, AttemptAction]
const none: Evidence = { kind: 'none' }
const failed: Evidence = { kind: 'failed' }
const refused: Evidence = { kind: 'refused' }
const unknownToNode: Evidence = { kind: 'not-found' }
const silence: Evidence = { kind: 'silence' }
const mayStillBeSent: AttemptAction = { do: 'wait', because: 'may-still-be-sent' }
const nodeSaysFailed: AttemptAction = { do: 'book-failed', because: 'node-says-failed' }
const expired: AttemptAction = { do: 'book-failed', because: 'expired-before-sending' }

const examples: readonly Example[] = [
  ['new', fresh, none, { do: 'send' }],
  ['new, halted', { ...fresh, isHalted: true }, none, { do: 'wait', because: 'halted' }],
  ['new, expired while halted', { ...fresh, isHalted: true, isExpired: true }, none, expired],
  ['sent, found after a crash', sentOnce, none, { do: 'track' }],
  ['unknown, found after a crash', { ...sentOnce, state: 'unknown' }, none, { do: 'track' }],
  ['sent, LND failed it', sentOnce, failed, nodeSaysFailed],
  ['sent, LND refused it', sentOnce, refused, { do: 'book-failed', because: 'refused' }],
  ['sent twice, LND failed one', sentTwice, failed, mayStillBeSent],
  ['sent twice, LND refused one', sentTwice, refused, mayStillBeSent],
  ['sent by a leader that may only be paused', sentByAnother, failed, mayStillBeSent],
  [
    'sent by a leader that is gone',
    { ...sentByAnother, isExclusive: true },
    failed,
    nodeSaysFailed,
  ],
  [
    'sent twice, failed, expired by our clock',
    { ...sentTwice, isExpired: true },
    failed,
    { do: 'send' },
  ],
  [
    'sent twice, failed, expired by LND',
    sentTwice,
    { kind: 'failed', isExpired: true },
    nodeSaysFailed,
  ],
  ['sent twice, refused as expired', sentTwice, { kind: 'refused', isExpired: true }, expired],
  ['sent, LND never got it', sentOnce, unknownToNode, { do: 'send' }],
  ['sent by another leader, LND never got it', sentByAnother, unknownToNode, { do: 'send' }],
  [
    'sent, LND never got it, expired by our clock: LND is asked',
    { ...sentOnce, isExpired: true },
    unknownToNode,
    { do: 'send' },
  ],
  ['LND had it and forgot', { ...sentOnce, isSeen: true }, unknownToNode, { do: 'mark-unknown' }],
  [
    'LND had it, forgot, and still does not know',
    { ...sentOnce, state: 'unknown', isSeen: true },
    unknownToNode,
    { do: 'wait', because: 'forgotten' },
  ],
  [
    'LND had it, refuses it as expired, and does not know it',
    { ...sentOnce, isSeen: true, isExpired: true },
    { kind: 'refused', isExpired: true },
    { do: 'mark-unknown' },
  ],
  ['sent, no answer', sentOnce, silence, { do: 'mark-unknown' }],
  [
    'in flight, no answer',
    { ...sentOnce, isSeen: true },
    silence,
    { do: 'wait', because: 'silence' },
  ],
  [
    'unknown, still no answer',
    { ...sentOnce, state: 'unknown' },
    silence,
    { do: 'wait', because: 'silence' },
  ],
  [
    'expired and silent is not failed',
    { ...sentOnce, isExpired: true },
    silence,
    { do: 'mark-unknown' },
  ],
]

test('what to do with an attempt, by example', () => {
  for (const [name, situation, evidence, action] of examples)
    expect(decideAttempt(situation, evidence), name).toEqual(action)
})
