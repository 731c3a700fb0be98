import { PaymentNodeError } from '@payment-node/core'

/** What a call threw, as far as callers may rely on it. */
export interface Failed {
  readonly code: string
  readonly details: object
}

/** The library's error without its words. Anything else is shown with them, since it must not be. */
export function failureOf(error: unknown): Failed {
  if (PaymentNodeError.is(error)) return { code: error.code, details: error.details }
  return { code: 'not-an-error-of-the-library', details: { says: String(error) } }
}

/** What a call of the port returned or threw, as a value to compare. */
export async function outcomeOf<T>(work: Promise<T>): Promise<T | Failed> {
  try {
    return await work
  } catch (error) {
    return failureOf(error)
  }
}
