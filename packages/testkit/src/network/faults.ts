import type { LightningNode, Outcome, UnavailableReason } from '@payment-node/core'
import { unavailable } from './node-errors.ts'

/** Calls of `LightningNode` that a fault can hit. */
export type NodeCall = CoreCall | ChannelManagementCall

/** Calls of `opener`, `chain`, `onchain`, `funding`, `graph`, `policies` and `forwards`. */
export type ChannelManagementCall =
  | 'connectPeer'
  | 'openChannel'
  | 'closeChannel'
  | 'abandonChannel'
  | 'watchConfirmation'
  | 'watchSpend'
  | 'newAddress'
  | 'unspent'
  | 'transactions'
  | 'estimateFeerate'
  | 'minimumFeerate'
  | 'requiredReserve'
  | 'publishTransaction'
  | 'fundTransaction'
  | 'signTransaction'
  | 'releaseCoins'
  | 'listLeases'
  | 'findNode'
  | 'readPolicies'
  | 'writePolicy'
  | 'listForwards'

/** Members of `LightningNode` itself. */
export type CoreCall = Extract<
  keyof LightningNode,
  | 'getInfo'
  | 'listChannels'
  | 'listPendingChannels'
  | 'listClosedChannels'
  | 'watchChannels'
  | 'walletBalance'
  | 'createInvoice'
  | 'lookupInvoice'
  | 'cancelInvoice'
  | 'listInvoices'
  | 'watchSettlements'
  | 'decodeInvoice'
  | 'pay'
  | 'trackPayment'
  | 'listPayments'
  | 'highWater'
>

/**
 * `before-effect`: the node has not done anything yet. `after-effect`: it has, and the caller does
 * not know. `before-reply`: directly before the caller gets the answer; streams pass it for each item.
 */
export type FaultMoment = 'before-effect' | 'after-effect' | 'before-reply'

/** Where a call is when a fault may hit it. */
export interface FaultPoint {
  readonly call: NodeCall
  readonly moment: FaultMoment
  /** The call's parameters, without the signal. */
  readonly parameters: readonly unknown[]
  /** At `before-reply`: what the caller would get. */
  readonly reply?: unknown
}

/** What happens to the call. Nothing given: it goes on. */
export interface FaultAction {
  /** Milliseconds of the network's clock. */
  readonly delayMilliseconds?: number
  /** Throws `node.unavailable` with this outcome. A stream is cut. */
  readonly outcome?: Outcome
  /** Default `unreachable`. */
  readonly reason?: UnavailableReason
  /** Throws this instead. */
  readonly error?: unknown
}

/** Decides about a point; undefined lets the call pass. May change the world first (stop a node, mine). */
export type FaultHook = (point: FaultPoint) => FaultAction | undefined

/** Makes calls of one node fail, hang or lose their reply. */
export interface Faults {
  /** Asks `hook` at every point; the first hook with an answer counts. Returns what removes it. */
  add(hook: FaultHook): () => void
  /** The next `call` meets `action` at `moment`, once. */
  once(call: NodeCall, moment: FaultMoment, action: FaultAction): void
  /** Removes all hooks. */
  clear(): void
  /** Cuts all streams of the node's clients; the node itself goes on. */
  cutStreams(): void
  /** @internal */
  decide(point: FaultPoint): FaultAction | undefined
}

/** No faults at first. `cutStreams` comes from the node. */
export function createFaults(cutStreams: () => void): Faults {
  const hooks = new Set<FaultHook>()
  const faults: Faults = {
    add(hook) {
      hooks.add(hook)
      return () => hooks.delete(hook)
    },
    once(call, moment, action) {
      const remove = faults.add((point) => {
        if (point.call !== call || point.moment !== moment) return undefined
        remove()
        return action
      })
    },
    clear: () => hooks.clear(),
    cutStreams,
    decide(point) {
      for (const hook of hooks) {
        const action = hook(point)
        if (action) return action
      }
      return undefined
    },
  }
  return faults
}

/** The error an action stands for; undefined when it only delays. */
export function faultError(action: FaultAction, call: NodeCall): unknown {
  if (action.error !== undefined) return action.error
  if (action.outcome === undefined) return undefined
  return unavailable(action.reason ?? 'unreachable', action.outcome, `${call}: injected fault`)
}
