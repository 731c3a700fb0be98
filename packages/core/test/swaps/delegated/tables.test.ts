import { expect, test } from 'vitest'
import type { DelegatedSwapState } from '../../../src/domain/swap.ts'
import type { DelegatedSwap } from '../../../src/ports/swap-provider.ts'
import { bookDelegatedSwap, bookPrepay } from '../../../src/swaps/delegated/book-delegated.ts'
import { judgeEnding } from '../../../src/swaps/delegated/judge-ending.ts'
import { judgeReports, type KnownDelegated } from '../../../src/swaps/delegated/judge-reports.ts'
import {
  type DelegatedFact,
  isDelegatedOver,
  stepDelegatedSwap,
} from '../../../src/swaps/delegated/step-delegated-swap.ts'

test('every state with every fact', () => {
  const states = [
    'requested',
    'accepted',
    'running',
    'needs-operator',
    'completed',
    'failed',
  ] as const
  const facts = ['accepted', 'running', 'completed', 'failed', 'not-started', 'stuck'] as const
  // One row per state, one word per fact; `-`: refused.
  const table: Readonly<Record<DelegatedSwapState, string>> = {
    requested: 'accepted running completed failed failed needs-operator',
    accepted: '- running completed failed - needs-operator',
    running: '- - completed failed - needs-operator',
    'needs-operator': 'accepted running completed failed failed -',
    completed: '- - - - - -',
    failed: '- - - - - -',
  }
  const wrong: unknown[] = []
  for (const state of states) {
    const seen = facts.map((fact: DelegatedFact) => {
      const step = stepDelegatedSwap(state, fact)
      return step.ok ? step.state : '-'
    })
    if (seen.join(' ') !== table[state]) wrong.push([state, seen])
    const isOver = state === 'completed' || state === 'failed'
    if (isDelegatedOver(state) !== isOver) wrong.push([state, 'is over'])
    const refused = stepDelegatedSwap(state, 'stuck')
    if (isOver && (refused.ok || refused.refusal !== 'has-ended')) wrong.push([state, refused])
  }
  expect(wrong).toEqual([])
})

const report: DelegatedSwap = {
  label: 'a',
  providerId: '01',
  state: 'accepted',
  amountSat: 10n,
  serviceSat: 0n,
  minerSat: 0n,
  routingSat: 0n,
  prepayLostSat: 0n,
}

test('what a daemon s reports say of a swap', () => {
  const known: KnownDelegated = {
    id: 'a',
    providerId: '01',
    amountMsat: 10_000n,
    isRevealed: false,
  }
  const unnamed = { ...known, providerId: null }
  const rows: readonly [string, KnownDelegated, Partial<DelegatedSwap>[], string][] = [
    ['never listed', unnamed, [], 'none'],
    ['of another label', unnamed, [{ label: 'ab' }], 'none'],
    ['forgotten', known, [], 'stuck daemon-forgot 0'],
    ['under another id', known, [{ providerId: '02' }], 'stuck daemon-forgot 0'],
    ['first seen', unnamed, [{}], 'accepted null 0'],
    [
      'two of one label, none known',
      unnamed,
      [{}, { providerId: '02' }],
      'stuck duplicate-label 1',
    ],
    ['two of one label, one known', known, [{ providerId: '02' }, {}], 'accepted null 1'],
    ['of another amount', known, [{ amountSat: 11n }], 'stuck bad-answer 0'],
    ['revealed', known, [{ state: 'running' }], 'running null 0'],
    ['taken back', { ...known, isRevealed: true }, [{}], 'stuck gone-back 0'],
    ['done', known, [{ state: 'completed' }], 'completed null 0'],
    ['failed', known, [{ state: 'failed', failure: 'timeout' }], 'failed timeout 0'],
    ['failed without a reason', known, [{ state: 'failed' }], 'failed unknown 0'],
    ['stuck', known, [{ state: 'needs-operator', failure: 'temporary' }], 'stuck temporary 0'],
  ]
  const wrong: unknown[] = []
  for (const [name, swap, reports, expected] of rows) {
    const judged = judgeReports(
      swap,
      reports.map((more) => ({ ...report, ...more })),
    )
    const seen =
      judged.kind === 'none' ? 'none' : `${judged.fact} ${judged.reason} ${judged.doubles}`
    if (seen !== expected) wrong.push([name, expected, seen])
  }
  expect(wrong).toEqual([])
})

test('how a swap ended: the daemon names it, LND says what was paid', () => {
  const swap = { amountMsat: 1_000_000n, prepayMsat: 10_000n, prepayLimitMsat: 12_000n }
  const paid = { state: 'succeeded', amountMsat: 1_020_000n, feeMsat: 5n } as const
  const [open, gone] = [
    { ...paid, state: 'in-flight' },
    { ...paid, state: 'failed' },
  ] as const
  const rows = [
    // Costs of the daemon in satoshi: service, miner.
    ['completed', 30n, 7n, paid, 'claimed paid 1020000 routing 5 miner 7000 prepay 10000'],
    ['completed', 32n, 7n, paid, 'claimed paid 1020000 routing 5 miner 7000 prepay 12000'],
    ['completed', 33n, 7n, paid, 'claimed paid 1020000 routing 5 miner 7000 prepay 10000'],
    ['completed', 0n, 0n, paid, 'claimed paid 1020000 routing 5 miner 0 prepay 10000'],
    ['completed', 30n, 1000n, paid, 'claimed paid 1020000 routing 5 miner 1000000 prepay 10000'],
    ['completed', 30n, 1001n, paid, 'claimed paid 1020000 routing 5 miner 0 prepay 10000'],
    ['completed', 30n, 7n, open, 'open'],
    ['completed', 30n, 7n, 'not-found', 'other-node'],
    // The server never took it: the coins are a gift.
    ['completed', 30n, 7n, gone, 'claimed paid 0 routing 0 miner 7000 prepay 10000'],
    ['failed', 0n, 7n, open, 'open'],
    ['failed', 0n, 7n, gone, 'returned paid 0 routing 0 miner 0 prepay 10000'],
    ['failed', 0n, 7n, 'not-found', 'returned paid 0 routing 0 miner 0 prepay 10000'],
    ['failed', 0n, 7n, paid, 'lost paid 1020000 routing 5 miner 0 prepay 10000'],
  ] as const
  const wrong: unknown[] = []
  for (const [state, serviceSat, minerSat, payment, expected] of rows) {
    const ending = judgeEnding({ state, serviceSat, minerSat }, payment, swap)
    const seen =
      'paidMsat' in ending
        ? `${ending.kind} paid ${ending.paidMsat} routing ${ending.routingMsat} miner ${ending.minerMsat} prepay ${ending.prepayMsat}`
        : ending.kind
    if (seen !== expected) wrong.push([state, serviceSat, minerSat, expected, seen])
  }
  expect(wrong).toEqual([])
})

test('what it was for moves nothing of the operator s, and sums to zero', () => {
  const moves = [
    { paidMsat: 1_020_000n, swappedMsat: 1_000_000n, minerMsat: 7000n },
    { paidMsat: 1_020_000n, swappedMsat: 0n, minerMsat: 0n },
    { paidMsat: 0n, swappedMsat: 1_000_000n, minerMsat: 7000n },
    { paidMsat: 990_000n, swappedMsat: 1_000_000n, minerMsat: 0n },
  ]
  const booked = [
    ...moves.map((one) => bookDelegatedSwap('s', one)!),
    bookPrepay('s', 'aa', 10_000n, true),
    bookPrepay('s', 'aa', 10_000n, false),
  ]
  const wrong = booked.filter(
    ({ legs }) =>
      legs.reduce((sum, { amountMsat }) => sum + amountMsat, 0n) !== 0n ||
      legs.some(({ account }) => !account.startsWith('world/')) ||
      legs.some(({ amountMsat }) => amountMsat === 0n),
  )
  expect(wrong).toEqual([])
  expect(booked.map(({ kind }) => kind)).toEqual([
    'swap-claimed',
    'swap-lost',
    'swap-claimed',
    'swap-claimed',
    'swap-prepay',
    'swap-prepay',
  ])
  expect(bookDelegatedSwap('s', { paidMsat: 0n, swappedMsat: 0n, minerMsat: 0n })).toBe(undefined)
})
