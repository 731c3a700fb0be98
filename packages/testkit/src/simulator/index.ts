export { type Answer, ask } from './ask-host.ts'
export { allFaultKinds } from './faults/all-fault-kinds.ts'
export type * from './faults/fault.ts'
export { allFeatures, type Feature } from './features.ts'
export {
  ForbiddenGlobalError,
  forbidGlobals,
  type RestoreGlobals,
} from './forbid-globals.ts'
export { allInvariants } from './invariants/all-invariants.ts'
export type * from './invariants/invariant.ts'
export { type LnurlLie, openAccount } from './lnurl-server.ts'
export type {
  Books,
  MirrorBooks,
  MirrorEvent,
  MirrorRow,
  RowChange,
} from './mirror-books.ts'
export type { SimulatedProcess } from './open-process.ts'
export { addressOf } from './outside-address.ts'
export type { Place } from './place.ts'
export { type PlanOptions, planRun } from './plan-run.ts'
export type { Trade } from './plan-trades.ts'
export type { Action } from './plan-workload.ts'
export { type RunOptions, type RunPlan, type RunResult, runPlan } from './run-plan.ts'
export { shrinkFaults } from './shrink-faults.ts'
export * from './simulate.ts'
export { simulateSeed } from './simulate-seed.ts'
export type { SimulatedWeb, WebAnswer, WebServer } from './simulated-web.ts'
export type { Step, StepAction, StepHook, Steps } from './steps.ts'
export type {
  DaemonTruth,
  SeenDaemonSwap,
} from './swaps/daemon-place.ts'
export { type DaemonWay, daemonWays } from './swaps/daemon-ways.ts'
export type { Market, MarketPlace, SeenSwap, SwapTruth } from './swaps/market-place.ts'
export type { DaemonTrade } from './swaps/plan-daemon-swaps.ts'
export type { Trace } from './trace.ts'
export { openReceiver, type ReceiverTrouble } from './webhook-receiver.ts'
export type {
  BooksCopy,
  Limits,
  OutsideCounter,
  Peers,
  SwapLimits,
  Violation,
  World,
  WorldOptions,
} from './world.ts'
export type { WorldClock } from './world-clock.ts'
