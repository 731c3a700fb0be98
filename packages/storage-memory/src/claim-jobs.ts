import { type Job, jobs, type RowOf } from '@payment-node/core'
import { checkFind, type DeclaredTables } from '@payment-node/core/storage-checks'
import type { Books } from './memory-data.ts'
import { readRow } from './read-rows.ts'

/** Moves due jobs to the end of the lease, most overdue first. */
export function claimJobs(
  books: Books,
  tables: DeclaredTables,
  claim: {
    readonly queue: string
    readonly now: number
    readonly limit: number
    readonly leaseFor: number
  },
): Job[] {
  const { queue, now, limit, leaseFor } = claim
  const query = checkFind(tables, jobs, { index: 'due', equals: [queue], upTo: now, limit })
  const rows = books.tables.get(jobs.name)!
  return rows.find(query).map((before) => {
    const claimed = {
      cells: {
        ...before.cells,
        due_at: now + leaseFor,
        attempts: (before.cells.attempts as number) + 1,
      },
      revision: before.revision + 1,
    }
    rows.put(claimed, before)
    return jobOf(readRow<typeof jobs>(query.table, claimed))
  })
}

function jobOf(row: RowOf<typeof jobs>): Job {
  const { id, queue, subject, due_at: dueAt, attempts, revision } = row
  return { id, queue, subject, dueAt, attempts, revision }
}
