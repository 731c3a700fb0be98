import { type Amount, type AmountInput, readPositiveAmount, sat } from '../domain/amount.ts'
import { type Duration, readDuration } from '../domain/duration.ts'
import { invalid, PaymentNodeError } from '../errors.ts'
import type { KeySource } from '../keys.ts'
import type { SwapProvider } from '../ports/swap-provider.ts'
import { readInteger, readObject } from '../read-input.ts'

/** How Lightning money is swapped for on-chain money. Hard caps below every policy. */
export interface SwapOptions {
  /** One swap; what is asked for beyond it is split. Default 5,000,000 sat. */
  readonly perSwap?: AmountInput
  /** All swaps under way together. Default 20,000,000 sat. */
  readonly inFlight?: AmountInput
  /** Swaps under way with one provider. Default 10,000,000 sat. */
  readonly inFlightPerProvider?: AmountInput
  /** Swaps under way as a share of what the node has in its channels, in ppm. Default 500,000 (a half). */
  readonly inFlightShareOfOutbound?: number
  /** Worst costs of the swaps of a UTC day; what a swap did not need is given back when it has ended. Default 200,000 sat. */
  readonly perDay?: AmountInput
  /** All-in cost of a swap, limits included, in ppm of its amount. Default 20,000 (2 %). */
  readonly maximumPpm?: number
  /** What routing a swap's payment may cost, in ppm of its amount. Default 5,000 (0.5 %). */
  readonly routingPpm?: number
  /** What a daemon (loopd) may prepay for one swap, lost when the swap fails. Default 30,000 sat. */
  readonly prepay?: AmountInput
  /** Confirmations of the lockup before the preimage is revealed, 1 to 100. Default 1. */
  readonly confirmations?: number
  /** Hard ceiling in sat/vB of a claim before the preimage is revealed. Default 30, at most `fees.hardCeiling`. */
  readonly claimCeiling?: number
  /** Blocks that a swap's payment may be frozen at most, 200 to 2016. Default 600. */
  readonly maximumCltv?: number
  /** How long a provider may take to answer. Default 10 seconds. */
  readonly answerWithin?: Duration
  /** How long the provider's invoice may stay unpaid. Default 15 minutes. */
  readonly invoiceExpiry?: Duration
}

/** The options with every default filled in. Durations in milliseconds. */
export interface SwapSettings {
  readonly providers: readonly SwapProvider[]
  readonly perSwap: Amount
  readonly inFlight: Amount
  readonly inFlightPerProvider: Amount
  readonly inFlightShareOfOutbound: bigint
  readonly perDay: Amount
  readonly maximumPpm: bigint
  readonly routingPpm: bigint
  readonly prepay: Amount
  readonly confirmations: number
  readonly claimCeiling: number
  readonly maximumCltv: number
  readonly answerWithin: number
  readonly invoiceExpiry: number
}

const names = [
  'perSwap',
  'inFlight',
  'inFlightPerProvider',
  'inFlightShareOfOutbound',
  'perDay',
  'maximumPpm',
  'routingPpm',
  'prepay',
  'confirmations',
  'claimCeiling',
  'maximumCltv',
  'answerWithin',
  'invoiceExpiry',
] as const

/** What swaps need besides their own options. */
export interface SwapSurroundings {
  readonly providers: unknown
  readonly key: KeySource | 'lost' | undefined
  /** `api` may lack the key. */
  readonly role: string
  /** sat/vB */
  readonly hardCeiling: number
}

export function readSwapOptions(value: unknown, around: SwapSurroundings): SwapSettings {
  const options = readObject(value === undefined ? {} : value, 'swapping', names)
  const given = <T>(name: (typeof names)[number], absent: T): unknown =>
    options[name] === undefined ? absent : options[name]
  const amount = (name: (typeof names)[number], absent: Amount): Amount =>
    readPositiveAmount(given(name, absent), `swapping.${name}`)
  const integer = (
    name: (typeof names)[number],
    absent: number,
    minimum: number,
    maximum: number,
  ): number => readInteger(given(name, absent), `swapping.${name}`, { minimum, maximum })
  const duration = (
    name: (typeof names)[number],
    absent: Duration,
    minimum: number,
    maximum: number,
  ): number => 1000 * readDuration(given(name, absent), `swapping.${name}`, { minimum, maximum })
  const providers = readProviders(around)
  return {
    providers,
    perSwap: amount('perSwap', sat(5_000_000)),
    inFlight: amount('inFlight', sat(20_000_000)),
    inFlightPerProvider: amount('inFlightPerProvider', sat(10_000_000)),
    inFlightShareOfOutbound: BigInt(integer('inFlightShareOfOutbound', 500_000, 1, 1_000_000)),
    perDay: amount('perDay', sat(200_000)),
    maximumPpm: BigInt(integer('maximumPpm', 20_000, 1, 1_000_000)),
    routingPpm: BigInt(integer('routingPpm', 5000, 0, 1_000_000)),
    prepay: amount('prepay', sat(30_000)),
    confirmations: integer('confirmations', 1, 1, 100),
    claimCeiling: integer('claimCeiling', Math.min(30, around.hardCeiling), 1, around.hardCeiling),
    maximumCltv: integer('maximumCltv', 600, 200, 2016),
    answerWithin: duration('answerWithin', '10s', 1, 300),
    invoiceExpiry: duration('invoiceExpiry', '15m', 120, 86_400),
  }
}

function readProviders({ providers, key, role }: SwapSurroundings): readonly SwapProvider[] {
  if (providers === undefined) return []
  if (!Array.isArray(providers)) throw invalid('swaps', 'wrong-type', 'expected an array')
  const seen = new Set<string>()
  providers.forEach((provider: unknown, position) => {
    const field = `swaps[${position}]`
    const { contractVersion, custody, name } = (provider ?? {}) as Partial<SwapProvider>
    if (contractVersion !== 1) {
      const reason = contractVersion === undefined ? 'not-an-adapter' : 'contract-version'
      throw invalid(field, reason, 'expected a swap provider, e.g. boltz({ url })')
    }
    if (custody !== 'self' && custody !== 'delegated')
      throw invalid(`${field}.custody`, 'unknown-value', "expected 'self' or 'delegated'")
    if (typeof name !== 'string' || !/^[\x21-\x7e]{1,100}$/.test(name))
      throw invalid(`${field}.name`, 'malformed', 'expected 1 to 100 printable characters')
    if (seen.has(name)) {
      throw invalid(`${field}.name`, 'not-unique', 'two providers have this name; give one another')
    }
    seen.add(name)
  })
  const list = providers as readonly SwapProvider[]
  const isKeyless = key === undefined || key === 'lost'
  if (isKeyless && role !== 'api' && list.some(({ custody }) => custody === 'self'))
    throw keyMissing(key === 'lost')
  return list
}

function keyMissing(isLost: boolean): PaymentNodeError<'options.invalid'> {
  const details = { field: 'keys.swaps', reason: 'missing' } as const
  return isLost
    ? new PaymentNodeError(
        'options.invalid',
        'keys.swaps is said to be lost: no swaps can be made that the library claims itself.',
        details,
        {
          advice:
            'Leave those providers (custody self, e.g. boltz()) out of swaps. What is stored is claimed without them. These books take no other swap key.',
        },
      )
    : new PaymentNodeError(
        'options.invalid',
        'keys.swaps is missing: swaps that the library claims itself are made with it.',
        details,
        {
          advice:
            'Were there swaps before? Give the key that they were made with: these books take no other. If not, make one with: openssl rand -hex 32, and keep it as long as the books.',
        },
      )
}
