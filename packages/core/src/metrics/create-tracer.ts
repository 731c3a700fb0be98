import { AsyncLocalStorage } from 'node:async_hooks'
import { PaymentNodeError } from '../errors.ts'
import type { Meter, Span, SpanAttributes, SpanStart } from '../ports/meter.ts'
import { traceparentOf } from './read-traceparent.ts'

/** A piece of work with a span of its own, if the meter has spans. */
export interface Work {
  readonly attributes: SpanAttributes
  /** Default `internal`. */
  readonly kind?: SpanStart['kind']
  /** What it is a child of; null: what runs around it, else it begins a trace. */
  readonly parent: string | null | undefined
}

/** What a running piece of work knows of its span. */
export interface Traced {
  /** To hand on: the span's own; without spans the parent's as it was given; null: there is no trace. */
  readonly traceparent: string | null
  /** Added when the span ends. */
  set(attributes: SpanAttributes): void
  /** It came to nothing, without throwing. */
  fail(error: string): void
}

/** Traces of one payment node. */
export interface Tracer {
  run<T>(name: string, work: Work, act: (traced: Traced) => Promise<T>): Promise<T>
  /** A client span below the one that runs now; undefined when none does: what nobody asked for begins no trace. */
  call(name: string, attributes: SpanAttributes): Span | undefined
}

/** Without spans everything runs as it would, and the caller's context is handed on as it came. */
export function createTracer(meter: Meter | undefined): Tracer {
  if (!meter?.span)
    return { run: (_, { parent }, act) => act(passing(parent)), call: () => undefined }
  const start = meter.span.bind(meter)
  const running = new AsyncLocalStorage<Span>()
  return {
    async run(name, { attributes, kind = 'internal', parent: given }, act) {
      const parent = given ?? traceparentOf(running.getStore()?.traceparent)
      const span = start(name, { kind, attributes, ...(parent !== undefined && { parent }) })
      let added: SpanAttributes = {}
      let failure: string | undefined
      const traced: Traced = {
        // What is handed on is sent to strangers and stored: nothing that only looks like one.
        traceparent: traceparentOf(span.traceparent) ?? parent ?? null,
        set: (more) => {
          added = { ...added, ...more }
        },
        fail: (error) => {
          failure = error
        },
      }
      try {
        return await running.run(span, () => act(traced))
      } catch (error) {
        failure = errorType(error)
        throw error
      } finally {
        span.end(added, failure)
      }
    },
    call(name, attributes) {
      const parent = traceparentOf(running.getStore()?.traceparent)
      return parent === undefined ? undefined : start(name, { kind: 'client', attributes, parent })
    },
  }
}

/** `error.type` of what was thrown: a code of the library, never a text. */
export function errorType(error: unknown): string {
  return PaymentNodeError.is(error) ? error.code : 'unexpected'
}

function passing(parent: Work['parent']): Traced {
  return { traceparent: parent ?? null, set: () => undefined, fail: () => undefined }
}
