import { createHash } from 'node:crypto'
import type { BoltzSettings, ServerContext } from './server-context.ts'

/** The pair of bitcoin and bitcoin, as it is told. */
export interface ToldPair {
  readonly hash: string
  readonly rate: number
  readonly limits: { readonly maximal: number; readonly minimal: number }
  readonly fees: {
    readonly percentage: number
    readonly minerFees: { readonly lockup: number; readonly claim: number }
  }
}

/** What a swap costs now; its hash is that of its JSON. */
export function quotePair(settings: BoltzSettings): ToldPair {
  const pair = {
    rate: 1,
    limits: { maximal: settings.maximumSat, minimal: settings.minimumSat },
    fees: {
      percentage: settings.feePercent,
      minerFees: { lockup: settings.lockupFeeSat, claim: settings.claimFeeSat },
    },
  }
  return { hash: createHash('sha256').update(JSON.stringify(pair)).digest('hex'), ...pair }
}

/** `GET /swap/reverse` */
export function showPairs({ settings, faults }: ServerContext): object {
  if (faults.strike('pairs-empty')) return { BTC: {} }
  const pair = quotePair(settings)
  if (faults.strike('pairs-absurd')) {
    const fees = { percentage: -50, minerFees: { lockup: -100_000, claim: -1 } }
    return { BTC: { BTC: { ...pair, limits: { minimal: -1, maximal: 1e300 }, fees } } }
  }
  return { BTC: { BTC: pair } }
}

/**
 * What is locked up for an invoice: all but the percentage (rounded up) and the lockup's fee. Counted as boltz-backend
 * does, also where floating point makes a satoshi more of it: `(0.07 / 100) * 100_000` is above 70.
 */
export function onchainFor(
  invoiceSat: number,
  { feePercent, lockupFeeSat }: Pick<BoltzSettings, 'feePercent' | 'lockupFeeSat'>,
): number {
  return Math.floor(invoiceSat - Math.ceil((feePercent / 100) * invoiceSat) - lockupFeeSat)
}

/** What is invoiced so that `onchainSat` are locked up. */
export function invoiceFor(onchainSat: number, settings: BoltzSettings): number {
  const { feePercent, lockupFeeSat } = settings
  return Math.ceil((onchainSat + lockupFeeSat) / (1 - feePercent / 100))
}
