import type { SeededRandom } from '../../network/seeded-random.ts'
import type { Feature } from '../features.ts'
import type { Step, StepAction } from '../steps.ts'
import type { World } from '../world.ts'

/** When a fault strikes: at a time (milliseconds since the run began), or when a step is taken. */
export type Trigger =
  | { readonly at: number }
  /** The `nth` step (from 1) of this name (`'*'`: any), counted from the time `from` on. */
  | { readonly step: string; readonly nth: number; readonly from?: number }

/** Values that JSON can hold, so that a plan can be printed and replayed. */
export type Parameters = Readonly<Record<string, string | number | boolean>>

/** One fault of a plan, as data. */
export interface Fault {
  readonly kind: string
  readonly trigger: Trigger
  readonly parameters: Parameters
}

/** What a fault's plan may depend on, besides chance. */
export interface PlanFrame {
  /** Milliseconds of the run in which faults may strike. */
  readonly horizon: number
  /** All faults come within a minute from here on; undefined: at any time. */
  readonly storm: number | undefined
  /** The books can be open in two processes at once. */
  readonly isShared: boolean
  /** LND takes payments that no invoice asked for. */
  readonly acceptsKeysend: boolean
  /** There is a counter of intents outside of the books. */
  readonly hasCounter: boolean
  /** The channel keeper acts. */
  readonly hasKeeper: boolean
  /** What the host uses besides invoices. */
  readonly features: readonly Feature[]
  /** Names of the host's payouts and invoices. */
  readonly payouts: readonly string[]
  readonly invoices: readonly string[]
  /** Names at the LNURL server. */
  readonly addresses: readonly string[]
  /** Names of the host's receivers of webhooks. */
  readonly receivers: readonly string[]
}

/** A kind of fault. */
export interface FaultKind {
  /** Stable, kebab-case. */
  readonly name: string
  /** One sentence for people. */
  readonly says: string
  /** Makes a fault from chance; undefined when it cannot happen in this frame. */
  plan(random: SeededRandom, frame: PlanFrame): Omit<Fault, 'kind'> | undefined
  /**
   * Does it. `step`: the one that triggered it. Answers what becomes of that step; calls
   * `world.happened(fault)` when it really did something, at once or later.
   */
  strike(world: World, fault: Fault, step: Step | undefined): StepAction | undefined
}
