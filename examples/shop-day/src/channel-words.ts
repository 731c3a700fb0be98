import type { ChannelOpening, PeerMark } from '@payment-node/core'
import { inSat } from './clock-face.ts'
import type { Plain } from './processes/open-shop.ts'

/** `2,000,000 sat with north, for 1,078 sat on chain (7 sat/vB)`; for an opening that has ended well. */
export function openingInWords(
  { capacity, fee, feerate }: Plain<ChannelOpening>,
  peer: string,
): string {
  return `${inSat(capacity.msat)} with ${peer}, for ${inSat(fee!.msat)} on chain (${feerate} sat/vB)`
}

/** Why a peer that closed a channel is on the blacklist, with the evidence that its mark keeps. */
export function blacklistedInWords({ reason, evidence }: Plain<PeerMark>): string {
  const { closeType, closedBy, onlineFor } = evidence as CloseEvidence
  const presence = `our LND had been there for ${Math.floor(onlineFor / 1000)} seconds`
  return `on the blacklist for good: ${reason} (${closeType}, by the ${closedBy}, ${presence})`
}

interface CloseEvidence {
  readonly closeType: string
  readonly closedBy: string
  /** Milliseconds. */
  readonly onlineFor: number
}
