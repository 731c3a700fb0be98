export type { ForwardingPolicy } from './network/channel.ts'
export type { ChannelClosing } from './network/close-channel.ts'
export type { NodeOptions } from './network/create-node.ts'
export * from './network/faults.ts'
export type { NodeAnnouncement } from './network/node-announcement.ts'
export type { Lifecycle } from './network/node-state.ts'
export type { ChannelOpening } from './network/open-channel.ts'
export type { PeerConduct } from './network/peer-conduct.ts'
export { createSeededRandom, type SeededRandom } from './network/seeded-random.ts'
export * from './network/simulated-network.ts'
export type {
  PeerInvoice,
  PeerInvoiceCreated,
  SimulatedNode,
} from './network/simulated-node.ts'
export type { Timing } from './network/simulation.ts'
export type { OutgoingPayment } from './network/spontaneous-payment.ts'
export * from './network/virtual-clock.ts'
export { channelManagementContract } from './node-contract/channel-management-contract.ts'
export type * from './node-contract/environment.ts'
export {
  lightningNodeContract,
  type NodeContractOptions,
} from './node-contract/lightning-node-contract.ts'
export { allFaultKinds } from './simulator/faults/all-fault-kinds.ts'
export type * from './simulator/faults/fault.ts'
export {
  ForbiddenGlobalError,
  forbidGlobals,
  type RestoreGlobals,
} from './simulator/forbid-globals.ts'
export { allInvariants } from './simulator/invariants/all-invariants.ts'
export type * from './simulator/invariants/invariant.ts'
export type {
  Books,
  MirrorBooks,
  MirrorEvent,
  MirrorRow,
  RowChange,
} from './simulator/mirror-books.ts'
export type { SimulatedProcess } from './simulator/open-process.ts'
export { ask } from './simulator/perform-workload.ts'
export type { Place } from './simulator/place.ts'
export { planRun } from './simulator/plan-run.ts'
export type { Action } from './simulator/plan-workload.ts'
export { type RunOptions, type RunPlan, type RunResult, runPlan } from './simulator/run-plan.ts'
export { shrinkFaults } from './simulator/shrink-faults.ts'
export { simulateSeed } from './simulator/simulate-seed.ts'
export type { Step, StepAction, StepHook, Steps } from './simulator/steps.ts'
export type { Trace } from './simulator/trace.ts'
export type { Peers, Violation, World, WorldOptions } from './simulator/world.ts'
export {
  type ContractClock,
  type RegisterTest,
  type StorageContractOptions,
  type StorageUnderTest,
  storageContract,
} from './storage-contract/storage-contract.ts'
