import type { Identity } from '../context.ts'
import { queueOf } from '../tables/jobs.ts'

/** The queue of the invoices of a node whose money is held until it becomes available. */
export function availableQueue({ publicKey }: Identity): string {
  return queueOf(publicKey, 'available')
}
