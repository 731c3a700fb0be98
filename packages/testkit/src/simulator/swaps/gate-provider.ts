import type { SwapProvider } from '@payment-node/core'
import { type Gate, gateStream, guard } from '../gate-ports.ts'
import { never } from '../life.ts'

/** Milliseconds that a question takes to the provider, and its answer back. */
const latency = 25

/**
 * A provider of swaps as a process reaches it: each call is a step before it leaves and when its answer is there. What
 * has left reaches the provider also when the process dies.
 */
export function gateProvider(gate: Gate, provider: SwapProvider): SwapProvider {
  const family = provider.custody === 'self' ? 'swaps' : 'daemon'
  return new Proxy(provider, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name)
      if (typeof member !== 'function') return member
      const step = `${family}.${String(name)}`
      return (...parameters: unknown[]): unknown => {
        if (gate.life.isOver) return never()
        const call = (): unknown => member.apply(target, parameters)
        const said = [provider.name, ...parameters]
        if (name === 'watch') return gateStream(gate, step, said, call)
        const exchange = async (): Promise<unknown> => {
          await gate.clock.sleep(latency)
          const answer = await call()
          await gate.clock.sleep(latency)
          return answer
        }
        return gate.life.pass(guard(gate, step, said, ['before', 'reply'], exchange))
      }
    },
  })
}
