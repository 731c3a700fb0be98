import type { PaymentFailure } from '@payment-node/core'
import type { FinalHop } from './accept-htlc.ts'
import type { RouteHint } from './bolt11-invoice.ts'
import { carryHtlc, type HtlcOutcome, type RouteHop } from './carry-htlc.ts'
import { edgeKey, findRoute, outgoingMsat } from './find-route.ts'
import type { NodeState } from './node-state.ts'
import {
  type PaymentPart,
  type PaymentRecord,
  partsInFlight,
  reviewPayment,
} from './payment-book.ts'
import { inBackground, type Simulation } from './simulation.ts'

/** What the sender knows about where the money goes. */
export interface PaymentTarget {
  readonly destination: string
  readonly paymentSecret: string | undefined
  readonly minFinalCltv: number
  readonly routeHints: readonly (readonly RouteHint[])[]
  readonly spontaneous?: FinalHop['spontaneous']
  readonly feeLimitMsat: bigint
  readonly timeoutSeconds: number
  readonly maximumParts: number
  /** Short channel ids for the first hop; none: any. */
  readonly outgoingChannels?: readonly bigint[]
  /** LND's `cltv_limit`, in blocks. */
  readonly maximumCltvBlocks?: number | undefined
}

/** LND does not split below 10 000 sat. */
const minimumPartMsat = 10_000_000n
/** Blocks that LND adds to the payee's wish, so that a block found on the way does no harm. */
export const paddingBlocks = 3

/**
 * LND's payment loop: tries the cheapest route for what is missing, halves it when there is none, and
 * stops for good at the first reason. Ends early, without a word, when the node's process ends.
 */
export async function routePayment(
  simulation: Simulation,
  node: NodeState,
  record: PaymentRecord,
  target: PaymentTarget,
): Promise<void> {
  const { clock } = simulation
  const run = node.run
  const deadline = clock.monotonic() + target.timeoutSeconds * 1000
  const avoided = new Map<string, bigint>()
  while (node.run === run && record.failure === undefined && record.preimage === undefined) {
    const missing = record.amountMsat - committedMsat(record)
    if (missing === 0n) {
      await record.changed.wait()
      continue
    }
    if (clock.monotonic() >= deadline) return giveUp(record, 'timeout')
    const found = findPart(simulation, node, record, target, missing, avoided)
    if (typeof found === 'string') return giveUp(record, found)
    launchPart(simulation, record, target, found, avoided)
  }
}

/** A process that starts again follows what is on the wire and tries nothing new. */
export function resumePayments(node: NodeState): void {
  for (const record of node.payments.byHash.values()) {
    if (!record.isFinal) inBackground(followParts(node, record))
  }
}

/** LND's payment loop without routes: the payee's answer ends it, or the want of another part. */
async function followParts(node: NodeState, record: PaymentRecord): Promise<void> {
  const { run } = node
  while (node.run === run && record.failure === undefined && record.preimage === undefined) {
    if (committedMsat(record) < record.amountMsat) return giveUp(record, 'no-route')
    await record.changed.wait()
  }
}

function giveUp(record: PaymentRecord, failure: PaymentFailure): void {
  record.failure = failure
  reviewPayment(record)
}

function committedMsat(record: PaymentRecord): bigint {
  return record.parts.reduce(
    (sum, part) => (part.state === 'failed' ? sum : sum + part.amountMsat),
    0n,
  )
}

function findPart(
  simulation: Simulation,
  node: NodeState,
  record: PaymentRecord,
  target: PaymentTarget,
  missing: bigint,
  avoided: ReadonlyMap<string, bigint>,
): { route: RouteHop[]; amountMsat: bigint } | 'insufficient-balance' | 'no-route' {
  const { outgoingChannels = [] } = target
  if (outgoingMsat(simulation, node, outgoingChannels) < missing) return 'insufficient-balance'
  const spentMsat = record.parts.reduce(
    (sum, part) => (part.state === 'failed' ? sum : sum + part.feeMsat),
    0n,
  )
  for (let amountMsat = missing; ; amountMsat /= 2n) {
    if (amountMsat < missing) {
      const isLastPart = partsInFlight(record) + 1 >= target.maximumParts
      if (isLastPart || amountMsat < minimumPartMsat) return 'no-route'
    }
    const route = findRoute(simulation, {
      source: node,
      destination: target.destination,
      amountMsat,
      feeLimitMsat: target.feeLimitMsat - spentMsat,
      finalCltvBlocks: target.minFinalCltv + paddingBlocks,
      routeHints: target.routeHints,
      outgoingChannels,
      maximumCltvBlocks: target.maximumCltvBlocks,
      avoided,
    })
    if (route) return { route, amountMsat }
  }
}

function launchPart(
  simulation: Simulation,
  record: PaymentRecord,
  target: PaymentTarget,
  found: { route: RouteHop[]; amountMsat: bigint },
  avoided: Map<string, bigint>,
): void {
  const { route, amountMsat } = found
  const first = route[0]!
  const part: PaymentPart = {
    state: 'in-flight',
    amountMsat,
    feeMsat: first.amountMsat - amountMsat,
    firstChannelId: first.channel.channelId.toString(),
    expiryHeight: first.expiryHeight,
  }
  record.parts.push(part)
  const outcome = carryHtlc(simulation, route, 0, {
    paymentHash: record.paymentHash,
    paymentSecret: target.paymentSecret,
    totalMsat: record.amountMsat,
    amountMsat,
    expiryHeight: route.at(-1)!.expiryHeight,
    ...(target.spontaneous ? { spontaneous: target.spontaneous } : {}),
  })
  reviewPayment(record)
  inBackground(outcome.then((result) => takeResult(record, part, result, avoided)))
}

function takeResult(
  record: PaymentRecord,
  part: PaymentPart,
  result: HtlcOutcome,
  avoided: Map<string, bigint>,
): void {
  if (result.kind === 'settled') {
    part.state = 'succeeded'
    record.preimage = result.preimage
  } else {
    part.state = 'failed'
    if (result.code === 'incorrect-details') record.failure ??= 'incorrect-details'
    if (result.at) {
      const key = edgeKey(result.at.channel, result.at.from)
      const known = avoided.get(key)
      if (known === undefined || result.at.amountMsat < known) {
        avoided.set(key, result.at.amountMsat)
      }
    }
  }
  reviewPayment(record)
}
