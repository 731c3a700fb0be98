import type { Context } from '../context.ts'
import { type AmountInput, readPositiveAmount } from '../domain/amount.ts'
import { type Duration, readDuration } from '../domain/duration.ts'
import { expiryRange } from '../options.ts'
import {
  type Metadata,
  readBoolean,
  readMetadata,
  readObject,
  readOneOf,
  readText,
} from '../read-input.ts'
import type { partners } from '../tables/partners.ts'
import type { Fields } from '../tables/table.ts'
import { readShare } from './read-share.ts'

/** What to set of a partner; what is left out stays as it is; null returns to the default. */
export interface PartnerInput {
  /** The host's own id, 1 to 255 printable ASCII characters. */
  readonly id: string
  /** For people, at most 255 bytes. */
  readonly name?: string
  /** The host's own labels, all of them. */
  readonly metadata?: Metadata
  /** When an invoice says no expiry. 1 minute to 1 year. */
  readonly defaultExpiry?: Duration | null
  /** Longer expiries are refused. 1 minute to 1 year. */
  readonly maximumExpiry?: Duration | null
  /** Where and how it is paid out. */
  readonly payout?: PartnerPayoutInput
  /** What the operator keeps of each payment that arrives; all of it is replaced. */
  readonly fee?: PartnerFeeInput | null
  /** Limits of its own, below those of the node. */
  readonly caps?: {
    /** Amount and worst-case fee of one payout. */
    readonly perPayout?: AmountInput | null
    /** The same per UTC day of the request: what waits in a queue leaves on a later day. */
    readonly perDay?: AmountInput | null
  }
  /**
   * How long received money is held before it can be paid out. Up to 1 year; default not at all. A refund takes
   * what is available, and with `allowDebt` a debt, which the held money pays when it becomes available.
   */
  readonly availableAfter?: Duration | null
}

/** Where and how a partner is paid out. */
export interface PartnerPayoutInput {
  /**
   * A Lightning address or an LNURL-pay code. A change is in effect after `partners.destinationCoolDown`;
   * the first destination of a partner at once, and so is null, which takes it away.
   */
  readonly offchain?: string | null
  /** An on-chain address of the node's network; changes as `offchain` does. */
  readonly onchain?: string | null
  /** Whether its balance is paid out by itself. Default false. */
  readonly automatic?: boolean
  /** Smaller balances are not paid out by themselves. */
  readonly minimum?: AmountInput | null
  /**
   * Who bears what payouts cost. Default `partner`. The operator pays at most `caps.operatorFeesPerDay` of the
   * options, and off chain a share of the amount alone, without its minimum.
   */
  readonly feesPaidBy?: 'partner' | 'operator'
}

/** Of each payment; rounded down to the msat, and never more than what was paid. */
export interface PartnerFeeInput {
  /** Parts per million of what was paid. Default 0. */
  readonly ppm?: number
  /** Per payment. Default 0 sat. */
  readonly fixed?: AmountInput
}

const known = ['id', 'name', 'metadata', 'defaultExpiry', 'maximumExpiry'] as const
const settings = ['payout', 'fee', 'caps', 'availableAfter'] as const

/** The columns that the call names. Throws `input.invalid`. */
export function readPartnerInput(
  context: Context,
  input: PartnerInput,
): Partial<Fields<typeof partners>> {
  readObject(input, 'partner', [...known, ...settings])
  const { name, metadata, defaultExpiry, maximumExpiry, availableAfter } = input
  const ceiling = { ...expiryRange, maximum: context.settings.maximumExpirySeconds }
  const expiry = (value: Duration | null, field: string): number | null =>
    value === null ? null : readDuration(value, field, ceiling)
  const year = { minimum: 0, maximum: expiryRange.maximum }
  return {
    ...(name !== undefined && { name: readText(name, 'name', { maximum: 255 }) }),
    ...(metadata !== undefined && { metadata: readMetadata(metadata, 'metadata') }),
    ...(defaultExpiry !== undefined && { default_expiry: expiry(defaultExpiry, 'defaultExpiry') }),
    ...(maximumExpiry !== undefined && { maximum_expiry: expiry(maximumExpiry, 'maximumExpiry') }),
    ...(availableAfter !== undefined && {
      available_after:
        availableAfter === null ? null : readDuration(availableAfter, 'availableAfter', year),
    }),
    ...readPayout(input.payout),
    ...readFee(input.fee),
    ...readCaps(input.caps),
  }
}

function readPayout(value: unknown): Partial<Fields<typeof partners>> {
  if (value === undefined) return {}
  const names = ['offchain', 'onchain', 'automatic', 'minimum', 'feesPaidBy']
  const { automatic, minimum, feesPaidBy } = readObject(value, 'payout', names)
  return {
    ...(automatic !== undefined && {
      has_automatic_payouts: readBoolean(automatic, 'payout.automatic', false),
    }),
    ...(minimum !== undefined && { minimum_payout_msat: readCap(minimum, 'payout.minimum') }),
    ...(feesPaidBy !== undefined && {
      fees_paid_by: readOneOf(feesPaidBy, 'payout.feesPaidBy', ['partner', 'operator']),
    }),
  }
}

function readFee(value: unknown): Partial<Fields<typeof partners>> {
  if (value === undefined) return {}
  const { ppm, fixedMsat } =
    value === null ? { ppm: null, fixedMsat: null } : readShare(value, 'fee')
  return { fee_ppm: ppm, fee_fixed_msat: fixedMsat }
}

function readCaps(value: unknown): Partial<Fields<typeof partners>> {
  if (value === undefined) return {}
  const { perPayout, perDay } = readObject(value, 'caps', ['perPayout', 'perDay'])
  return {
    ...(perPayout !== undefined && { cap_per_payout_msat: readCap(perPayout, 'caps.perPayout') }),
    ...(perDay !== undefined && { cap_per_day_msat: readCap(perDay, 'caps.perDay') }),
  }
}

function readCap(value: unknown, field: string): bigint | null {
  return value === null ? null : readPositiveAmount(value, field).msat
}
