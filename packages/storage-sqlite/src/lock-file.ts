import { statSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { PaymentNodeError } from '@payment-node/core'
import { isBusy } from './engine-failure.ts'
import { createPrivately } from './private-file.ts'

export interface HeldLock {
  /** Throws when the lock file was deleted or replaced: another process may then have the books open. */
  check(): void
  release(): void
}

/**
 * Holds `<file>.lock` until `release`, or until the process ends in whatever way: the operating
 * system drops the lock, so that whoever holds it knows that the former owner is gone. It is a
 * database of its own, held in an exclusive transaction: Node has no flock, a pid file lies after a
 * crash, and locking the books themselves would shut out the operator's reader.
 */
export function holdLock(file: string): HeldLock {
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
  const { ino } = statSync(lock)
  return {
    check() {
      if (statSync(lock, { throwIfNoEntry: false })?.ino === ino) return
      throw new PaymentNodeError(
        'storage.unavailable',
        `${lock} was deleted or replaced while ${file} was open.`,
        { outcome: 'none' },
        {
          isRetryable: false,
          advice: 'Make sure that no other process has it open, then restart.',
        },
      )
    },
    release: () => database.close(),
  }
}
