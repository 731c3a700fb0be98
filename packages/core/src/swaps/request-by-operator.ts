import { type Context, identityOf } from '../context.ts'
import { requireAddress } from '../destinations/require-address.ts'
import { type AmountInput, readAmount, readPositiveAmount } from '../domain/amount.ts'
import { invalid } from '../errors.ts'
import { readId, readInteger, readObject, readOneOf } from '../read-input.ts'
import type { OfferBounds } from './quote-swaps.ts'
import { requestSwap } from './request-swap.ts'
import type { Swap, SwapUrgency } from './swap-view.ts'

/** What to swap, and within which limits. */
export interface SwapInput {
  /** On Lightning; whole satoshi. Above a provider's limit it is split. */
  readonly amount: AmountInput
  /**
   * An address of the operator's, outside of the node: the whole amount counts against `caps.perPayout` and
   * `caps.operatorPerDay`. Left out: LND's own wallet, and neither.
   */
  readonly destination?: string
  /**
   * A queued on-chain payout (`Payout.id`) that the claim pays straight, its whole amount and without a fee for the
   * partner; the rest goes to LND's wallet. Only with one swap, by a provider of custody `self`; `amount` must be
   * enough for the payout, the provider's fee and the dearest claim. Until the swap has ended the payout is bound to it.
   */
  readonly payout?: string
  /** Default `normal`. */
  readonly urgency?: SwapUrgency
  /** Pay only out of these channels (`Channel.channelId`). Left out: any. */
  readonly outgoingChannels?: readonly string[]
  readonly limits?: SwapLimitInput
  /** Names of providers; left out: all. */
  readonly providers?: readonly string[]
}

/** Hard limits of each swap. What is left out follows from `swapping`. */
export interface SwapLimitInput {
  /** The provider's fee with the miner fee of its lockup. */
  readonly service?: AmountInput
  readonly routing?: AmountInput
  /** The miner fee of the claim, before the preimage is revealed. */
  readonly claim?: AmountInput
  readonly prepay?: AmountInput
  /** All-in, in ppm of the amount. */
  readonly ppm?: number
}

/** How a repeated call is recognised; required, because money leaves. */
export interface SwapRequestOptions {
  readonly idempotencyKey: string
}

/**
 * Swaps Lightning money for on-chain money with the cheapest acceptable provider; the work goes on in the background.
 * More than one swap when the amount is above a limit. The same key gives the same swaps for ever.
 *
 * Throws, with nothing stored: `input.invalid`, `payout.destination-invalid`, `swap.no-offer`, `swap.above-cap`,
 * `swap.over-budget`, `keys.missing`, `idempotency.conflict`, `safety.halted`, `node.unavailable`; with a payout
 * `payout.not-found`, `payout.not-queued`, `payout.in-swap`, `payout.maybe-paid`.
 */
export async function requestByOperator(
  context: Context,
  input: SwapInput,
  options: SwapRequestOptions,
): Promise<readonly Swap[]> {
  readObject(input, 'swap', [
    'amount',
    'destination',
    'payout',
    'urgency',
    'outgoingChannels',
    'limits',
    'providers',
  ])
  readObject(options, 'options', ['idempotencyKey'])
  const idempotencyKey = readId(options.idempotencyKey, 'idempotencyKey')
  const amount = readPositiveAmount(input.amount, 'amount')
  if (amount.msat % 1000n !== 0n)
    throw invalid('amount', 'fraction', 'the chain knows whole satoshi only')
  const { network } = identityOf(context)
  const destination =
    input.destination === undefined
      ? undefined
      : requireAddress(readText(input.destination), network)
  const payout = input.payout === undefined ? undefined : readId(input.payout, 'payout')
  if (payout !== undefined && destination !== undefined)
    throw invalid('payout', 'with-destination', 'a claim pays a payout or an address, not both')
  const urgency =
    input.urgency === undefined
      ? 'normal'
      : readOneOf(input.urgency, 'urgency', ['low', 'normal', 'urgent'])
  const outgoingChannels = readChannels(input.outgoingChannels)
  const limits = readLimits(context, input.limits)
  const providers = readProviders(context, input.providers)
  const written = JSON.stringify({
    amount,
    destination: destination ?? null,
    ...(payout !== undefined && { payout }),
    urgency,
    outgoingChannels,
    limits: input.limits === undefined ? null : textOf(limits),
    providers: providers ?? null,
  })
  return requestSwap(context, {
    source: 'operator',
    amount,
    ...(destination !== undefined && { destination }),
    ...(payout !== undefined && { payout }),
    urgency,
    outgoingChannels,
    limits,
    ...(providers && { providers }),
    idempotencyKey,
    written,
  })
}

function readText(value: unknown): string {
  if (typeof value !== 'string') throw invalid('destination', 'wrong-type', 'expected an address')
  if (value.length > 120) throw invalid('destination', 'too-long', 'is no address')
  return value
}

function readChannels(value: unknown): readonly string[] {
  if (value === undefined) return []
  if (!Array.isArray(value)) throw invalid('outgoingChannels', 'wrong-type', 'expected an array')
  if (value.length === 0)
    throw invalid('outgoingChannels', 'empty', 'name at least one channel, or leave it out')
  if (value.length > 1000) throw invalid('outgoingChannels', 'too-many', 'at most 1000')
  return value.map((channel: unknown, at) => {
    const field = `outgoingChannels[${at}]`
    if (typeof channel !== 'string' || !/^[1-9][0-9]{0,19}$/.test(channel))
      throw invalid(field, 'malformed', 'expected the id of a channel, in decimal')
    return channel
  })
}

export function readLimits(
  { settings }: Context,
  value: unknown,
): Omit<OfferBounds, 'amountSat' | 'providers'> {
  const maximumPpm = settings.swapping.maximumPpm
  if (value === undefined) return { maximumPpm }
  const limits = readObject(value, 'limits', ['service', 'routing', 'claim', 'prepay', 'ppm'])
  const sat = (name: string): bigint | undefined => {
    if (limits[name] === undefined) return undefined
    const amount = readAmount(limits[name], `limits.${name}`)
    if (amount.msat < 0n) throw invalid(`limits.${name}`, 'negative', 'must not be negative')
    return amount.msat / 1000n
  }
  const [serviceLimitSat, routingLimitSat] = [sat('service'), sat('routing')]
  const [claimLimitSat, prepayLimitSat] = [sat('claim'), sat('prepay')]
  const ppm =
    limits.ppm === undefined
      ? maximumPpm
      : BigInt(readInteger(limits.ppm, 'limits.ppm', { minimum: 1, maximum: 1_000_000 }))
  if (ppm > maximumPpm)
    throw invalid('limits.ppm', 'too-large', `is above swapping.maximumPpm (${maximumPpm})`)
  return {
    maximumPpm: ppm,
    ...(serviceLimitSat !== undefined && { serviceLimitSat }),
    ...(routingLimitSat !== undefined && { routingLimitSat }),
    ...(claimLimitSat !== undefined && { claimLimitSat }),
    ...(prepayLimitSat !== undefined && { prepayLimitSat }),
  }
}

function textOf(limits: ReturnType<typeof readLimits>): Record<string, string> {
  return Object.fromEntries(Object.entries(limits).map(([name, value]) => [name, String(value)]))
}

function readProviders({ settings }: Context, value: unknown): readonly string[] | undefined {
  if (value === undefined) return undefined
  if (!Array.isArray(value)) throw invalid('providers', 'wrong-type', 'expected an array')
  if (value.length === 0) throw invalid('providers', 'empty', 'name at least one, or leave it out')
  const known = settings.swapping.providers.map(({ name }) => name)
  return value.map((name: unknown, at) => readOneOf(name, `providers[${at}]`, known))
}
