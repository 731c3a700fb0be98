import {
  Amount,
  channelLiquidity,
  type LightningNode,
  type NodeChannel,
  type PendingChannel,
} from '@payment-node/core'

/** One channel as status shows it. Amounts of a channel that is not active can be neither sent nor received. */
export interface ChannelLine {
  readonly channelPoint: string
  readonly peer: string
  readonly peerAlias: string | null
  readonly state: 'active' | 'inactive' | PendingChannel['state']
  readonly capacity: Amount
  readonly sendable: Amount
  readonly receivable: Amount
}

/** Open channels, the largest first, then those that open or close. */
export async function readChannels(lightning: LightningNode): Promise<ChannelLine[]> {
  const [open, pending] = await Promise.all([
    lightning.listChannels(),
    lightning.listPendingChannels(),
  ])
  const lines = open.map(openLine).sort((one, other) => bySize(one.capacity, other.capacity))
  return [...lines, ...pending.map(pendingLine)]
}

function openLine(channel: NodeChannel): ChannelLine {
  const { sendableMsat, receivableMsat } = channelLiquidity(channel)
  return {
    channelPoint: channel.channelPoint,
    peer: channel.peer,
    peerAlias: channel.peerAlias ?? null,
    state: channel.isActive ? 'active' : 'inactive',
    capacity: new Amount(channel.capacityMsat),
    sendable: new Amount(sendableMsat),
    receivable: new Amount(receivableMsat),
  }
}

function pendingLine(channel: PendingChannel): ChannelLine {
  return {
    channelPoint: channel.channelPoint,
    peer: channel.peer,
    peerAlias: null,
    state: channel.state,
    capacity: new Amount(channel.capacityMsat),
    sendable: new Amount(0n),
    receivable: new Amount(0n),
  }
}

function bySize(one: Amount, other: Amount): number {
  return one.msat < other.msat ? 1 : one.msat > other.msat ? -1 : 0
}
