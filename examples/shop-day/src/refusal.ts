import { type ErrorCode, PaymentNodeError } from '@payment-node/core'

/** The error of a call that must be refused for that reason. Any other end is a fault of the story. */
export async function refusal<C extends ErrorCode>(
  call: Promise<unknown>,
  code: C,
): Promise<PaymentNodeError<C>> {
  const error = await call.then(
    () => new Error(`expected ${code}, but the call succeeded`),
    (thrown: unknown) => thrown,
  )
  if (PaymentNodeError.is(error, code)) return error
  throw error
}
