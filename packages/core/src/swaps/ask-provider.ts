import type { Context } from '../context.ts'
import { PaymentNodeError } from '../errors.ts'

/**
 * A question to a provider, within `swapping.answerWithin`. Whatever goes wrong that the port has no code for is
 * `swap.provider-failed` with an unknown outcome: the provider may have heard it.
 */
export async function askProvider<T>(
  context: Context,
  provider: string,
  ask: (signal: AbortSignal) => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  const { clock, settings } = context
  const ending = new AbortController()
  const ended = signal ? AbortSignal.any([signal, ending.signal]) : ending.signal
  const late = clock.sleep(settings.swapping.answerWithin, ended).then(() => {
    throw failed(provider, signal?.aborted ? 'aborted' : 'timeout')
  })
  // Nobody waits for it any more when the answer is there.
  late.catch(() => undefined)
  try {
    return await Promise.race([ask(ended), late])
  } catch (error) {
    if (PaymentNodeError.is(error, 'swap.refused')) throw error
    if (PaymentNodeError.is(error, 'swap.provider-failed')) throw error
    throw failed(provider, error instanceof Error ? error.message : String(error), error)
  } finally {
    ending.abort()
  }
}

function failed(
  provider: string,
  says: string,
  cause?: unknown,
): PaymentNodeError<'swap.provider-failed'> {
  return new PaymentNodeError(
    'swap.provider-failed',
    `The swap provider ${provider} gives no usable answer: ${says}.`,
    { provider, reason: says.slice(0, 200), outcome: 'unknown' },
    { advice: 'Others are asked meanwhile.', cause },
  )
}

/** A short, stable word for what a provider's error means. */
export function providerReason(error: unknown): string {
  if (PaymentNodeError.is(error, 'swap.refused')) return error.details.reason
  if (PaymentNodeError.is(error, 'swap.provider-failed')) return 'unreachable'
  return 'failed'
}
