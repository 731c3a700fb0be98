import type { ChannelClaim, ClosedChannel, CloseType } from '@payment-node/core'
import type {
  ChannelCloseSummary,
  ChannelCloseSummary_ClosureType,
  Initiator,
  Resolution,
} from './generated/messages.ts'
import { satoshis, text } from './wire-values.ts'

/** A closed channel in the words of the port. */
export function readClosedChannel(summary: ChannelCloseSummary): ClosedChannel {
  const closingTransaction = text(summary.closing_tx_hash)
  const claims = summary.resolutions.flatMap(readClaim)
  return {
    channelPoint: summary.channel_point,
    peer: summary.remote_pubkey,
    capacityMsat: satoshis(summary.capacity),
    closeType: readCloseType(summary.close_type),
    openedBy: readOpener(summary.open_initiator),
    closedBy:
      summary.close_initiator === 'INITIATOR_BOTH' ? 'both' : readOpener(summary.close_initiator),
    ...(closingTransaction === undefined ? {} : { closingTransaction }),
    ...(summary.close_height > 0 ? { closeHeight: summary.close_height } : {}),
    settledMsat: satoshis(summary.settled_balance),
    ...(claims.length > 0 ? { claims } : {}),
  }
}

function readClaim(resolution: Resolution): ChannelClaim[] {
  const kind = kindOfClaim(resolution)
  const { outpoint, amount_sat, sweep_txid } = resolution
  if (kind === undefined || outpoint === null || sweep_txid === '') return []
  return [
    {
      kind,
      outpoint: `${outpoint.txid_str}:${outpoint.output_index}`,
      amountMsat: satoshis(amount_sat),
      transaction: sweep_txid,
    },
  ]
}

/** Undefined for what the peer took, and for what nobody took yet. */
function kindOfClaim({ resolution_type, outcome }: Resolution): ChannelClaim['kind'] | undefined {
  switch (resolution_type) {
    case 'COMMIT':
      return outcome === 'CLAIMED' ? 'balance' : undefined
    case 'ANCHOR':
      return outcome === 'CLAIMED' ? 'anchor' : undefined
    case 'INCOMING_HTLC':
      return outcome === 'CLAIMED' || outcome === 'FIRST_STAGE' ? 'payment' : undefined
    case 'OUTGOING_HTLC':
      return outcome === 'TIMEOUT' || outcome === 'FIRST_STAGE' ? 'payment' : undefined
    default:
      return undefined
  }
}

function readCloseType(type: ChannelCloseSummary_ClosureType): CloseType {
  switch (type) {
    case 'COOPERATIVE_CLOSE':
      return 'cooperative'
    case 'LOCAL_FORCE_CLOSE':
      return 'local-force'
    case 'REMOTE_FORCE_CLOSE':
      return 'remote-force'
    case 'BREACH_CLOSE':
      return 'breach'
    case 'FUNDING_CANCELED':
      return 'funding-canceled'
    case 'ABANDONED':
      return 'abandoned'
    default:
      // Any guess could blame a peer or hide a breach.
      throw new TypeError(`LND sent the unknown close type ${type}`)
  }
}

function readOpener(initiator: Initiator): 'us' | 'peer' | 'unknown' {
  if (initiator === 'INITIATOR_LOCAL') return 'us'
  return initiator === 'INITIATOR_REMOTE' ? 'peer' : 'unknown'
}
