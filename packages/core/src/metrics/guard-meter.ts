import type { Logger } from '../ports/logger.ts'
import type { Meter, Span } from '../ports/meter.ts'

/** Of a span that could not be begun. */
const noSpan: Span = { traceparent: '', end: () => undefined }

/**
 * The host's meter, none of whose calls ever throws: what is measured is money on its way, and is booked whatever
 * becomes of the figures. The first error is told in the log.
 */
export function guardMeter(meter: Meter, logger: Logger): Meter {
  let isTold = false
  const guarded = <T>(call: () => T, otherwise: T): T => {
    try {
      return call()
    } catch (error) {
      if (!isTold) {
        isTold = true
        logger.error('the meter throws: its figures and traces are incomplete', {
          error: error instanceof Error ? error.message : String(error),
        })
      }
      return otherwise
    }
  }
  return {
    count: (...given) => guarded(() => meter.count(...given), undefined),
    record: (...given) => guarded(() => meter.record(...given), undefined),
    ...(meter.span && {
      span: (name, start) => {
        const span = guarded(() => meter.span!(name, start), noSpan)
        return {
          traceparent: guarded(() => span.traceparent, ''),
          end: (...given) => guarded(() => span.end(...given), undefined),
        }
      },
    }),
  }
}
