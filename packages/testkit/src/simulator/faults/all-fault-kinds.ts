import { crashFaults } from './crash-faults.ts'
import type { FaultKind } from './fault.ts'
import { storageFaults } from './storage-faults.ts'

/** Every kind that a plan can name; a new family is one more line here. */
export const allFaultKinds: readonly FaultKind[] = [...crashFaults, ...storageFaults]
