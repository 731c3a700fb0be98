import { Amount, type LightningNode, type NodeInfo } from '@payment-node/core'
import { describeError } from '../terminal/describe-error.ts'
import { type ChannelLine, readChannels } from './read-channels.ts'

/** What the Lightning node says. */
export interface NodeReport {
  /** `degraded`: it does not answer, or is not synced. */
  readonly state: 'ready' | 'degraded'
  readonly says: string | null
  readonly advice: string | null
  readonly node: Pick<
    NodeInfo,
    'publicKey' | 'alias' | 'network' | 'version' | 'blockHeight' | 'isSyncedToChain'
  > | null
  /** Sums over the active channels. */
  readonly liquidity: { readonly sendable: Amount; readonly receivable: Amount } | null
  readonly channels: readonly ChannelLine[] | null
}

/** Asks the node; one that does not answer is a report too. */
export async function readNode(lightning: LightningNode): Promise<NodeReport> {
  let node: NodeReport['node'] = null
  try {
    const { publicKey, alias, network, version, blockHeight, isSyncedToChain } =
      await lightning.getInfo()
    node = { publicKey, alias, network, version, blockHeight, isSyncedToChain }
    const channels = await readChannels(lightning)
    const sum = (side: 'sendable' | 'receivable'): Amount =>
      new Amount(channels.reduce((total, channel) => total + channel[side].msat, 0n))
    return {
      state: isSyncedToChain ? 'ready' : 'degraded',
      says: isSyncedToChain ? null : 'The node is not synced to the chain.',
      advice: isSyncedToChain ? null : 'Wait until it has caught up.',
      node,
      liquidity: { sendable: sum('sendable'), receivable: sum('receivable') },
      channels,
    }
  } catch (error) {
    const { says, advice } = describeError(error)
    return { state: 'degraded', says, advice, node, liquidity: null, channels: null }
  }
}
