import type { CloseType } from '../ports/lightning-node.ts'

/** Why a channel ended, as far as it can be told. */
export type CloseCause =
  /** The peer published a revoked state: an attempt to steal. */
  | 'breach'
  /** By the operator, through this library. */
  | 'requested'
  /** From our side, by another program or by hand. */
  | 'requested-elsewhere'
  /** By the peer, while we were online and nobody asked for it. */
  | 'unprovoked'
  /** By the peer, while we were away or had only just come back: it may have had its reasons. */
  | 'while-away'
  /** Our LND closed by force on its own: it does that when the peer breaks the protocol or lets a payment expire. */
  | 'peer-fault'
  /** It was never funded. */
  | 'never-funded'
  /** LND does not say who. */
  | 'unknown'

/** What a close means for the peer. */
export interface CloseAttribution {
  readonly cause: CloseCause
  /** `waive`: the operator wants fewer channels; nothing is opened in its place. */
  readonly verdict: 'blacklist' | 'cool-down' | 'waive' | 'none'
  readonly closeType: CloseType
  readonly closedBy: 'us' | 'peer' | 'both' | 'unknown'
  /** Milliseconds that our LND had been usable without a break when the channel was last active, or its closing transaction confirmed. */
  readonly onlineFor: number
}

/** What is known when a close is judged. */
export interface CloseFacts {
  readonly closeType: CloseType
  readonly closedBy: 'us' | 'peer' | 'both' | 'unknown'
  /** The operator asked for it through this library; `replace`: and wants another channel instead. */
  readonly request: { readonly replace: boolean } | undefined
  readonly onlineFor: number
  /** Milliseconds of uptime after which a close by the peer counts as unprovoked. */
  readonly settlePeriod: number
}

/**
 * Money rule 13: nobody is blacklisted before it is clear who closed, how, and whether we were there. Facts
 * of LND: `close_initiator` of cooperative closes may be unknown; a force close by our own LND that nobody asked
 * for is the answer to a fault of the peer.
 */
export function attributeClose(facts: CloseFacts): CloseAttribution {
  const { closeType, closedBy, onlineFor } = facts
  const [cause, verdict] = judge(facts)
  return { cause, verdict, closeType, closedBy, onlineFor }
}

function judge({
  closeType,
  closedBy,
  request,
  onlineFor,
  settlePeriod,
}: CloseFacts): [CloseCause, CloseAttribution['verdict']] {
  if (closeType === 'breach') return ['breach', 'blacklist']
  if (closeType === 'funding-canceled') return ['never-funded', 'cool-down']
  if (closeType === 'abandoned') return ['never-funded', 'none']
  if (request) return ['requested', request.replace ? 'none' : 'waive']
  if (closeType === 'local-force') return ['peer-fault', 'cool-down']
  if (closeType === 'remote-force' || closedBy === 'peer') {
    return onlineFor >= settlePeriod ? ['unprovoked', 'blacklist'] : ['while-away', 'cool-down']
  }
  if (closedBy === 'us') return ['requested-elsewhere', 'waive']
  // Both asked: nobody is to blame, and nobody said that it shall not be replaced.
  if (closedBy === 'both') return ['requested-elsewhere', 'none']
  return ['unknown', 'none']
}

/** Whether a close counts towards the alarm about many at once. */
export function isUnwanted({ cause }: CloseAttribution): boolean {
  return (
    cause === 'breach' || cause === 'unprovoked' || cause === 'while-away' || cause === 'peer-fault'
  )
}
