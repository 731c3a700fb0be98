import type { StoredEvent } from '@payment-node/core'
import type { TableRows } from './table-rows.ts'

/** What one or several memory storages hold. Opaque: hand it to `memory({ data })`. */
export interface MemoryData {
  readonly kind: 'payment-node memory data'
}

/** A lease; nobody holds it once `holder` is undefined. */
export interface KeptLease {
  readonly holder: string | undefined
  readonly epoch: number
  readonly expiresAt: number
}

/** The inside of {@link MemoryData}: everything that outlives a crash. */
export interface Books extends MemoryData {
  schema: { readonly version: number; readonly minimumReader: number } | undefined
  readonly tables: Map<string, TableRows>
  readonly leases: Map<string, KeptLease>
  readonly events: StoredEvent[]
  /** The instance that has it open for itself. */
  owner: object | undefined
  /** Of every storage that has it open: a commit of one wakes the listeners of all. */
  readonly sessions: Set<{ wake(): void }>
}

/** Empty books, to be shared by storages that replace one another, as processes on one disk do. */
export function memoryData(): MemoryData {
  const books: Books = {
    kind: 'payment-node memory data',
    schema: undefined,
    tables: new Map(),
    leases: new Map(),
    events: [],
    owner: undefined,
    sessions: new Set(),
  }
  return books
}
