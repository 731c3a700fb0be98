import { type Outcome, PaymentNodeError } from '@payment-node/core'

/** Primary result codes of SQLite. */
const codes = { busy: 5, ioError: 10, corrupt: 11, full: 13, tooBig: 18, notADatabase: 26 } as const

interface EngineError extends Error {
  readonly code: 'ERR_SQLITE_ERROR'
  /** Extended result code; its lowest byte is the primary one. */
  readonly errcode: number
}

function isEngineError(error: unknown): error is EngineError {
  return error instanceof Error && 'errcode' in error && typeof error.errcode === 'number'
}

export function isUniqueViolation(error: unknown): boolean {
  // SQLITE_CONSTRAINT_UNIQUE, SQLITE_CONSTRAINT_PRIMARYKEY
  return isEngineError(error) && (error.errcode === 2067 || error.errcode === 1555)
}

export function isBusy(error: unknown): boolean {
  return isEngineError(error) && (error.errcode & 0xff) === codes.busy
}

export function isNotADatabase(error: unknown): boolean {
  return isEngineError(error) && (error.errcode & 0xff) === codes.notADatabase
}

/**
 * What a failed COMMIT leaves behind. With a full disk or a busy file the commit mark, which comes
 * last, was not written: nothing happened. After any other failure (a failed fsync above all) the
 * mark may be in the log although this process no longer sees it.
 */
export function outcomeOfCommit(error: unknown): Outcome {
  if (!isEngineError(error)) return 'unknown'
  const code = error.errcode & 0xff
  return code === codes.full || code === codes.busy ? 'none' : 'unknown'
}

/** An error of the engine in the library's words; everything else stays what it is. */
export function engineFailure(file: string, error: unknown, outcome: Outcome): unknown {
  if (!isEngineError(error)) return error
  const code = error.errcode & 0xff
  return new PaymentNodeError(
    'storage.unavailable',
    `${file}: ${error.message} (SQLite ${error.errcode}).`,
    { outcome },
    {
      advice: adviceFor(code),
      isRetryable: code !== codes.corrupt && code !== codes.notADatabase && code !== codes.tooBig,
      cause: error,
    },
  )
}

function adviceFor(code: number): string {
  switch (code) {
    case codes.busy:
      return 'Another program writes to the file; only reading is meant for others.'
    case codes.full:
      return 'Free space on the disk; the same call then succeeds.'
    case codes.ioError:
      return 'Look at the disk and the system’s log.'
    case codes.corrupt:
    case codes.notADatabase:
      return 'Stop, keep the file, and restore a backup.'
    default:
      return ''
  }
}
