import { ROOT_CONTEXT, type SpanContext, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api'
import type { Meter } from '@payment-node/core'

/** A meter that counts, and spans of OpenTelemetry beside it. */
export function withTraces(meter: Meter): Meter {
  const tracer = trace.getTracer('payment-node')
  return {
    ...meter,
    span(name, { kind, attributes, parent }) {
      const above = parent ? trace.setSpanContext(ROOT_CONTEXT, read(parent)) : ROOT_CONTEXT
      const asKind = kind === 'client' ? SpanKind.CLIENT : SpanKind.INTERNAL
      const span = tracer.startSpan(name, { kind: asKind, attributes }, above)
      const { traceId, spanId, traceFlags } = span.spanContext()
      return {
        traceparent: `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`,
        end(more, error) {
          span.setAttributes(more)
          if (error)
            span.setAttribute('error.type', error).setStatus({ code: SpanStatusCode.ERROR })
          span.end()
        },
      }
    },
  }
}

function read(traceparent: string): SpanContext {
  const [, traceId = '', spanId = '', flags = '00'] = traceparent.split('-')
  return { traceId, spanId, traceFlags: Number.parseInt(flags, 16), isRemote: true }
}
