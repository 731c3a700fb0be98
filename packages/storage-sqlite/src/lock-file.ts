import { DatabaseSync } from 'node:sqlite'
import { PaymentNodeError } from '@payment-node/core'
import { isBusy } from './engine-failure.ts'
import { createPrivately } from './private-file.ts'

/**
 * Holds `<file>.lock` until `release`, or until the process ends in whatever way: the operating
 * system drops the lock, so that whoever holds it knows that the former owner is gone. It is a
 * database of its own, held in an exclusive transaction: Node has no flock, a pid file lies after a
 * crash, and locking the books themselves would shut out the operator's reader.
 */
export function holdLock(file: string): { release(): void } {
  const lock = `${file}.lock`
  createPrivately(lock)
  const database = new DatabaseSync(lock)
  try {
    database.exec('PRAGMA busy_timeout = 0')
    database.exec('BEGIN EXCLUSIVE')
  } catch (error) {
    database.close()
    if (!isBusy(error)) throw error
    throw new PaymentNodeError(
      'storage.in-use',
      `${file} is open in another process or storage (it holds ${lock}).`,
      { where: file },
      { advice: 'Stop the other one first; deleting the lock file would not be safe.' },
    )
  }
  return { release: () => database.close() }
}
