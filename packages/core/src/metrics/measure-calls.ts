import type { Clock } from '../ports/clock.ts'
import type { LightningNode } from '../ports/lightning-node.ts'
import type { Meter, Span } from '../ports/meter.ts'
import { errorType, type Tracer } from './create-tracer.ts'

/**
 * The same node; each call with one answer is recorded as `payment_node.lightning.call.duration` (seconds).
 * Streams are not: how long they live says nothing. Either is a client span below the one that runs, if one does.
 */
export function measureCalls(
  lightning: LightningNode,
  meter: Meter,
  clock: Clock,
  tracer: Tracer,
): LightningNode {
  return measureMembers(lightning, meter, clock, tracer) as LightningNode
}

function measureMembers(port: object, meter: Meter, clock: Clock, tracer: Tracer): object {
  const parts = new Map<object, object>()
  const measured =
    (call: string, member: (...parameters: unknown[]) => unknown) =>
    (...parameters: unknown[]): unknown => {
      const start = clock.monotonic()
      const span = tracer.call(`LightningNode/${call}`, {
        'rpc.system': 'lightning_node',
        'rpc.service': 'LightningNode',
        'rpc.method': call,
      })
      const answer = Reflect.apply(member, port, parameters)
      if (!(answer instanceof Promise)) return span ? followStream(answer, span) : answer
      const end = (error?: unknown): void => {
        const type = error === undefined ? undefined : errorType(error)
        span?.end({}, type)
        meter.record('payment_node.lightning.call.duration', (clock.monotonic() - start) / 1000, {
          'payment_node.call': call,
          'error.type': type ?? '',
        })
      }
      answer.then(() => end(), end)
      return answer
    }
  return new Proxy(port, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name, target)
      if (typeof member === 'function') return measured(String(name), member as never)
      if (typeof member !== 'object' || member === null) return member
      // `onchain`, `opener` and the like have calls of their own.
      const part = parts.get(member) ?? measureMembers(member, meter, clock, tracer)
      parts.set(member, part)
      return part
    },
  })
}

/** Its span ends with the stream: at the last word, at an error, or when nobody listens any more. */
function followStream(answer: unknown, span: Span): unknown {
  const stream = answer as AsyncIterable<unknown> | undefined
  if (typeof stream?.[Symbol.asyncIterator] !== 'function') {
    span.end({})
    return answer
  }
  return followed(stream, span)
}

async function* followed(stream: AsyncIterable<unknown>, span: Span): AsyncGenerator<unknown> {
  let error: string | undefined
  try {
    yield* stream
  } catch (failure) {
    error = errorType(failure)
    throw failure
  } finally {
    span.end({}, error)
  }
}
