import { PaymentNodeError } from '@payment-node/core'

/** What went wrong and what to do about it, apart. */
export interface Trouble {
  readonly code: string | null
  readonly says: string
  readonly advice: string | null
}

/** The library's errors end their message with their advice. */
export function describeError(error: unknown): Trouble {
  if (!PaymentNodeError.is(error)) {
    return {
      code: null,
      says: error instanceof Error ? error.message : String(error),
      advice: null,
    }
  }
  const { code, message, advice } = error
  const says =
    advice && message.endsWith(advice) ? message.slice(0, -advice.length).trim() : message
  return { code, says, advice: advice || null }
}
