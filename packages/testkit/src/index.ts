export type { ForwardingPolicy } from './network/channel.ts'
export * from './network/faults.ts'
export { createSeededRandom, type SeededRandom } from './network/seeded-random.ts'
export * from './network/simulated-network.ts'
export type {
  NodeOptions,
  PeerInvoice,
  PeerInvoiceCreated,
  SimulatedNode,
} from './network/simulated-node.ts'
export type { Timing } from './network/simulation.ts'
export type { OutgoingPayment } from './network/spontaneous-payment.ts'
export * from './network/virtual-clock.ts'
export {
  type ContractClock,
  type RegisterTest,
  type StorageContractOptions,
  type StorageUnderTest,
  storageContract,
} from './storage-contract/storage-contract.ts'
