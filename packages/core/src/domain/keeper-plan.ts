import { type KeeperCount, type Look, lookAt, type Place } from './keeper-count.ts'
import { judgeMoney } from './keeper-money.ts'
import type { KeeperPolicy, KeeperSnapshot } from './keeper-snapshot.ts'
import type { ListedPeer } from './listed-peers.ts'

/** Why a listed peer is not the next one. */
export type PassedOver = 'self' | Place | 'blacklisted' | 'cooling-down' | 'closed-by-operator'

/** What to do and why. */
export interface KeeperPlan {
  /** `open`: this candidate; `enough`; `wait`: for time alone; `blocked`: something must change first. */
  readonly verdict: 'open' | 'enough' | 'wait' | 'blocked'
  readonly reason:
    | 'below-minimum'
    | 'enough'
    | 'opening-under-way'
    | 'node-away'
    | 'settling'
    | 'failed-lately'
    | 'close-unclear'
    | 'money-unread'
    | 'paused'
    | 'halted'
    | 'cannot-open'
    | 'no-list'
    | 'list-empty'
    | 'list-exhausted'
    | 'feerate-above-ceiling'
    | 'budget-exhausted'
    | 'wallet-too-small'
  /** For people. */
  readonly says: string
  readonly count: KeeperCount
  readonly candidate: ListedPeer | undefined
  /** Of the candidate's channel; 0n without one. */
  readonly capacityMsat: bigint
  /** Worst case of its funding transaction; 0n while it is not known. */
  readonly costMsat: bigint
  /** sat/vB that was asked for; undefined while it is not known. */
  readonly satPerVbyte: number | undefined
  /** Peers that would follow, as many as are missing, at most {@link longestList}. */
  readonly following: readonly string[]
  /** At most {@link longestList} of those that were passed over, best first. */
  readonly passedOver: readonly { readonly peer: string; readonly reason: PassedOver }[]
  /** How many were passed over. */
  readonly passedOverCount: number
  /** Amounts and times behind the reason. */
  readonly details: Readonly<Record<string, number | string>>
}

/** How many peers a decision names; the rest is counted. */
export const longestList = 50

/**
 * Decides whether a channel must be opened, to whom and how large. One pass over channels, marks and
 * list; the same snapshot gives the same plan.
 */
export function planChannels(snapshot: KeeperSnapshot, policy: KeeperPolicy): KeeperPlan {
  const look = lookAt(snapshot, policy)
  const { count } = look
  const nothing = {
    count,
    candidate: undefined,
    capacityMsat: 0n,
    costMsat: 0n,
    satPerVbyte: undefined,
    following: [],
    passedOver: [],
    passedOverCount: 0,
    details: {},
  }
  const missing = count.wanted - count.counted
  if (missing <= 0) {
    const says = `${count.counted} channels count, ${count.wanted} are wanted.`
    return { ...nothing, verdict: 'enough', reason: 'enough', says }
  }
  const hindrance = findHindrance(snapshot, policy, count)
  if (hindrance) return { ...nothing, ...hindrance }

  const choice = choose(snapshot, look, missing)
  const { candidate } = choice
  if (!candidate) {
    const says = `No peer of the list is left: ${choice.passedOverCount} were passed over.`
    return { ...nothing, ...choice, verdict: 'blocked', reason: 'list-exhausted', says }
  }
  const capacityMsat = capacityOf(candidate, policy)
  const chosen = { ...nothing, ...choice, capacityMsat }
  if (!snapshot.money) {
    const says = 'The wallet was not read yet.'
    return { ...chosen, verdict: 'wait', reason: 'money-unread', says }
  }
  const judged = judgeMoney(capacityMsat, snapshot.money, policy)
  if (!judged.ok) {
    const { reason, says, details } = judged
    return { ...chosen, verdict: 'blocked', reason, says, details }
  }
  return {
    ...chosen,
    verdict: 'open',
    reason: 'below-minimum',
    says: `${count.counted} channels count, ${count.wanted} are wanted.`,
    costMsat: judged.feeMsat,
    satPerVbyte: judged.satPerVbyte,
    details: { feerate: judged.satPerVbyte },
  }
}

/** The entry's own size or the usual one, never above the cap of one open. */
export function capacityOf(peer: ListedPeer, policy: KeeperPolicy): bigint {
  const { capPerOpenMsat, capacityMsat } = policy
  const wanted = peer.capacityMsat ?? capacityMsat
  if (wanted > capPerOpenMsat) return capPerOpenMsat
  return wanted
}

/** What keeps everybody from opening anything, before any peer is looked at. */
function findHindrance(
  snapshot: KeeperSnapshot,
  policy: KeeperPolicy,
  count: KeeperCount,
): (Pick<KeeperPlan, 'verdict' | 'reason' | 'says'> & Partial<KeeperPlan>) | undefined {
  const { pausedReason, haltedReason, list, opening, readyFor } = snapshot
  const blocked = (reason: KeeperPlan['reason'], says: string) =>
    ({ verdict: 'blocked', reason, says }) as const
  const wait = (reason: KeeperPlan['reason'], says: string) =>
    ({ verdict: 'wait', reason, says }) as const
  if (pausedReason !== null) return blocked('paused', `The keeper is paused: ${pausedReason}.`)
  if (haltedReason !== null) return blocked('halted', `Outgoing money is halted: ${haltedReason}.`)
  if (!list) return blocked('no-list', 'No list of peers is configured (channelSources).')
  if (list.entries.length === 0) return blocked('list-empty', 'The list of peers is empty.')
  if (!snapshot.canOpen) {
    return blocked('cannot-open', 'This connection to LND can open no channels.')
  }
  if (opening) {
    return {
      ...wait('opening-under-way', 'One channel is opened at a time.'),
      details: { opening: opening.intent },
    }
  }
  if (readyFor === null) return wait('node-away', 'LND cannot be used now.')
  if (readyFor < policy.settlePeriod) {
    return wait('settling', 'LND has only just come back: its peers may still be on their way.')
  }
  if (count.wanted - count.counted - count.unclear <= 0) {
    return wait('close-unclear', 'A channel is closing, and it is not clear yet who wants it so.')
  }
  if (snapshot.retryAt > snapshot.now) {
    return {
      ...wait(
        'failed-lately',
        'The last opening failed on our side: it is not tried again at once.',
      ),
      details: { retryAt: snapshot.retryAt },
    }
  }
  return undefined
}

interface Choice {
  readonly candidate: ListedPeer | undefined
  readonly following: readonly string[]
  readonly passedOver: KeeperPlan['passedOver']
  readonly passedOverCount: number
}

/** The best peer that nothing speaks against, and those that would follow. */
function choose(snapshot: KeeperSnapshot, { places }: Look, missing: number): Choice {
  const { list, marks, self, now } = snapshot
  const marked = new Map<string, PassedOver>()
  for (const { peer, state, until } of marks) {
    if (state !== 'cooling-down' || (until ?? Number.POSITIVE_INFINITY) > now) {
      marked.set(peer, state)
    }
  }
  const passedOver: { peer: string; reason: PassedOver }[] = []
  let passedOverCount = 0
  let candidate: ListedPeer | undefined
  const following: string[] = []
  const atMost = Math.min(missing - 1, longestList)
  for (const entry of list?.entries ?? []) {
    const { publicKey } = entry
    const reason = publicKey === self ? 'self' : (places.get(publicKey) ?? marked.get(publicKey))
    if (!reason) {
      if (!candidate) candidate = entry
      else following.push(publicKey)
      if (following.length >= atMost) break
    } else if (!candidate) {
      passedOverCount++
      if (passedOver.length < longestList) passedOver.push({ peer: publicKey, reason })
    }
  }
  return { candidate, following, passedOver, passedOverCount }
}
