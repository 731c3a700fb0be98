import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  feeShares,
  livingTransactions,
  stepTransaction,
  type TransactionFact,
  type TransactionState,
} from '../../src/domain/transaction.ts'

const facts: readonly TransactionFact[] = [
  'funded',
  'unlocked',
  'signed',
  'found',
  'published',
  'confirmed',
  'unconfirmed',
  'buried',
  'conflicted',
  'given-up',
  'abandoned',
]

/** One letter per fact: the next state, or why not (b: bytes are stored, e: has ended, o: out of order). */
const table: Readonly<Record<TransactionState, readonly string[]>> = {
  intended: ['funded', 'o', 'o', 'published', 'o', 'o', 'o', 'o', 'o', 'given-up', 'o'],
  funded: ['o', 'intended', 'signed', 'published', 'o', 'o', 'o', 'o', 'o', 'given-up', 'o'],
  signed: ['b', 'b', 'o', 'o', 'published', 'confirmed', 'o', 'o', 'conflicted', 'b', 'given-up'],
  published: ['b', 'b', 'o', 'o', 'o', 'confirmed', 'o', 'o', 'conflicted', 'b', 'given-up'],
  confirmed: ['b', 'b', 'o', 'o', 'o', 'o', 'published', 'final', 'o', 'b', 'o'],
  final: facts.map(() => 'e'),
  'given-up': facts.map(() => 'e'),
  conflicted: facts.map(() => 'e'),
}

const letters = { 'bytes-are-stored': 'b', 'has-ended': 'e', 'out-of-order': 'o' } as const

test('every state and every fact: the next state, or the refusal', () => {
  const wrong: unknown[] = []
  for (const [state, row] of Object.entries(table)) {
    for (const [at, expected] of row.entries()) {
      const step = stepTransaction(state as TransactionState, facts[at]!)
      const found = step.ok ? step.state : letters[step.refusal]
      if (found !== expected) wrong.push({ state, fact: facts[at], found, expected })
    }
  }
  expect(wrong).toEqual([])
})

test('what has not ended is followed', () => {
  const ended = (Object.keys(table) as TransactionState[]).filter(
    (state) => !livingTransactions.includes(state),
  )
  expect(ended).toEqual(['final', 'given-up', 'conflicted'])
})

test('the shares of a fee add up to it and differ by at most one msat', () => {
  fc.assert(
    fc.property(fc.bigInt(0n, 10n ** 12n), fc.integer({ min: 1, max: 200 }), (fee, outputs) => {
      const shares = feeShares(fee, outputs)
      expect(shares.length).toBe(outputs)
      expect(shares.reduce((sum, share) => sum + share, 0n)).toBe(fee)
      expect(shares[0]! - shares.at(-1)!).toBeLessThanOrEqual(1n)
    }),
  )
})
