import { Amount, type Network } from '@payment-node/core'
import { exactSat } from '../terminal/format-sat.ts'
import { plain } from '../terminal/terminal.ts'
import type { Candidate, CandidateFacts } from './candidate.ts'
import { chooseAddress } from './choose-address.ts'

/** What a node is measured by. */
export interface Measure {
  /** Our own node. */
  readonly ownKey: string
  readonly network: Network
  /** Milliseconds since 1970. */
  readonly now: number
  /** Milliseconds since the last announcement that are still lately. */
  readonly seenWithin: number
  /** `channels.capacity` and `caps.perOpen`. */
  readonly capacity: Amount
  readonly capPerOpen: Amount
}

const day = 86_400_000

/** Whether a channel to the node is worth a try, from what LND's own graph and our books say of it. */
export function judgeCandidate(facts: CandidateFacts, measure: Measure): Candidate {
  const { publicKey, ranked, graph, channel, addressBefore } = facts
  const chosen = graph && chooseAddress(publicKey, graph.addresses, measure.network, addressBefore)
  const smallest = graph?.smallestChannelSat
  const smallestChannel = smallest === undefined ? null : new Amount(smallest * 1000n)
  const against = [...reasonsAgainst(facts, measure)]
  if (graph && !chosen) against.push(['no-address', 'no usable address'])
  if (smallestChannel && smallestChannel.msat > measure.capPerOpen.msat) {
    against.push(['too-large', `min. ${exactSat(smallestChannel)}`])
  }
  const doubts = [...doubtsAbout(facts)]
  if (chosen?.reach === 'tor') doubts.push(['tor-only', 'Tor only'])
  const isLarge = smallestChannel !== null && smallestChannel.msat > measure.capacity.msat
  if (isLarge) doubts.push(['large-channels', `opens ${exactSat(smallestChannel)}`])
  const reasons = against.length > 0 ? against : doubts
  return {
    publicKey,
    alias: plain(graph?.alias || ranked?.alias || ''),
    verdict: against.length > 0 ? 'left-out' : doubts.length > 0 ? 'doubtful' : 'good',
    reasons: reasons.map(([reason, says]) => ({ reason, says })),
    score: null,
    rankingPlace: ranked?.place ?? null,
    address: chosen?.address ?? null,
    reach: chosen?.reach ?? null,
    channels: graph?.channels ?? null,
    capacity: graph ? new Amount(graph.capacitySat * 1000n) : null,
    smallestChannel,
    opensWith: isLarge && against.length === 0 ? smallestChannel : null,
    firstSeenAt: ranked?.firstSeenAt ?? null,
    lastUpdateAt: graph?.lastUpdateAt ?? null,
    channel: channel ?? null,
  }
}

type Reason = readonly [reason: string, says: string]

function* reasonsAgainst(facts: CandidateFacts, measure: Measure): Generator<Reason> {
  const { publicKey, graph, mark } = facts
  if (publicKey === measure.ownKey) yield ['own-key', 'is this node']
  if (mark?.state === 'blacklisted') yield ['blacklisted', `blacklisted: ${plain(mark.reason)}`]
  if (mark?.state === 'closed-by-operator') yield ['closed-by-operator', 'closed by you']
  if (!graph) return yield ['unknown', "not in LND's graph"]
  if (graph.channels === 0) yield ['no-channels', 'has no channels']
  if (graph.lastUpdateAt === 0) yield ['never-announced', 'never announced']
  else if (measure.now - graph.lastUpdateAt > measure.seenWithin) {
    const days = Math.floor((measure.now - graph.lastUpdateAt) / day)
    yield ['not-seen', `not seen for ${days} d`]
  }
}

function* doubtsAbout({ ranked, graph, mark }: CandidateFacts): Generator<Reason> {
  if (mark?.state === 'cooling-down') yield ['cooling-down', `failed: ${plain(mark.reason)}`]
  if (ranked && graph && graph.channels * 2 < ranked.channels) {
    yield ['fewer-channels', `LND: ${graph.channels} chan.`]
  }
}
