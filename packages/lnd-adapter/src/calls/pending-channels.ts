import type { PendingChannel } from '@payment-node/core'
import type { Call } from '../call.ts'
import type { Connection } from '../connection.ts'
import type { PendingChannelsResponse_PendingChannel } from '../generated/messages.ts'
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
    ...reply.pending_force_closing_channels.map((pending) => read(pending, 'force-closing')),
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
