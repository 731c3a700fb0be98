import {
  type ChannelOptions,
  type ChannelSettings,
  readChannelOptions,
} from './channels/channel-options.ts'
import { type Amount, type AmountInput, readPositiveAmount, sat } from './domain/amount.ts'
import { type Duration, readDuration } from './domain/duration.ts'
import { invalid, PaymentNodeError } from './errors.ts'
import { type FeeOptions, type FeeSettings, readFeeOptions } from './fees/fee-options.ts'
import { type HttpOptions, type HttpSettings, readHttpOptions } from './http/http-options.ts'
import type { KeySource } from './keys.ts'
import {
  type LiquidityOptions,
  type LiquidityRules,
  readLiquidityOptions,
} from './liquidity/liquidity-options.ts'
import {
  type PartnerOptions,
  type PartnerSettings,
  readPartnerOptions,
} from './partners/partner-options.ts'
import {
  type PayoutSettings,
  type PayoutWaitOptions,
  payoutWaitNames,
  readPayoutOptions,
} from './payouts/payout-options.ts'
import type { PeerSource } from './ports/channel-source.ts'
import type { Clock } from './ports/clock.ts'
import type { Http } from './ports/http.ts'
import type { LightningNode, Network } from './ports/lightning-node.ts'
import type { Logger } from './ports/logger.ts'
import type { Meter } from './ports/meter.ts'
import type { Random } from './ports/random.ts'
import type { Storage } from './ports/storage.ts'
import type { SwapProvider } from './ports/swap-provider.ts'
import { readId, readInteger, readObject, readOneOf } from './read-input.ts'
import {
  type RoutingOptions,
  type RoutingSettings,
  readRoutingOptions,
} from './routing/routing-options.ts'
import type { IntentCounter } from './safety/intent-counter.ts'
import { readSwapOptions, type SwapOptions, type SwapSettings } from './swaps/swap-options.ts'
import {
  readTransactionOptions,
  type TransactionOptions,
  type TransactionSettings,
} from './transactions/transaction-options.ts'
import {
  readWebhookOptions,
  type WebhookOptions,
  type WebhookSettings,
} from './webhooks/webhook-options.ts'

/** Which part of the work this process does. One process per LND node leads; the others follow. */
export type Role = 'all' | 'api' | 'worker'

/** Everything `createPaymentNode` takes. */
export interface PaymentNodeOptions {
  /** The host's own node, e.g. `lnd({ … })`. */
  readonly lightning: LightningNode
  /** Where the books live, e.g. `sqlite({ file })`. Bound to one LND per `name`. */
  readonly storage: Storage
  /**
   * One secret per purpose; never stored, only its fingerprint. Losing `invoices` loses no money, but
   * these books then refuse to start without it: keep it as long as the books.
   */
  readonly keys: {
    /** Derives invoice preimages and ids. 32 bytes. */
    readonly invoices: KeySource
    /**
     * Derives preimages and claim keys of swaps; needed with a provider whose swaps the library claims itself. 32 bytes.
     * Losing it loses the coins of swaps under way. Left out while one lives, no process that works starts; `'lost'` says
     * that it is: then what was stored is all that can be claimed, and nothing else is paid or revealed. Such providers
     * must then leave `swaps`, and these books can make no more swaps with them: they take no other key.
     */
    readonly swaps?: KeySource | 'lost'
  }
  /**
   * A count of outgoing intents outside of the storage, e.g. `counterFile('payments.counter')`: tells a
   * storage that was restored from an old copy from payments that other programs make over this LND.
   * Without it, a payment made by another program while this one was down halts outgoing money at the
   * next start, until `safety.resume()`.
   */
  readonly intentCounter?: IntentCounter
  /** Tells several nodes in one storage apart, where the storage can be open several times. Default `'main'`. */
  readonly name?: string
  /** Refuse to start on any other network. Default: whatever LND says at the first start. */
  readonly network?: Network
  /** Default `'all'`. `'api'` creates and reads, `'worker'` also receives, pays and delivers. */
  readonly role?: Role
  readonly invoices?: {
    /** When neither the call nor the partner says. Default 1 hour. */
    readonly defaultExpiry?: Duration
    /** Default 1 year, which is LND's own limit. */
    readonly maximumExpiry?: Duration
  }
  readonly payouts?: PayoutWaitOptions & {
    /** When the call gives no `feeLimit`: this share of the amount, at least `minimum` (not where the operator pays the fees). Default 5000 ppm (0.5 %), at least 10 sat. */
    readonly feeLimit?: { readonly ppm?: number; readonly minimum?: AmountInput }
    /** An invoice to pay must live this much longer. Default 1 minute. */
    readonly expiryMargin?: Duration
    /** LND looks for new routes this long. Default 1 minute. */
    readonly timeout?: Duration
    /** Payments in flight at once. Default 50. */
    readonly maximumConcurrent?: number
  }
  /** How partners are kept. */
  readonly partners?: PartnerOptions
  /** Where peers worth a channel come from, e.g. `peerList('peers.json')`. Without one no channel is opened by itself. */
  readonly channelSources?: readonly PeerSource[]
  /** How the node's channels are kept. */
  readonly channels?: ChannelOptions
  /** What our channels ask for forwarding. */
  readonly routing?: RoutingOptions
  /** How the node is kept able to receive. */
  readonly liquidity?: LiquidityOptions
  /** How events are sent to webhook endpoints. */
  readonly webhooks?: WebhookOptions
  /** When the chain is cheap enough for payouts. */
  readonly fees?: FeeOptions
  /** How on-chain payouts are sent. */
  readonly transactions?: TransactionOptions
  /** Who swaps Lightning money for on-chain money, e.g. `boltz({ url })`; several are compared at each swap. */
  readonly swaps?: readonly SwapProvider[]
  /** Limits of swaps. */
  readonly swapping?: SwapOptions
  /** Hard caps below everything that pays, fees included. */
  readonly caps?: {
    /** Size of one channel, also when the operator opens it. Default 5,000,000 sat. */
    readonly perOpen?: AmountInput
    /** Also one request of swaps to an address outside (`destination`). Default 1,000,000 sat. */
    readonly perPayout?: AmountInput
    /** Per node and UTC day of the request: what waits in a queue leaves on a later day. Default 10,000,000 sat. */
    readonly perDay?: AmountInput
    /**
     * What goes to `payouts.operatorAddress`, and by swaps to an address outside, per UTC day. It counts here and not in `perDay`, so that it leaves
     * partners their whole day. Default 10,000,000 sat.
     */
    readonly operatorPerDay?: AmountInput
    /**
     * Fees that the operator pays for one partner (`feesPaidBy: 'operator'`), per UTC day of the request: the
     * worst fee counts while a payout is under way, afterwards the real one. Default 100,000 sat. On chain the
     * worst fee is about 300 vB at `fees.hardCeiling`.
     */
    readonly operatorFeesPerDay?: AmountInput
  }
  readonly timing?: {
    /** How often LND is asked whether it is there. Default 5 seconds. */
    readonly heartbeat?: Duration
    /** How often all open invoices are compared with LND. Default 10 minutes. */
    readonly sweep?: Duration
    /** How long `stop()` waits for the running step. Default 10 seconds. */
    readonly stopWithin?: Duration
  }
  /**
   * How the web is asked (LNURL, webhooks, fee sources): exceptions for hosts that are not public, or
   * another implementation as a whole. Default: public addresses over https only.
   */
  readonly http?: HttpOptions | Http
  /** Default: warnings and errors to the console. `silentLogger` writes nothing. */
  readonly logger?: Logger
  readonly meter?: Meter
  /** Replaced by virtual time in simulations. */
  readonly clock?: Clock
  readonly random?: Random
}

/** The options with every default filled in. Durations in milliseconds, expiries in seconds. */
export interface Settings {
  readonly name: string
  readonly network: Network | undefined
  readonly role: Role
  readonly keys: PaymentNodeOptions['keys']
  readonly intentCounter: IntentCounter | undefined
  readonly defaultExpirySeconds: number
  readonly maximumExpirySeconds: number
  readonly feeLimitPpm: bigint
  readonly feeLimitMinimum: Amount
  readonly expiryMargin: number
  readonly paymentTimeoutSeconds: number
  readonly maximumConcurrentPayouts: number
  readonly payouts: PayoutSettings
  readonly capPerPayout: Amount
  readonly capPerDay: Amount
  readonly capOperatorPerDay: Amount
  readonly capOperatorFeesPerDay: Amount
  readonly capPerOpen: Amount
  readonly partners: PartnerSettings
  readonly channelSources: readonly PeerSource[]
  readonly channels: ChannelSettings
  readonly routing: RoutingSettings
  readonly liquidity: LiquidityRules
  readonly webhooks: WebhookSettings
  readonly fees: FeeSettings
  readonly transactions: TransactionSettings
  readonly swapping: SwapSettings
  readonly http: HttpSettings
  readonly heartbeat: number
  readonly sweep: number
  readonly stopWithin: number
}

/** A minute to a year: what an invoice may live, in seconds. */
export const expiryRange = { minimum: 60, maximum: 31_536_000 } as const

const networks = ['mainnet', 'testnet', 'testnet4', 'signet', 'regtest', 'simnet'] as const

/** Checks all options at once and throws `options.invalid` naming the first that cannot be used. */
export function readOptions(options: PaymentNodeOptions): Settings {
  try {
    return read(options)
  } catch (error) {
    if (!PaymentNodeError.is(error, 'input.invalid')) throw error
    throw new PaymentNodeError('options.invalid', error.message, error.details, { cause: error })
  }
}

function read(options: PaymentNodeOptions): Settings {
  readObject(options, 'options', [
    'lightning',
    'storage',
    'keys',
    'intentCounter',
    'name',
    'network',
    'role',
    'invoices',
    'payouts',
    'partners',
    'channelSources',
    'channels',
    'routing',
    'liquidity',
    'webhooks',
    'fees',
    'transactions',
    'swaps',
    'swapping',
    'caps',
    'timing',
    'http',
    'logger',
    'meter',
    'clock',
    'random',
  ])
  readPort(options.lightning, 'lightning', 'lnd({ … })')
  readPort(options.storage, 'storage', 'sqlite({ file })')
  readObject(options.keys, 'keys', ['invoices', 'swaps'])
  if (
    typeof options.keys.invoices !== 'function' &&
    !((options.keys.invoices as unknown) instanceof Uint8Array)
  ) {
    throw new PaymentNodeError(
      'options.invalid',
      'keys.invoices must be 32 bytes or a function that fetches them.',
      {
        field: 'keys.invoices',
        reason: options.keys.invoices === undefined ? 'missing' : 'wrong-type',
      },
      { advice: 'Make one with: openssl rand -hex 32' },
    )
  }
  readSwapKey(options.keys.swaps)
  const invoices = group(options.invoices, 'invoices', ['defaultExpiry', 'maximumExpiry'])
  const payouts = group(options.payouts, 'payouts', [
    'feeLimit',
    'expiryMargin',
    'timeout',
    'maximumConcurrent',
    ...payoutWaitNames,
  ])
  const feeLimit = group(payouts.feeLimit, 'payouts.feeLimit', ['ppm', 'minimum'])
  const caps = group(options.caps, 'caps', [
    'perPayout',
    'perDay',
    'operatorPerDay',
    'operatorFeesPerDay',
    'perOpen',
  ])
  const capPerOpen = readPositiveAmount(given(caps.perOpen, sat(5_000_000)), 'caps.perOpen')
  const capPerPayout = readPositiveAmount(given(caps.perPayout, sat(1_000_000)), 'caps.perPayout')
  const timing = group(options.timing, 'timing', ['heartbeat', 'sweep', 'stopWithin'])
  readFunctions(options.intentCounter, 'intentCounter', ['read', 'write'])
  readFunctions(options.logger, 'logger', ['debug', 'info', 'warn', 'error'])
  const isTracing = options.meter?.span !== undefined
  readFunctions(options.meter, 'meter', ['count', 'record', ...(isTracing ? ['span'] : [])])
  readFunctions(options.clock, 'clock', ['now', 'monotonic', 'sleep'])
  readFunctions(options.random, 'random', ['bytes'])
  const maximumExpirySeconds = readDuration(
    given(invoices.maximumExpiry, '365d'),
    'invoices.maximumExpiry',
    expiryRange,
  )
  const role = readOneOf(given(options.role, 'all'), 'role', ['all', 'api', 'worker'])
  const fees = readFeeOptions(options.fees)
  return {
    name: options.name === undefined ? 'main' : readId(options.name, 'name'),
    network:
      options.network === undefined ? undefined : readOneOf(options.network, 'network', networks),
    role,
    keys: options.keys,
    intentCounter: options.intentCounter,
    maximumExpirySeconds,
    defaultExpirySeconds: readDuration(
      given(invoices.defaultExpiry, Math.min(3600, maximumExpirySeconds)),
      'invoices.defaultExpiry',
      {
        minimum: expiryRange.minimum,
        maximum: maximumExpirySeconds,
      },
    ),
    feeLimitPpm: BigInt(
      readInteger(given(feeLimit.ppm, 5000), 'payouts.feeLimit.ppm', {
        minimum: 0,
        maximum: 1_000_000,
      }),
    ),
    feeLimitMinimum:
      feeLimit.minimum === undefined
        ? sat(10)
        : readPositiveAmount(feeLimit.minimum, 'payouts.feeLimit.minimum'),
    expiryMargin:
      1000 *
      readDuration(given(payouts.expiryMargin, 60), 'payouts.expiryMargin', {
        minimum: 1,
        maximum: 86_400,
      }),
    paymentTimeoutSeconds: readDuration(given(payouts.timeout, 60), 'payouts.timeout', {
      minimum: 1,
      maximum: 3600,
    }),
    maximumConcurrentPayouts: readInteger(
      given(payouts.maximumConcurrent, 50),
      'payouts.maximumConcurrent',
      { minimum: 1, maximum: 1000 },
    ),
    payouts: readPayoutOptions(payouts, capPerPayout),
    capPerPayout,
    capPerDay: readPositiveAmount(given(caps.perDay, sat(10_000_000)), 'caps.perDay'),
    capOperatorPerDay: readPositiveAmount(
      given(caps.operatorPerDay, sat(10_000_000)),
      'caps.operatorPerDay',
    ),
    capOperatorFeesPerDay: readPositiveAmount(
      given(caps.operatorFeesPerDay, sat(100_000)),
      'caps.operatorFeesPerDay',
    ),
    capPerOpen,
    partners: readPartnerOptions(options.partners),
    channelSources: readSources(options.channelSources),
    channels: readChannelOptions(options.channels, capPerOpen),
    routing: readRoutingOptions(options.routing),
    liquidity: readLiquidityOptions(options.liquidity),
    webhooks: readWebhookOptions(options.webhooks),
    fees,
    transactions: readTransactionOptions(options.transactions),
    swapping: readSwapOptions(options.swapping, {
      providers: options.swaps,
      key: options.keys.swaps,
      role,
      hardCeiling: fees.hardCeiling,
    }),
    http: readHttpOptions(options.http),
    heartbeat:
      1000 *
      readDuration(given(timing.heartbeat, 5), 'timing.heartbeat', { minimum: 1, maximum: 3600 }),
    sweep:
      1000 *
      readDuration(given(timing.sweep, '10m'), 'timing.sweep', { minimum: 1, maximum: 86_400 }),
    stopWithin:
      1000 *
      readDuration(given(timing.stopWithin, 10), 'timing.stopWithin', {
        minimum: 1,
        maximum: 3600,
      }),
  }
}

/** A key that was meant must not be missing when the first swap is claimed. */
function readSwapKey(value: unknown): void {
  if (
    value === undefined ||
    value === 'lost' ||
    typeof value === 'function' ||
    value instanceof Uint8Array
  )
    return
  throw invalid(
    'keys.swaps',
    'wrong-type',
    'expected 32 bytes, a function that fetches them, or "lost"',
  )
}

/** Null is not the same as left out: a cap that was meant must not become the default. */
function given<T>(value: T | undefined, absent: NoInfer<T>): T {
  return value === undefined ? absent : value
}

/** An object that the host may replace; asked for now rather than when it is first needed. */
function readFunctions(value: unknown, field: string, names: readonly string[]): void {
  if (value === undefined) return
  const members = value as Readonly<Record<string, unknown>> | null
  const missing = names.find((name) => typeof members?.[name] !== 'function')
  if (missing === undefined) return
  throw invalid(field, 'wrong-type', `expected an object with ${names.join(', ')}`)
}

function readSources(value: unknown): readonly PeerSource[] {
  if (value === undefined) return []
  if (!Array.isArray(value)) throw invalid('channelSources', 'wrong-type', 'expected an array')
  value.forEach((source, position) => {
    readPort(source, `channelSources[${position}]`, "peerList('peers.json')")
    if ((source as PeerSource).kind !== 'peers') {
      throw invalid(
        `channelSources[${position}]`,
        'unsupported',
        'only lists of peers are known yet',
      )
    }
  })
  return value as readonly PeerSource[]
}

function group(
  value: unknown,
  field: string,
  known: readonly string[],
): Readonly<Record<string, unknown>> {
  return value === undefined ? {} : readObject(value, field, known)
}

function readPort(value: unknown, field: string, example: string): void {
  const version = (value as { contractVersion?: unknown } | undefined)?.contractVersion
  if (version === 1) return
  throw new PaymentNodeError(
    'options.invalid',
    version === undefined
      ? `${field} is not a ${field} adapter.`
      : `${field} implements contract ${String(version)}, this core needs 1.`,
    { field, reason: version === undefined ? 'not-an-adapter' : 'contract-version' },
    {
      advice:
        version === undefined ? `Pass ${example}.` : 'Install matching versions of both packages.',
    },
  )
}
