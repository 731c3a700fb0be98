import type { ChannelLimbo, PendingChannel } from '@payment-node/core'
import type { Call } from '../call.ts'
import type { Connection } from '../connection.ts'
import type {
  PendingChannelsResponse_ForceClosedChannel,
  PendingChannelsResponse_PendingChannel,
} from '../generated/messages.ts'
import { satoshis, text } from '../wire-values.ts'

export const pendingChannelsCall: Call<'/lnrpc.Lightning/PendingChannels'> = {
  path: '/lnrpc.Lightning/PendingChannels',
  uri: 'uri:/lnrpc.Lightning/PendingChannels',
  roles: ['readonly', 'receive', 'pay', 'channels'],
  effect: 'read',
  otherRefusals: 'refused',
}

export async function pendingChannels(
  connection: Connection,
  signal: AbortSignal | undefined,
): Promise<readonly PendingChannel[]> {
  const reply = await connection.unary(pendingChannelsCall, {}, { signal })
  return [
    ...reply.pending_open_channels.map((pending) => ({
      ...read(pending, 'opening'),
      fundingExpiryBlocks: pending.funding_expiry_blocks,
    })),
    ...reply.waiting_close_channels.map((pending) => read(pending, 'closing')),
    ...reply.pending_force_closing_channels.map((pending) => ({
      ...read(pending, 'force-closing'),
      ...readLimbo(pending),
    })),
  ]
}

interface AnyPending {
  readonly channel: PendingChannelsResponse_PendingChannel | null
  readonly closing_txid?: string
  readonly maturity_height?: number
}

function read(pending: AnyPending, state: PendingChannel['state']): PendingChannel {
  const { channel, closing_txid = '', maturity_height = 0 } = pending
  if (!channel) throw new TypeError('LND listed a pending channel without its channel')
  const memo = text(channel.memo)
  const closingTransaction = text(closing_txid)
  return {
    channelPoint: channel.channel_point,
    peer: channel.remote_node_pub,
    capacityMsat: satoshis(channel.capacity),
    localMsat: satoshis(channel.local_balance),
    remoteMsat: satoshis(channel.remote_balance),
    state,
    isInitiator: channel.initiator === 'INITIATOR_LOCAL',
    ...(memo === undefined ? {} : { memo }),
    ...(closingTransaction === undefined ? {} : { closingTransaction }),
    ...(maturity_height > 0 ? { maturityHeight: maturity_height } : {}),
  }
}

/** LND reports nothing in the moment between the close and its first claims: that is unknown, not zero. */
function readLimbo({
  limbo_balance,
  recovered_balance,
  pending_htlcs,
}: PendingChannelsResponse_ForceClosedChannel): { limbo?: ChannelLimbo } {
  const totalMsat = satoshis(limbo_balance)
  if (totalMsat === 0n && satoshis(recovered_balance) === 0n) return {}
  const htlcs = pending_htlcs.map(({ incoming, amount, outpoint }) => ({
    direction: incoming ? ('incoming' as const) : ('outgoing' as const),
    amountMsat: satoshis(amount),
    outpoint,
  }))
  return { limbo: { totalMsat, htlcs } }
}
