import { type Outcome, PaymentNodeError, type StorageEnvironment } from '@payment-node/core'
import type { DeclaredTables } from '@payment-node/core/storage-checks'

/** One time of being open. */
export interface Session {
  readonly tables: DeclaredTables
  readonly clock: StorageEnvironment['clock']
  /** Calls the listeners of this storage. */
  wake(): void
  readonly commits: Set<Promise<unknown>>
  isAlive(): boolean
  die(): void
}

/** Lets a turn pass, so that no call is answered, or changes anything, while its caller still runs. */
export async function stillAlive(session: Session): Promise<void> {
  await undefined
  if (!session.isAlive()) throw gone('none')
}

export function gone(outcome: Outcome): PaymentNodeError<'storage.unavailable'> {
  return new PaymentNodeError(
    'storage.unavailable',
    'The memory storage is not open.',
    { outcome },
    { isRetryable: false },
  )
}

export function inUse(): PaymentNodeError<'storage.in-use'> {
  return new PaymentNodeError(
    'storage.in-use',
    'The memory storage is open already.',
    { where: 'memory' },
    { advice: 'Close or kill the storage that has it open.' },
  )
}
