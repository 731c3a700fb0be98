import { expect, test } from 'vitest'
import { chooseBatch, type QueuedPayout } from '../../src/domain/choose-batch.ts'
import { chooseInputs, type InputsMissing } from '../../src/domain/choose-inputs.ts'
import type { FeeReason } from '../../src/domain/fee-policy.ts'

const now = 1_000_000
const policy = { collectFor: 1000, maximumOutputs: 3 }

function queued(id: string, reason: FeeReason, more: Partial<QueuedPayout> = {}): QueuedPayout {
  const isAcceptable = !reason.startsWith('feerate-')
  return {
    id,
    address: `to ${id}`,
    amountSat: 1000n,
    createdAt: now - 500,
    verdict: { isAcceptable, reason, feerate: 5, ceiling: 20, percentileFeerate: null, says: '' },
    ...more,
  }
}

test('which payouts go together, and why the others wait', () => {
  const old = { createdAt: now - 1000 }
  const rows: readonly (readonly [string, readonly QueuedPayout[], string, string])[] = [
    ['nothing', [], '', ''],
    [
      'too young',
      [queued('a', 'low'), queued('b', 'below-ceiling')],
      '',
      'a:collecting b:collecting',
    ],
    ['one is old enough', [queued('a', 'low'), queued('b', 'low', old)], 'b a', ''],
    [
      'one is dated by a clock that was ahead',
      [queued('a', 'low', { createdAt: now + 1 })],
      'a',
      '',
    ],
    ['a quick one takes all along', [queued('a', 'low'), queued('q', 'quick')], 'q a', ''],
    ['a released one, too', [queued('a', 'low'), queued('r', 'released')], 'r a', ''],
    ['one after its deadline', [queued('d', 'deadline-passed')], 'd', ''],
    [
      'what must wait is left behind',
      [queued('w', 'feerate-above-ceiling', old), queued('q', 'quick')],
      'q',
      'w:feerate-above-ceiling',
    ],
    [
      'what must wait makes nothing due',
      [queued('w', 'feerate-above-percentile', old)],
      '',
      'w:feerate-above-percentile',
    ],
    [
      'full',
      ['a', 'b', 'c', 'd'].map((id, at) => queued(id, 'low', { createdAt: now - 100 + at })),
      'a b c',
      'd:collecting',
    ],
    [
      'one output per address',
      [queued('a', 'quick', { address: 'x' }), queued('b', 'quick', { address: 'x' })],
      'a',
      'b:collecting',
    ],
    [
      'what does not fit holds up nothing',
      [queued('a', 'quick', { amountSat: 9000n }), queued('b', 'quick')],
      'b',
      'a:wallet-too-small',
    ],
  ]
  const missing = (together: readonly QueuedPayout[]): InputsMissing | undefined =>
    together.reduce((sum, { amountSat }) => sum + amountSat, 0n) > 5000n
      ? 'wallet-too-small'
      : undefined
  const wrong = rows.flatMap(([name, payouts, go, wait]) => {
    const batch = chooseBatch(payouts, now, policy, missing)
    const found = [
      batch.go.map(({ id }) => id).join(' '),
      batch.wait.map(({ payout, reason }) => `${payout.id}:${reason}`).join(' '),
    ]
    return found[0] === go && found[1] === wait ? [] : [{ name, found }]
  })
  expect(wrong).toEqual([])
})

test('coins: the largest first, with room for the change, and what must stay stays', () => {
  const coins = [30_000n, 100_000n, 50_000n].map((amountSat, at) => ({
    outpoint: `${at}:0`,
    amountSat,
    confirmations: 1,
    address: '',
  }))
  const choose = (amountSat: bigint, keptSat: bigint, maximumFeeSat = 10_000n) => {
    const outputs = ['p2wpkh'] as const
    const limits = { maximumFeeSat, expectedInputs: 2 }
    const chosen = chooseInputs(coins, { amountSat, outputs, satPerVbyte: 10, keptSat, ...limits })
    return typeof chosen === 'string' ? chosen : chosen.outpoints
  }
  expect(choose(80_000n, 0n)).toEqual(['1:0'])
  // The change would be too small to speed it up.
  expect(choose(89_000n, 0n)).toEqual(['1:0', '2:0'])
  expect(choose(150_000n, 0n)).toEqual(['1:0', '2:0', '0:0'])
  expect(choose(175_000n, 0n)).toBe('wallet-too-small')
  expect(choose(80_000n, 98_000n)).toEqual(['1:0'])
  expect(choose(80_000n, 99_000n)).toBe('wallet-too-small')
  // Three inputs cost 2890 sat, one 1530.
  expect(choose(150_000n, 0n, 2890n)).toEqual(['1:0', '2:0', '0:0'])
  expect(choose(150_000n, 0n, 2889n)).toBe('wallet-fragmented')
  expect(choose(80_000n, 0n, 1529n)).toBe('fee-above-limit')
  const none = { maximumFeeSat: 1n, expectedInputs: 3 }
  expect(
    chooseInputs([], { amountSat: 1n, outputs: [], satPerVbyte: 1, keptSat: 0n, ...none }),
  ).toBe('wallet-too-small')
})
