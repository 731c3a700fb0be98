import {
  type Amount,
  type AmountInput,
  readAmount,
  readPositiveAmount,
  sat,
} from '../domain/amount.ts'
import { type Duration, readDuration } from '../domain/duration.ts'
import { invalid } from '../errors.ts'
import { readObject, readText } from '../read-input.ts'

/** How payouts wait, and what is paid without being asked for. */
export interface PayoutWaitOptions {
  /** How long a Lightning address or LNURL whose server does not answer is tried. Default 1 hour. */
  readonly waitForDestination?: Duration
  /** How long a payout waits for outbound liquidity before it is sent; never longer than its invoice lives. Default 1 hour. */
  readonly waitForOutbound?: Duration
  /** The least that is paid on chain. Default 10,000 sat, at least 1,000 sat (above the dust limit of every address type). */
  readonly onchainMinimum?: AmountInput
  /**
   * Pays partners' balances by itself, where the partner has it switched on. Left out: only on
   * `payouts.runAutomatic()`, with a warning where a partner waits for it; `'by-call'`: the same, without.
   */
  readonly automatic?: AutomaticOptions | 'by-call'
  /**
   * The operator's own on-chain address. When automatic payouts have no partner to pay, what is the operator's and
   * free goes there, booked as payouts of the partner `@operator`. Default null: it stays on the node.
   */
  readonly operatorAddress?: string | null
  /** The least that goes there, its worst fee included. Default 250,000 sat, at most `caps.perPayout`. */
  readonly operatorMinimum?: AmountInput
  /** What always stays the operator's on this node, for the fees and channels to come. Default 1,000,000 sat. */
  readonly operatorReserve?: AmountInput
}

/** When balances are paid out by themselves. */
export interface AutomaticOptions {
  /** How often balances are looked at. Default 1 hour. */
  readonly every?: Duration
  /** For partners without a minimum of their own. Default 10,000 sat. */
  readonly minimum?: AmountInput
}

/** The options with every default filled in. Durations in milliseconds. */
export interface PayoutSettings {
  readonly waitForDestination: number
  readonly waitForOutbound: number
  readonly onchainMinimum: Amount
  /** Undefined: no schedule. */
  readonly automaticEvery: number | undefined
  /** The host calls `payouts.runAutomatic()` itself. */
  readonly isAutomaticByCall: boolean
  readonly automaticMinimum: Amount
  readonly operatorAddress: string | null
  readonly operatorMinimum: Amount
  readonly operatorReserve: Amount
}

export const payoutWaitNames = [
  'waitForDestination',
  'waitForOutbound',
  'onchainMinimum',
  'automatic',
  'operatorAddress',
  'operatorMinimum',
  'operatorReserve',
] as const

/** Above the dust limit of every type of address (546 sat), with room. */
const leastOnchain = sat(1000)

export function readPayoutOptions(
  options: Readonly<Record<string, unknown>>,
  capPerPayout: Amount,
): PayoutSettings {
  const given = <T>(value: unknown, absent: T): unknown => (value === undefined ? absent : value)
  const wait = (name: 'waitForDestination' | 'waitForOutbound'): number =>
    1000 *
    readDuration(given(options[name], '1h'), `payouts.${name}`, { minimum: 0, maximum: 604_800 })
  const onchainMinimum = readPositiveAmount(
    given(options.onchainMinimum, sat(10_000)),
    'payouts.onchainMinimum',
  )
  if (onchainMinimum.msat < leastOnchain.msat)
    throw invalid('payouts.onchainMinimum', 'too-small', `must be at least ${leastOnchain}`)
  const operatorMinimum = readPositiveAmount(
    given(options.operatorMinimum, sat(250_000)),
    'payouts.operatorMinimum',
  )
  const isForOperator = options.operatorAddress !== undefined && options.operatorAddress !== null
  if (isForOperator && operatorMinimum.msat > capPerPayout.msat)
    throw invalid(
      'payouts.operatorMinimum',
      'above-cap',
      `must not be above caps.perPayout (${capPerPayout}), or nothing is ever paid`,
    )
  const isAutomaticByCall = options.automatic === 'by-call'
  const automatic =
    options.automatic === undefined || isAutomaticByCall
      ? undefined
      : readObject(options.automatic, 'payouts.automatic', ['every', 'minimum'])
  return {
    waitForDestination: wait('waitForDestination'),
    waitForOutbound: wait('waitForOutbound'),
    onchainMinimum,
    isAutomaticByCall,
    automaticEvery:
      automatic &&
      1000 *
        readDuration(given(automatic.every, '1h'), 'payouts.automatic.every', {
          minimum: 60,
          maximum: 2_592_000,
        }),
    automaticMinimum: readPositiveAmount(
      given(automatic?.minimum, sat(10_000)),
      'payouts.automatic.minimum',
    ),
    operatorAddress:
      options.operatorAddress === undefined || options.operatorAddress === null
        ? null
        : readText(options.operatorAddress, 'payouts.operatorAddress', { maximum: 255 }),
    operatorMinimum,
    operatorReserve: readNoLess(given(options.operatorReserve, sat(1_000_000))),
  }
}

/** Nothing at all may be kept, too. */
function readNoLess(value: unknown): Amount {
  const amount = readAmount(value, 'payouts.operatorReserve')
  if (amount.msat >= 0n) return amount
  throw invalid('payouts.operatorReserve', 'negative', 'must not be negative')
}
