import { claimsContract, keptClaimsContract } from './claims.ts'
import { closingContract } from './closing.ts'
import { columnValuesContract } from './column-values.ts'
import { concurrencyContract } from './concurrency.ts'
import { durabilityContract } from './durability.ts'
import { eventLogContract } from './event-log.ts'
import { indexOrderContract } from './index-order.ts'
import { keptLeasesContract, leasesContract } from './leases.ts'
import { firstSchema, migrationsContract } from './migrations.ts'
import { refusalsContract } from './refusals.ts'
import { rejectedChangesContract } from './rejected-changes.ts'
import { snapshotsContract } from './snapshots.ts'
import {
  promiser,
  type RegisterTest,
  type StorageContractOptions,
  type StorageUnderTest,
} from './under-test.ts'
import { wakesContract } from './wakes.ts'

export type {
  ContractClock,
  RegisterTest,
  StorageContractOptions,
  StorageUnderTest,
} from './under-test.ts'

import { writesContract } from './writes.ts'

/**
 * Every promise of the `Storage` port as one test each. Knows no test runner: give it the runner's
 * `test`, and a factory that makes an empty storage and can open the same one again.
 *
 * @example
 * ```ts
 * import { memory, memoryData } from '@payment-node/storage-memory'
 * import { storageContract } from '@payment-node/testkit'
 * import { test } from 'vitest'
 *
 * storageContract(test, () => {
 *   const data = memoryData()
 *   return { storage: memory({ data }), reopen: () => memory({ data }) }
 * })
 * ```
 */
export function storageContract(
  test: RegisterTest,
  create: () => Promise<StorageUnderTest> | StorageUnderTest,
  options: StorageContractOptions = {},
): void {
  const promised = promiser(test, create, options)
  writesContract(promised)
  refusalsContract(promised)
  rejectedChangesContract(promised)
  columnValuesContract(promised)
  indexOrderContract(promised)
  concurrencyContract(promised)
  leasesContract(promised)
  claimsContract(promised)
  eventLogContract(promised)
  wakesContract(promised)
  snapshotsContract(promised)
  closingContract(promised)
  if (options.isDurable === false) return
  durabilityContract(promised)
  keptLeasesContract(promised)
  keptClaimsContract(promised)
  migrationsContract(promiser(test, create, options, firstSchema))
}
