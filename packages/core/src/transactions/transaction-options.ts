import { type Amount, type AmountInput, readPositiveAmount, sat } from '../domain/amount.ts'
import { type Duration, readDuration } from '../domain/duration.ts'
import { readInteger, readObject } from '../read-input.ts'

/** How on-chain payouts are sent. When they are cheap enough is in `fees`. */
export interface TransactionOptions {
  /** A payout that need not go at once waits so long for others to share its transaction. Default 10 minutes. */
  readonly collectFor?: Duration
  /** Payouts that one transaction carries at most, 1 to 200. Default 50. */
  readonly maximumOutputs?: number
  /** Confirmations after which a transaction is taken for good, 1 to 100. Default 6. */
  readonly confirmations?: number
  /** Blocks without a confirmation after which a transaction is sped up, when fees have risen. Default 6. */
  readonly stuckAfter?: number
  /** What speeding up may cost per UTC day: the operator's money. Default 50,000 sat. */
  readonly bumpBudgetPerDay?: AmountInput
}

/** The options with every default filled in; `collectFor` in milliseconds. */
export interface TransactionSettings {
  readonly collectFor: number
  readonly maximumOutputs: number
  readonly confirmations: number
  readonly stuckAfter: number
  readonly bumpBudgetPerDay: Amount
}

export function readTransactionOptions(value: unknown): TransactionSettings {
  const options = readObject(value === undefined ? {} : value, 'transactions', [
    'collectFor',
    'maximumOutputs',
    'confirmations',
    'stuckAfter',
    'bumpBudgetPerDay',
  ])
  const given = <T>(name: string, absent: T): unknown =>
    options[name] === undefined ? absent : options[name]
  const integer = (name: string, absent: number, maximum: number): number =>
    readInteger(given(name, absent), `transactions.${name}`, { minimum: 1, maximum })
  return {
    collectFor:
      1000 *
      readDuration(given('collectFor', '10m'), 'transactions.collectFor', {
        minimum: 0,
        maximum: 30 * 86_400,
      }),
    maximumOutputs: integer('maximumOutputs', 50, 200),
    confirmations: integer('confirmations', 6, 100),
    stuckAfter: integer('stuckAfter', 6, 2016),
    bumpBudgetPerDay: readPositiveAmount(
      given('bumpBudgetPerDay', sat(50_000)),
      'transactions.bumpBudgetPerDay',
    ),
  }
}
