import { type PaymentNode, PaymentNodeError } from '@payment-node/core'
import type { SimulatedProcess } from './open-process.ts'
import { codeOf, type World } from './world.ts'

/** Milliseconds between two tries of the host. */
const pause = 700
/** When the faults are over a request must be answered within so many tries: LND keeps an opening for ten minutes. */
const patience = 2000

/** What a host's request came to. */
export type Answer<T> = { readonly value: T } | { readonly refused: string }

/**
 * A host's request with the patience of a host: it is made again when the process dies on it, and when
 * the answer says that it may be. The outside world keeps the request, so its key is the same.
 */
export async function ask<T>(
  world: World,
  says: string,
  request: (node: PaymentNode, process: SimulatedProcess) => Promise<T>,
  prefer?: string,
): Promise<Answer<T>> {
  let lastError: string | undefined
  for (let count = 0; count < patience; count += world.isHealing ? 1 : 0) {
    const process = world.serving(prefer)
    if (process) {
      const answer = await Promise.race([
        attempt(() => request(process.node, process)),
        process.over.then(() => undefined),
      ])
      if (answer && 'value' in answer) {
        world.trace.write(`host ${says}: done by ${process.name}`)
        return { value: answer.value }
      }
      if (answer) lastError = codeOf(answer.error)
      if (answer && !isRetryable(answer.error)) {
        world.trace.write(`host ${says}: ${codeOf(answer.error)}`)
        return { refused: codeOf(answer.error) }
      }
    }
    await world.clock.sleep(pause)
  }
  world.violate({
    invariant: 'requests-are-answered',
    says: 'When the faults are over, a request of the host is answered.',
    found: `${says}: ${lastError ?? 'no process served'}`,
  })
  return { refused: 'gave-up' }
}

async function attempt<T>(work: () => Promise<T>): Promise<{ value: T } | { error: unknown }> {
  try {
    return { value: await work() }
  } catch (error) {
    return { error }
  }
}

function isRetryable(error: unknown): boolean {
  // Partners are made while the first requests come in already.
  return (
    PaymentNodeError.is(error) &&
    (error.isRetryable || PaymentNodeError.is(error, 'partner.not-found'))
  )
}
