import { type Duration, readDuration } from '../domain/duration.ts'
import type { FeePolicy } from '../domain/fee-policy.ts'
import { invalid } from '../errors.ts'
import type { FeeSource } from '../ports/fee-source.ts'
import { readInteger, readObject } from '../read-input.ts'

/** When the chain is cheap enough for payouts. Feerates are whole sat/vB. */
export interface FeeOptions {
  /** Who knows the feerate, e.g. `mempoolSpace({ url })`. LND's own estimate is the fallback, and the default. */
  readonly source?: FeeSource
  /** Blocks in which a payout should confirm: decides the feerate. Default 6. */
  readonly targetBlocks?: number
  /**
   * Hard ceiling, sat/vB: no transaction is ever made above it, however urgent. It also decides what is reserved
   * beside each on-chain payout, about 300 vB times it. At least 2. Default 100.
   */
  readonly hardCeiling?: number
  /** Payouts that need not go at once wait above it. Default 30. */
  readonly ceiling?: number
  /** They also wait while the feerate is above this percentile of the last `days` days, 1 to 100. Default 25. */
  readonly percentile?: number
  /** Days that are looked back upon, 1 to 90. Until so many are recorded, the ceiling alone decides. Default 7. */
  readonly days?: number
  /** How often the feerate is recorded, 10 minutes to 1 day. Default 10 minutes. */
  readonly observeEvery?: Duration
}

/** The options with every default filled in; `observeEvery` in milliseconds. */
export interface FeeSettings extends FeePolicy {
  readonly source: FeeSource | undefined
  readonly targetBlocks: number
  readonly observeEvery: number
}

export function readFeeOptions(value: unknown): FeeSettings {
  const options = readObject(value === undefined ? {} : value, 'fees', [
    'source',
    'targetBlocks',
    'hardCeiling',
    'ceiling',
    'percentile',
    'days',
    'observeEvery',
  ])
  const integer = (name: string, absent: number, minimum: number, maximum: number): number =>
    readInteger(options[name] === undefined ? absent : options[name], `fees.${name}`, {
      minimum,
      maximum,
    })
  const hardCeiling = integer('hardCeiling', 100, 2, 10_000)
  const ceiling = integer('ceiling', Math.min(30, hardCeiling), 1, 10_000)
  if (ceiling > hardCeiling) {
    throw invalid('fees.ceiling', 'above-hard-ceiling', 'is above fees.hardCeiling')
  }
  return {
    source: readSource(options.source),
    targetBlocks: integer('targetBlocks', 6, 2, 1008),
    hardCeiling,
    ceiling,
    percentile: integer('percentile', 25, 1, 100),
    days: integer('days', 7, 1, 90),
    observeEvery:
      1000 *
      readDuration(
        (options.observeEvery === undefined ? '10m' : options.observeEvery) as Duration,
        'fees.observeEvery',
        { minimum: 600, maximum: 86_400 },
      ),
  }
}

function readSource(value: unknown): FeeSource | undefined {
  if (value === undefined) return undefined
  const source = value as Partial<FeeSource> | null
  if (typeof source !== 'object' || source === null || typeof source.feerate !== 'function') {
    throw invalid('fees.source', 'wrong-type', 'expected a fee source, e.g. mempoolSpace({ url })')
  }
  if (source.contractVersion !== 1) {
    throw invalid('fees.source', 'contract-version', 'this core needs contract 1')
  }
  return source as FeeSource
}
