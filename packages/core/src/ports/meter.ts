/**
 * Optional counters, timings and traces; names follow OpenTelemetry, `docs/metrics.md` lists them with their units.
 * Should never throw; what it throws is told once in the log, and stops nothing.
 */
export interface Meter {
  /** Adds to a counter, e.g. `payment_node.settlements`. */
  count(name: string, value: number, attributes?: Readonly<Record<string, string>>): void
  /** Records one observation; a name that ends in `.duration` is in seconds. */
  record(name: string, value: number, attributes?: Readonly<Record<string, string>>): void
  /** Starts a span of a trace. Left out: there are no spans, and a caller's `traceparent` is handed on as it came. */
  span?(name: string, start: SpanStart): Span
}

/** How a span begins: OpenTelemetry's terms. */
export interface SpanStart {
  /** `client`: a call of LND, or a request to the web, that is waited for. */
  readonly kind: 'internal' | 'client'
  readonly attributes: SpanAttributes
  /** What it is a child of: `traceparent` of W3C Trace Context. Left out: it begins a trace. */
  readonly parent?: string
}

/** What a span is about, by OpenTelemetry's names. */
export type SpanAttributes = Readonly<Record<string, string | number>>

/** A span that runs. */
export interface Span {
  /** `traceparent` of W3C Trace Context (version 00), for whatever happens because of it. */
  readonly traceparent: string
  /** Ends it, once. `error`: its status is an error of this type (`error.type`); left out: the status stays unset. */
  end(attributes: SpanAttributes, error?: string): void
}
