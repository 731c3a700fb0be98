import type { PaymentNode } from '@payment-node/core'
import type { VirtualClock } from '../network/virtual-clock.ts'

type Verb = (...parameters: unknown[]) => unknown

/** The same node; each verb moves virtual time until its promise settles. */
export function runVerbs(node: PaymentNode, clock: VirtualClock): PaymentNode {
  const run =
    (verb: Verb): Verb =>
    (...parameters) => {
      const result = verb(...parameters)
      return result instanceof Promise ? clock.run(result) : result
    }
  const runAll = (members: object): object =>
    Object.fromEntries(
      Object.entries(members).map(([name, member]) => [
        name,
        typeof member === 'function' ? run(member as Verb) : runAll(member as object),
      ]),
    )
  return runAll(node) as PaymentNode
}
