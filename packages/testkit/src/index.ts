export {
  type AnyAnswerLie,
  anyAnswerLies,
  invoiceLies,
  type LnurlLie,
  offerLies,
} from './lnurl/lies.ts'
export * from './lnurl/lnurl-server.ts'
export type { ForwardingPolicy } from './network/channel.ts'
export type { ChannelClosing } from './network/close-channel.ts'
export type { NodeOptions } from './network/create-node.ts'
export * from './network/faults.ts'
export type { NodeAnnouncement } from './network/node-announcement.ts'
export type { Lifecycle } from './network/node-state.ts'
export type { ChannelOpening } from './network/open-channel.ts'
export type { PeerConduct } from './network/peer-conduct.ts'
export type { OutsidePublishing, RealOutput, SpendJudge } from './network/real-transaction.ts'
export { createSeededRandom, type SeededRandom } from './network/seeded-random.ts'
export * from './network/simulated-network.ts'
export type {
  PeerHoldInvoice,
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
export {
  createSandbox,
  type Sandbox,
  type SandboxOptions,
  type SandboxPayment,
  type SandboxWorld,
} from './sandbox/create-sandbox.ts'
export type { SandboxFault, SandboxFaults } from './sandbox/sandbox-faults.ts'
export * from './simulator/index.ts'
export {
  type ContractClock,
  type RegisterTest,
  type StorageContractOptions,
  type StorageUnderTest,
  storageContract,
} from './storage-contract/storage-contract.ts'
export type * from './swap-provider-contract/environment.ts'
export { swapProviderContract } from './swap-provider-contract/swap-provider-contract.ts'
