import type { Mode } from '../channels/channel-options.ts'
import type { Amount } from '../domain/amount.ts'
import type { Urgency } from '../domain/liquidity-need.ts'
import type { LiquidityLever, OptionRefusal } from '../domain/liquidity-options.ts'
import type { LiquidityPlan, LiquidityReason } from '../domain/liquidity-policy.ts'

/** One way to gain inbound that a run looked at. Costs are the operator's. */
export interface RunOption {
  readonly lever: LiquidityLever
  /** Partner, channel point or source; empty for a swap to ourselves. */
  readonly subject: string
  /** The queued payout that a swap's claim pays; null: none, or an automatic one that is asked for first. */
  readonly payout: string | null
  /** The swap provider; null where none is needed. */
  readonly provider: string | null
  readonly amount: Amount
  /** How much more can be received when it is done; 0 sat for a close, which raises the share only. */
  readonly receivable: Amount
  /** Estimated, and at worst. */
  readonly cost: Amount
  readonly worst: Amount
  /** Cost of what it makes up for of the missing inbound, in ppm; of a payout through a swap less what the partner saves. */
  readonly ppm: number
  /** Why it was not taken; absent on actions. */
  readonly refusal?: OptionRefusal
}

/** An option that was taken. */
export interface RunAction extends RunOption {
  /** What followed: ids of swaps or of the payout, or why nothing did. Null: not tried (mode, or a crash). */
  readonly outcome: RunOutcome | null
}

/** What became of an action. */
export type RunOutcome =
  | {
      readonly did: 'swap'
      readonly swaps: readonly string[]
      /** The payout that the claim pays; absent: none. */
      readonly payout?: string
    }
  | { readonly did: 'payout'; readonly payout: string }
  /** See `channels.closings`. */
  | { readonly did: 'close'; readonly channelPoint: string }
  | { readonly did: 'nothing'; readonly reason: string; readonly says: string }

/** What the autopilot decided and why, also when it did nothing. Equal runs are one. */
export interface LiquidityRun {
  readonly id: string
  readonly mode: Mode
  /** `act`: take the actions; `enough`; `wait`: for time alone; `blocked`: something must change first. */
  readonly verdict: LiquidityPlan['verdict']
  readonly reason: LiquidityReason
  /** For people. */
  readonly says: string
  readonly urgency: Urgency
  /** Receivable of receivable and sendable, in ppm. */
  readonly inboundShare: number
  /** The same when everything under way has ended well. */
  readonly expectedShare: number
  readonly missing: Amount
  readonly sendable: Amount
  readonly receivable: Amount
  /** What may leave: of our channels, above the floor and what payouts need. */
  readonly movable: Amount
  readonly budgetLeft: Amount
  /** sat/vB; null: not asked, or nobody knows. */
  readonly feerate: number | null
  /** Providers that made no offer. */
  readonly noOffers: readonly { readonly provider: string; readonly reason: string }[]
  /** Channels to send out of, the fullest first. */
  readonly outOf: readonly string[]
  readonly actions: readonly RunAction[]
  /** At most 50, cheapest first. */
  readonly rejected: readonly RunOption[]
  /** How often it was decided in a row, and when first and last (milliseconds since 1970). */
  readonly times: number
  readonly decidedAt: number
  readonly lastAt: number
}
