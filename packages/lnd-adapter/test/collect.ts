import { PaymentNodeError } from '@payment-node/core'

/** Everything until the end. */
export async function collect<T>(source: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = []
  for await (const item of source) all.push(item)
  return all
}

/** The library's error that a promise ends with. */
export async function errorOf(promise: Promise<unknown>): Promise<PaymentNodeError> {
  try {
    const value = await promise
    throw new Error(`expected an error, got ${JSON.stringify(value, (_key, one) => String(one))}`)
  } catch (error) {
    if (PaymentNodeError.is(error)) return error
    throw error
  }
}
