import { type Job, jobs } from '@payment-node/core'
import type { DeclaredTables } from '@payment-node/core/storage-checks'
import type { Worked } from './group-commit.ts'
import { findRows } from './read-rows.ts'
import { bind, type Statements } from './statements.ts'

/** Moves due jobs to the end of the lease, most overdue first. */
export function claimJobs(
  statements: Statements,
  tables: DeclaredTables,
  wanted: {
    readonly queue: string
    readonly now: number
    readonly limit: number
    readonly leaseFor: number
  },
): Worked<Job[]> {
  const { queue, now, limit, leaseFor } = wanted
  const due = findRows(statements, tables, jobs, {
    index: 'due',
    equals: [queue],
    upTo: now,
    limit,
  })
  const dueAt = now + leaseFor
  for (const { id } of due) {
    statements.run(
      'UPDATE jobs SET due_at = ?, attempts = attempts + 1, revision = revision + 1 WHERE id = ?',
      [dueAt, id].map(bind),
    )
  }
  const answer = due.map(({ id, subject, attempts, revision }) => ({
    id,
    queue,
    subject,
    dueAt,
    attempts: attempts + 1,
    revision: revision + 1,
  }))
  return { answer, isKept: due.length > 0 }
}
