import type { Outcome } from '@payment-node/core'
import { type FaultMoment, faultError, type NodeCall } from './faults.ts'
import { unavailable } from './node-errors.ts'
import type { NodeState } from './node-state.ts'
import type { Simulation } from './simulation.ts'

/** One call of one node, as its faults and errors name it. */
export interface NodeRequest {
  readonly simulation: Simulation
  readonly node: NodeState
  readonly call: NodeCall
  readonly parameters: readonly unknown[]
  /** It changes something: without a reply its outcome is unknown. */
  readonly isChange: boolean
  readonly signal: AbortSignal | undefined
  /** Throws for parameters that no node is asked with, whatever its state. */
  readonly check?: () => void
}

/**
 * The way of a call: there, its effect, and back. The node can be down before, in between or after,
 * and faults can hit at each moment; the error says what the caller can know.
 */
export async function callNode<T>(request: NodeRequest, effect: () => T | Promise<T>): Promise<T> {
  const { node, signal } = request
  request.check?.()
  if (signal?.aborted) throw aborted(request, 'none')
  requireUp(request, 'none')
  await passFault(request, 'before-effect')
  await travel(request)
  requireUp(request, lost(request))
  const run = node.run
  let reply: T | undefined
  let refusal: { error: unknown } | undefined
  try {
    const result = effect()
    reply = result instanceof Promise ? await whileConnected(request, result) : result
  } catch (error) {
    if (error instanceof ConnectionLost) throw error.reason
    refusal = { error }
  }
  await passFault(request, 'after-effect')
  await travel(request)
  if (node.run !== run || node.lifecycle !== 'running') throw unreachable(request, lost(request))
  await passFault(request, 'before-reply', refusal?.error ?? reply)
  if (refusal) throw refusal.error
  return reply as T
}

/** What the caller sees when the node goes on without him. */
class ConnectionLost {
  readonly reason: Error

  constructor(reason: Error) {
    this.reason = reason
  }
}

/**
 * Waits for work that the node does with a peer. The caller may be gone before it ends (the
 * connection is lost, he gives up, the deadline passes); the work goes on in the node.
 */
async function whileConnected<T>(request: NodeRequest, work: Promise<T>): Promise<T> {
  const { node, signal, simulation } = request
  const { clock, timing } = simulation
  const patience = new AbortController()
  let leave = (_error: Error): void => {}
  const left = new Promise<never>((_resolve, reject) => {
    leave = (error) => reject(new ConnectionLost(error))
  })
  left.catch(() => {})
  work.catch(() => {})
  const abort = (): void => leave(aborted(request, lost(request)))
  const end = (): void => leave(unreachable(request, lost(request)))
  signal?.addEventListener('abort', abort, { once: true })
  node.streams.add(end)
  void clock.sleep(timing.peerDeadlineMilliseconds, patience.signal).then(() => {
    if (!patience.signal.aborted) {
      leave(unavailable('deadline', lost(request), `${request.call}: no answer in time`))
    }
  })
  try {
    return await Promise.race([work, left])
  } finally {
    patience.abort()
    node.streams.delete(end)
    signal?.removeEventListener('abort', abort)
  }
}

function lost(request: NodeRequest): Outcome {
  return request.isChange ? 'unknown' : 'none'
}

async function travel(request: NodeRequest): Promise<void> {
  const { clock, timing } = request.simulation
  await clock.sleep(timing.callMilliseconds / 2, request.signal)
  if (request.signal?.aborted) throw aborted(request, lost(request))
}

/** Throws when the node does not serve calls. A locked or starting one answers, so nothing happened for certain. */
function requireUp(request: NodeRequest, ifDown: Outcome): void {
  const { node } = request
  if (node.lifecycle === 'stopped') throw unreachable(request, ifDown)
  if (node.lifecycle === 'locked' || node.lifecycle === 'starting') {
    throw unavailable(node.lifecycle, 'none', `${request.call}: ${node.alias} is ${node.lifecycle}`)
  }
}

function unreachable(request: NodeRequest, outcome: Outcome): Error {
  return unavailable(
    'unreachable',
    outcome,
    `${request.call}: ${request.node.alias} does not answer`,
  )
}

function aborted(request: NodeRequest, outcome: Outcome): Error {
  return unavailable('deadline', outcome, `${request.call}: given up by the caller`)
}

/** Lets the node's faults act at this moment. */
export async function passFault(
  request: NodeRequest,
  moment: FaultMoment,
  reply?: unknown,
): Promise<void> {
  const { node, call, parameters, simulation, signal } = request
  const action = node.faults.decide({
    call,
    moment,
    parameters,
    ...(moment === 'before-reply' ? { reply } : {}),
  })
  if (!action) return
  if (action.delayMilliseconds) await simulation.clock.sleep(action.delayMilliseconds, signal)
  if (signal?.aborted) throw aborted(request, lost(request))
  const error = faultError(action, call)
  if (error !== undefined) throw error
}
