import type { Meter, SpanAttributes, SpanStart } from '@payment-node/core'

/** A span as it ended. */
export interface SeenSpan extends SpanStart {
  readonly name: string
  readonly traceparent: string
  /** Those of its end. */
  readonly added: SpanAttributes
  readonly error: string | undefined
}

/** A meter that keeps spans: each a child of its parent, or the beginning of a trace. */
export function collectSpans(): { readonly meter: Meter; readonly spans: SeenSpan[] } {
  const spans: SeenSpan[] = []
  let count = 0
  const meter: Meter = {
    count: () => undefined,
    record: () => undefined,
    span(name, start) {
      const number = (++count).toString(16)
      const trace = start.parent?.split('-')[1] ?? number.padStart(32, 'a')
      const traceparent = `00-${trace}-${number.padStart(16, 'b')}-01`
      return {
        traceparent,
        end: (added, error) => void spans.push({ ...start, name, traceparent, added, error }),
      }
    },
  }
  return { meter, spans }
}
