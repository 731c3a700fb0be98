import type { Diagnosis } from '@payment-node/core'
import { describeError } from '../terminal/describe-error.ts'

/** One line of the doctor's report. `check` is stable, kebab-case. */
export interface Check extends Diagnosis {
  readonly about: 'configuration' | 'node' | 'books'
}

export function ok(check: string, says: string): Diagnosis {
  return { check, result: 'ok', says }
}

export function warning(check: string, says: string, advice: string): Diagnosis {
  return { check, result: 'warning', says, advice }
}

export function failed(check: string, says: string, advice: string): Diagnosis {
  return { check, result: 'failed', says, advice }
}

/** The line for what was thrown. */
export function failedBy(check: string, error: unknown, otherwise: string): Diagnosis {
  const { says, advice } = describeError(error)
  return failed(check, says, advice ?? otherwise)
}
