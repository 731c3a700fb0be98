import { MalformedAnswer, recordOf, satOf, textOf } from './answer-fields.ts'

/** What the server asks for swaps of bitcoin and bitcoin; undefined fields are none of them. */
export interface Pair {
  /** Of the prices: a swap is created at them or not at all. */
  readonly hash: string
  readonly minimumSat: bigint
  readonly maximumSat: bigint
  /** Percent of the invoice's amount. Some operators pay for swaps: it may be below zero. */
  readonly percentage: number
  readonly lockupSat: bigint
  readonly claimSat: bigint
}

/** `GET /swap/reverse`; undefined: it makes no such swaps. */
export function readPair(answer: unknown): Pair | undefined {
  const { BTC: from } = recordOf(answer, 'the answer')
  if (from === undefined) return undefined
  const { BTC: to } = recordOf(from, 'BTC')
  if (to === undefined) return undefined
  const pair = recordOf(to, 'BTC.BTC')
  if (pair.rate !== 1) throw new MalformedAnswer('rate is not 1')
  const limits = recordOf(pair.limits, 'limits')
  const fees = recordOf(pair.fees, 'fees')
  const minerFees = recordOf(fees.minerFees, 'minerFees')
  const minimumSat = satOf(limits.minimal, 'minimal', 1)
  const maximumSat = satOf(limits.maximal, 'maximal', 1)
  if (minimumSat > maximumSat) throw new MalformedAnswer('minimal is above maximal')
  return {
    hash: textOf(pair.hash, 'hash', /^[\w-]+$/, 128),
    minimumSat,
    maximumSat,
    percentage: readPercentage(fees.percentage),
    lockupSat: satOf(minerFees.lockup, 'lockup'),
    claimSat: satOf(minerFees.claim, 'claim'),
  }
}

function readPercentage(value: unknown): number {
  if (typeof value === 'number' && value >= -10 && value < 100) return value
  throw new MalformedAnswer('percentage is no percentage from -10 to 100')
}

/**
 * Its fee for an invoice, rounded up. In floating point as boltz-backend counts it, or as its documentation writes it
 * down, which may be a satoshi apart: the dearer of both, so that a server that counts the other way is cheaper than
 * its quote and never dearer.
 */
export function serviceFeeSat({ percentage }: Pick<Pair, 'percentage'>, amountSat: bigint): bigint {
  const amount = Number(amountSat)
  const fee = Math.max((percentage / 100) * amount, (amount * percentage) / 100)
  return BigInt(Math.ceil(fee))
}
