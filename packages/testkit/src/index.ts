export {}
export {
  type ContractClock,
  type RegisterTest,
  type StorageContractOptions,
  type StorageUnderTest,
  storageContract,
} from './storage-contract/storage-contract.ts'
