import type { Mode } from '../channels/channel-options.ts'
import { type AmountInput, readAmount, sat } from '../domain/amount.ts'
import { type Duration, readDuration } from '../domain/duration.ts'
import type { RoutingRule } from '../domain/routing-policy.ts'
import { invalid } from '../errors.ts'
import { readInteger, readObject, readOneOf } from '../read-input.ts'

/**
 * What channels that are `ours` ask for forwarding. The rate follows the outbound share: `highestRate`
 * when nothing can be sent any more, `lowestRate` when everything can, linear between, in `steps`.
 */
export interface RoutingOptions {
  /** `observe` changes nothing, `recommend` writes down what it would change, `act` changes it. Default `'observe'`. */
  readonly mode?: Mode
  /** Per forward, at most 1,000 sat. Default 0. */
  readonly baseFee?: AmountInput
  /** ppm. Default 50. */
  readonly lowestRate?: number
  /** ppm, at most 50,000 (5 %). Default 500. */
  readonly highestRate?: number
  /** Steps between the two, 1 to 100. Default 5. */
  readonly steps?: number
  /** A channel's fees are changed at most once in this time, 1 hour or more. Default 1 hour. */
  readonly quietPeriod?: Duration
}

/** The options with every default filled in; `quietPeriod` in milliseconds. */
export interface RoutingSettings extends RoutingRule {
  readonly mode: Mode
  readonly quietPeriod: number
}

const highestBase = sat(1000)

export function readRoutingOptions(value: unknown): RoutingSettings {
  const options = readObject(value === undefined ? {} : value, 'routing', [
    'mode',
    'baseFee',
    'lowestRate',
    'highestRate',
    'steps',
    'quietPeriod',
  ])
  const given = <T>(name: string, absent: T): unknown =>
    options[name] === undefined ? absent : options[name]
  const baseFee = readAmount(given('baseFee', sat(0)), 'routing.baseFee')
  if (baseFee.msat < 0n) throw invalid('routing.baseFee', 'negative', 'must not be negative')
  if (baseFee.msat > highestBase.msat) {
    throw invalid('routing.baseFee', 'too-large', `must be at most ${highestBase}`)
  }
  const rate = (name: string, absent: number): number =>
    readInteger(given(name, absent), `routing.${name}`, { minimum: 0, maximum: 50_000 })
  const highestRate = rate('highestRate', 500)
  const lowestRate = rate('lowestRate', Math.min(50, highestRate))
  if (lowestRate > highestRate) {
    throw invalid('routing.lowestRate', 'above-highest', 'is above routing.highestRate')
  }
  return {
    mode: readOneOf(given('mode', 'observe'), 'routing.mode', ['observe', 'recommend', 'act']),
    baseFeeMsat: baseFee.msat,
    lowestRate,
    highestRate,
    steps: readInteger(given('steps', 5), 'routing.steps', { minimum: 1, maximum: 100 }),
    quietPeriod:
      1000 *
      readDuration(given('quietPeriod', '1h'), 'routing.quietPeriod', {
        minimum: 3600,
        maximum: 30 * 86_400,
      }),
  }
}
