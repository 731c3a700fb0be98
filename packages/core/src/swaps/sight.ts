import type { Observation } from '../payouts/observe-payment.ts'
import type { SwapReport } from '../ports/swap-provider.ts'
import type { VerifiedSwap } from './kit/verify-reverse-terms.ts'

/** A confirmed transaction that pays a swap's script, as LND's chain shows it. */
export interface SeenOutput {
  readonly transactionId: string
  /** Hex. */
  readonly rawTransaction: string
  readonly blockHeight: number
}

/** The confirmed transaction that spends the lockup. */
export type SeenSpending = SeenOutput

/**
 * What this process has seen of a swap since it began: lost with it, and seen again. Nothing is concluded from what is
 * missing here.
 */
export interface SwapSight {
  /** LND's latest word about the payment. */
  payment: Observation
  lockup: SeenOutput | 'gone' | undefined
  spending: SeenSpending | undefined
  /** Whether LND watches for the lockup; `forbidden`: this connection may not ask for it. */
  watch: 'opening' | 'open' | 'forbidden'
  /** Height at which that watch was last opened; undefined: it was not yet. */
  watchedFrom: number | undefined
  /** The provider's latest word: a hint. */
  report: SwapReport | undefined
  /** The stored terms, verified (again) by this process. */
  verified: VerifiedSwap | undefined
  /** An operator was told that the stored terms do not hold any more. */
  isDamageTold: boolean
  /** How often the provider has not helped with a claim, since this process began. */
  refusals: number
  /** Height at which the claim was looked after last. */
  tendedAt: number
}

export function newSight(): SwapSight {
  return {
    payment: { evidence: { kind: 'none' } },
    lockup: undefined,
    spending: undefined,
    watch: 'opening',
    watchedFrom: undefined,
    report: undefined,
    verified: undefined,
    isDamageTold: false,
    refusals: 0,
    tendedAt: 0,
  }
}
