import { type Context, requireReady } from '../context.ts'
import { Amount } from '../domain/amount.ts'
import { channelLiquidity } from '../domain/channel.ts'
import type { NodeChannel, PendingChannel } from '../ports/lightning-node.ts'
import type { Channel } from './channel-view.ts'

/**
 * All channels that LND has now: open ones with what they can really send and receive, and those that
 * are opening or closing. Throws `node.unavailable`.
 */
export async function listChannels(context: Context): Promise<readonly Channel[]> {
  requireReady(context)
  const [open, pending] = await Promise.all([
    context.lightning.listChannels(),
    context.lightning.listPendingChannels(),
  ])
  return [...open.map(openChannelView), ...pending.map(pendingChannelView)]
}

export function openChannelView(channel: NodeChannel): Channel {
  const { sendableMsat, receivableMsat } = channelLiquidity(channel)
  return {
    channelPoint: channel.channelPoint,
    channelId: channel.channelId,
    peer: channel.peer,
    peerAlias: channel.peerAlias ?? null,
    state: channel.isActive ? 'active' : 'inactive',
    capacity: new Amount(channel.capacityMsat),
    local: new Amount(channel.localMsat),
    remote: new Amount(channel.remoteMsat),
    sendable: new Amount(sendableMsat),
    receivable: new Amount(receivableMsat),
    isInitiator: channel.isInitiator,
    isPrivate: channel.isPrivate,
    pendingHtlcs: channel.pendingHtlcs.length,
    updateCount: Number(channel.updateCount),
    memo: channel.memo ?? null,
    closeType: null,
    closedBy: null,
    closeHeight: null,
    attribution: null,
    ownership: null,
    noCloseBefore: null,
  }
}

export function pendingChannelView(channel: PendingChannel): Channel {
  return {
    channelPoint: channel.channelPoint,
    channelId: null,
    peer: channel.peer,
    peerAlias: null,
    state: channel.state === 'opening' ? 'opening' : 'closing',
    capacity: new Amount(channel.capacityMsat),
    local: new Amount(channel.localMsat),
    remote: new Amount(channel.remoteMsat),
    sendable: new Amount(0n),
    receivable: new Amount(0n),
    isInitiator: channel.isInitiator,
    isPrivate: false,
    pendingHtlcs: 0,
    updateCount: 0,
    memo: channel.memo ?? null,
    closeType: null,
    closedBy: null,
    closeHeight: null,
    attribution: null,
    ownership: null,
    noCloseBefore: null,
  }
}
