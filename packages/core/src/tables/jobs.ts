import { table } from './table.ts'

/**
 * Work that is due. A service inserts a job in the change that records its intent; a worker claims
 * it and deletes it in the change that records the result. One job per (queue, subject).
 */
export const jobs = table({
  name: 'jobs',
  columns: {
    id: { type: 'text' },
    node: { type: 'text' },
    network: { type: 'text' },
    /** Includes the node, so that nodes sharing a storage do not claim each other's work: see `queueOf`. */
    queue: { type: 'text' },
    subject: { type: 'text' },
    due_at: { type: 'time' },
    attempts: { type: 'integer' },
  },
  key: ['id'],
  unique: { queue_subject: ['queue', 'subject'] },
  index: { due: ['queue', 'due_at', 'id'] },
})

/** The queue of one node's jobs of one kind. */
export function queueOf(node: string, kind: string): string {
  return `${kind}@${node}`
}
