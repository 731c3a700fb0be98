import { type Books, type MemoryData, memoryData } from './memory-data.ts'

/**
 * The books as they are now, as a backup of a database is: later changes of one do not reach the
 * other. Nobody has the copy open.
 */
export function copyMemoryData(data: MemoryData): MemoryData {
  const { schema, tables, leases, events } = data as Books
  const copy = memoryData() as Books
  copy.schema = schema
  for (const [name, rows] of tables) copy.tables.set(name, rows.fork())
  for (const [name, lease] of leases) copy.leases.set(name, lease)
  copy.events.push(...events)
  return copy
}
