import type { Context } from '../context.ts'
import { PaymentNodeError } from '../errors.ts'

/** Milliseconds before LND is asked again for what this macaroon, or this build of LND, does not allow. */
const longPatience = 600_000

/**
 * Takes a step every so many milliseconds. Where LND does not allow it, it is said once and tried rarely:
 * a node that only receives and pays need not be allowed more.
 */
export async function repeatPatiently(
  context: Context,
  name: string,
  every: number,
  step: () => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  let wasTold = false
  while (!signal.aborted) {
    let pause = every
    try {
      await step()
      wasTold = false
    } catch (error) {
      if (signal.aborted) return
      if (!isForbidden(error)) throw error
      if (!wasTold)
        context.logger.info('LND does not allow a worker', { worker: name, says: error.message })
      wasTold = true
      pause = longPatience
    }
    await context.clock.sleep(pause, signal)
  }
}

/** This macaroon, or this build of LND, does not allow it. */
export function isForbidden(error: unknown): error is PaymentNodeError {
  return (
    PaymentNodeError.is(error, 'node.macaroon-rejected') ||
    PaymentNodeError.is(error, 'node.unsupported')
  )
}
