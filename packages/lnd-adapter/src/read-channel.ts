import type { NodeChannel, PendingHtlc } from '@payment-node/core'
import type { Channel, CommitmentType, HTLC } from './generated/messages.ts'
import { hex, integer, satoshis, text } from './wire-values.ts'

/** A channel in the words of the port. */
export function readChannel(channel: Channel): NodeChannel {
  const peerAlias = readAlias(channel.peer_alias)
  const memo = text(channel.memo)
  return {
    channelPoint: channel.channel_point,
    channelId: channel.chan_id,
    peer: channel.remote_pubkey,
    ...(peerAlias === undefined ? {} : { peerAlias }),
    capacityMsat: satoshis(channel.capacity),
    localMsat: satoshis(channel.local_balance),
    remoteMsat: satoshis(channel.remote_balance),
    localReserveMsat: satoshis(channel.local_constraints?.chan_reserve_sat ?? '0'),
    remoteReserveMsat: satoshis(channel.remote_constraints?.chan_reserve_sat ?? '0'),
    feePerKw: integer(channel.fee_per_kw),
    commitWeight: integer(channel.commit_weight),
    isInitiator: channel.initiator,
    commitmentType: readCommitmentType(channel.commitment_type),
    isActive: channel.active,
    isPrivate: channel.private,
    pendingHtlcs: channel.pending_htlcs.map(readHtlc),
    updateCount: integer(channel.num_updates),
    ...(memo === undefined ? {} : { memo }),
  }
}

/** LND puts its error text where it finds no alias. */
function readAlias(alias: string): string | undefined {
  return alias.startsWith('unable to lookup peer alias') ? undefined : text(alias)
}

function readCommitmentType(type: CommitmentType): NodeChannel['commitmentType'] {
  switch (type) {
    case 'LEGACY':
    case 'STATIC_REMOTE_KEY':
      return 'legacy'
    case 'ANCHORS':
    case 'SCRIPT_ENFORCED_LEASE':
      return 'anchors'
    // 7 has two names; which one comes depends on the order in the .proto file.
    case 'TAPROOT':
    case 'SIMPLE_TAPROOT_FINAL':
    case 'SIMPLE_TAPROOT':
    case 'SIMPLE_TAPROOT_OVERLAY':
      return 'taproot'
    default:
      return 'unknown'
  }
}

function readHtlc(htlc: HTLC): PendingHtlc {
  return {
    direction: htlc.incoming ? 'incoming' : 'outgoing',
    amountMsat: satoshis(htlc.amount),
    paymentHash: hex(htlc.hash_lock) ?? '',
    expiryHeight: htlc.expiration_height,
  }
}
