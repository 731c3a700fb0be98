import { acceptHtlc, type FinalHop } from './accept-htlc.ts'
import {
  type Channel,
  forceClosedAt,
  type Htlc,
  isDeserted,
  isLinked,
  offerHtlc,
  otherSide,
  resolveHtlc,
  type Side,
  sendableMsat,
  sideOf,
} from './channel.ts'
import { recordForward } from './forwarding-log.ts'
import { inBackground, type Simulation } from './simulation.ts'

/** One channel of a route, in sending order. */
export interface RouteHop {
  readonly channel: Channel
  /** Who offers. */
  readonly from: Side
  /** What crosses this channel: the amount and the fees of the hops after it. */
  readonly amountMsat: bigint
  readonly expiryHeight: number
}

/** What becomes of a part. Failures name the channel that would not take it. */
export type HtlcOutcome =
  | { readonly kind: 'settled'; readonly preimage: string }
  | {
      readonly kind: 'failed'
      readonly code:
        | 'incorrect-details'
        | 'mpp-timeout'
        | 'temporary-channel-failure'
        | 'timed-out-on-chain'
      readonly at?: RouteHop
    }

/**
 * Carries one part from hop `position` on to the payee and its result back. Resolves when the offerer
 * of that hop has the result. A node or link that is down only delays it; a force close
 * moves the dispute to the chain, where the preimage wins until the HTLC expires.
 */
export function carryHtlc(
  simulation: Simulation,
  route: readonly RouteHop[],
  position: number,
  final: FinalHop,
): Promise<HtlcOutcome> {
  const hop = position === 0 ? route[0]! : channelToUse(simulation, route[position]!)
  if (isDeserted(hop.channel, hop.from)) return hangUntilClosed(hop)
  const htlc = offerHtlc(hop.channel, hop.from, {
    paymentHash: final.paymentHash,
    amountMsat: hop.amountMsat,
    expiryHeight: hop.expiryHeight,
  })
  if (!htlc) {
    return Promise.resolve({ kind: 'failed', code: 'temporary-channel-failure', at: hop })
  }
  const onward = beyond(simulation, route.with(position, hop), position, final)
  const result = awaitResult(simulation, hop.channel, htlc, onward)
  return position === 0 ? result : forward(simulation, route[position - 1]!, hop, result)
}

/** Between two channels: what is settled beyond is a forward of the node between them. */
async function forward(
  simulation: Simulation,
  incoming: RouteHop,
  outgoing: RouteHop,
  result: Promise<HtlcOutcome>,
): Promise<HtlcOutcome> {
  const outcome = await result
  const node = outgoing.channel.ends[outgoing.from]
  if (outcome.kind === 'settled') recordForward(simulation, node, incoming, outgoing)
  return outcome
}

/** Nobody answers any more; the part comes back when the offerer believes the close. */
async function hangUntilClosed(hop: RouteHop): Promise<HtlcOutcome> {
  while (hop.channel.views[hop.from].list === 'open') await hop.channel.changed.wait()
  return { kind: 'failed', code: 'temporary-channel-failure', at: hop }
}

/**
 * A node that forwards may take any of its channels to the next node (BOLT4, non-strict forwarding):
 * the named one when it can carry the part, else the one with the most room.
 */
function channelToUse(simulation: Simulation, named: RouteHop): RouteHop {
  const { channel, from, amountMsat } = named
  if (sendableMsat(channel, from) >= amountMsat) return named
  const [node, next] = [channel.ends[from], channel.ends[otherSide(from)]]
  let best = named
  let room = amountMsat - 1n
  for (const other of simulation.channels.values()) {
    const side = sideOf(other, node)
    if (side === undefined || other.ends[otherSide(side)] !== next) continue
    const canCarry = sendableMsat(other, side)
    if (canCarry <= room) continue
    room = canCarry
    best = { ...named, channel: other, from: side }
  }
  return best
}

async function beyond(
  simulation: Simulation,
  route: readonly RouteHop[],
  position: number,
  final: FinalHop,
): Promise<HtlcOutcome> {
  const { channel, from } = route[position]!
  await crossLink(simulation, channel)
  const receiver = channel.ends[otherSide(from)]
  if (position === route.length - 1) return acceptHtlc(simulation, receiver, final)
  return carryHtlc(simulation, route, position + 1, final)
}

/** One message over the channel; waits while an end is down. */
async function crossLink(simulation: Simulation, channel: Channel): Promise<void> {
  do {
    while (!isLinked(channel)) await channel.changed.wait()
    await simulation.clock.sleep(simulation.timing.hopMilliseconds)
  } while (!isLinked(channel))
}

async function awaitResult(
  simulation: Simulation,
  channel: Channel,
  htlc: Htlc,
  downstream: Promise<HtlcOutcome>,
): Promise<HtlcOutcome> {
  let known: HtlcOutcome | undefined
  inBackground(
    downstream.then((outcome) => {
      known = outcome
      htlc.isClaimable = outcome.kind === 'settled'
      channel.changed.fire()
    }),
  )
  for (;;) {
    if (known && isLinked(channel)) {
      await simulation.clock.sleep(simulation.timing.hopMilliseconds)
      if (isLinked(channel)) {
        resolveHtlc(channel, htlc, known.kind === 'settled')
        return known
      }
      continue
    }
    const ruling = chainRuling(channel, htlc)
    if (ruling === 'expired') {
      resolveHtlc(channel, htlc, false)
      return { kind: 'failed', code: 'timed-out-on-chain' }
    }
    if (ruling === 'claimed' && known) {
      resolveHtlc(channel, htlc, true)
      return known
    }
    await channel.changed.wait()
  }
}

/**
 * After a force close: from its expiry on the offerer can take the HTLC back; as long as he has not,
 * the receiver can claim it with the preimage. Both must be awake for it.
 */
function chainRuling(channel: Channel, htlc: Htlc): 'claimed' | 'expired' | undefined {
  const closedAt = forceClosedAt(channel)
  if (closedAt === undefined) return undefined
  const receiver = channel.ends[otherSide(htlc.offeredBy)]
  const offerer = channel.ends[htlc.offeredBy]
  if (offerer.lifecycle === 'running' && offerer.height >= htlc.expiryHeight) return 'expired'
  // The claim needs a block of its own after the commitment transaction.
  const canClaim = receiver.lifecycle === 'running' && receiver.height > closedAt
  return htlc.isClaimable && canClaim ? 'claimed' : undefined
}
