import { type Diagnosis, PaymentNodeError } from '@payment-node/core'

export function ok(check: string, says: string): Diagnosis {
  return { check, result: 'ok', says }
}

export function warning(check: string, says: string, advice: string): Diagnosis {
  return { check, result: 'warning', says, advice }
}

export function failed(check: string, says: string, advice: string): Diagnosis {
  return { check, result: 'failed', says, advice }
}

/** The entry for a check that could not be made. */
export function failedBy(check: string, error: unknown): Diagnosis {
  if (!PaymentNodeError.is(error)) {
    const says = error instanceof Error ? error.message : String(error)
    return failed(check, says, 'This is a defect of the adapter or of LND: report it.')
  }
  const { message, advice } = error
  const says =
    advice && message.endsWith(advice) ? message.slice(0, -advice.length).trim() : message
  return failed(check, says, advice || "Look at LND's log.")
}
