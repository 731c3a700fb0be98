import type { FeeEstimate, FeeSource, Http, HttpRequest, HttpResponse } from '@payment-node/core'
import { type Gate, guard } from './gate-ports.ts'
import { never } from './life.ts'
import { type SimulatedWeb, webFailure } from './simulated-web.ts'
import type { StepAction } from './steps.ts'

/** Milliseconds that a request takes to its server, and its answer back. */
const latency = 25

/**
 * The web as a process reaches it: each request is a step before it leaves, when the server has done it
 * and when its answer is there. What has left reaches the server also when the process dies.
 */
export function gateHttp(gate: Gate, web: SimulatedWeb): Http {
  return {
    contractVersion: 1,
    async request(request) {
      if (gate.life.isOver) return never()
      const { signal, ...said } = request
      const parameters = [said]
      return gate.life.pass(
        guard(gate, 'http.request', parameters, ['before', 'reply'], () =>
          exchange(gate, web, said, signal),
        ),
      )
    },
  }
}

async function exchange(
  { clock, steps, process, life, kill, pauseFor }: Gate,
  web: SimulatedWeb,
  request: HttpRequest,
  signal: AbortSignal | undefined,
): Promise<HttpResponse> {
  const host = new URL(request.url).hostname
  const served = async (): Promise<HttpResponse> => {
    await clock.sleep(latency)
    const answer = await web.ask(request)
    const action: StepAction | undefined = life.isOver
      ? undefined
      : steps.take({ process, name: 'http.request/effect', parameters: [request] })
    if (action?.kill) kill()
    if (action?.pauseMilliseconds !== undefined) pauseFor(action.pauseMilliseconds)
    await clock.sleep(latency + (action?.delayMilliseconds ?? 0))
    if (action?.error !== undefined) throw action.error
    return answer === 'silence' ? never() : answer
  }
  const ended = new AbortController()
  const isOver = signal ? AbortSignal.any([ended.signal, signal]) : ended.signal
  try {
    return await Promise.race([
      served(),
      clock.sleep(request.timeout, isOver).then(() => {
        throw webFailure(host, signal?.aborted ? 'aborted' : 'timeout', 'unknown')
      }),
    ])
  } finally {
    ended.abort()
  }
}

/** Who tells the feerate, as a process asks it. */
export function gateFeeSource(gate: Gate, read: () => Promise<number>): FeeSource {
  return {
    contractVersion: 1,
    name: 'simulated',
    async feerate(blocks) {
      if (gate.life.isOver) return never()
      const ask = async (): Promise<FeeEstimate> => {
        await gate.clock.sleep(latency)
        return { at: gate.clock.now(), satPerVbyte: await read() }
      }
      return gate.life.pass(guard(gate, 'fees.feerate', [blocks], ['before', 'reply'], ask))
    },
  }
}
