import { PaymentNodeError } from '../errors.ts'
import type { Clock } from '../ports/clock.ts'
import type { LightningNode } from '../ports/lightning-node.ts'
import type { Meter } from '../ports/meter.ts'

/**
 * The same node; each call with one answer is recorded as `payment_node.lightning.call.duration` (seconds).
 * Streams are passed through: how long they live says nothing.
 */
export function measureCalls(lightning: LightningNode, meter: Meter, clock: Clock): LightningNode {
  return measureMembers(lightning, meter, clock) as LightningNode
}

function measureMembers(port: object, meter: Meter, clock: Clock): object {
  const parts = new Map<object, object>()
  const measured =
    (call: string, member: (...parameters: unknown[]) => unknown) =>
    (...parameters: unknown[]): unknown => {
      const start = clock.monotonic()
      const answer = Reflect.apply(member, port, parameters)
      if (!(answer instanceof Promise)) return answer
      const end = (error?: unknown): void =>
        meter.record('payment_node.lightning.call.duration', (clock.monotonic() - start) / 1000, {
          'payment_node.call': call,
          'error.type': error === undefined ? '' : typeOf(error),
        })
      answer.then(() => end(), end)
      return answer
    }
  return new Proxy(port, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name, target)
      if (typeof member === 'function') return measured(String(name), member as never)
      if (typeof member !== 'object' || member === null) return member
      // `onchain`, `opener` and the like have calls of their own.
      const part = parts.get(member) ?? measureMembers(member, meter, clock)
      parts.set(member, part)
      return part
    },
  })
}

function typeOf(error: unknown): string {
  return PaymentNodeError.is(error) ? error.code : 'unexpected'
}
