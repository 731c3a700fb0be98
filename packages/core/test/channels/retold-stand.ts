import type { ClosedChannel, PendingChannel, WalletTransaction } from '@payment-node/core'
import { type ChannelStand, openStand } from './channel-stand.ts'

/** How LND's lists are told otherwise than the simulated LND has them. May change while it runs. */
export interface Retelling {
  closed?: (list: readonly ClosedChannel[]) => readonly ClosedChannel[]
  transactions?: (list: readonly WalletTransaction[]) => readonly WalletTransaction[]
  /** Channels that are closed are told of as pending still. */
  isHeld?: (closed: ClosedChannel) => boolean
}

/** A stand whose LND shows what the simulated one does not do: what several channels share, what comes late. */
export function openRetold(retelling: Retelling): ChannelStand {
  const closedOf = async (): Promise<readonly ClosedChannel[]> => {
    const list = await stand.lnd.lightning.listClosedChannels()
    return retelling.closed?.(list) ?? list
  }
  const isHeld = (one: ClosedChannel): boolean => retelling.isHeld?.(one) ?? false
  const stand = openStand(
    {},
    {
      onchain: {
        newAddress: async () => '',
        unspent: async () => [],
        estimateFeerate: async () => 1,
        requiredReserve: async () => 0n,
        publish: async () => undefined,
        transactions: async (fromHeight) => {
          const list = await stand.lnd.lightning.onchain!.transactions(fromHeight)
          return retelling.transactions?.(list) ?? list
        },
      },
      listClosedChannels: async () => (await closedOf()).filter((one) => !isHeld(one)),
      listPendingChannels: async () => [
        ...(await stand.lnd.lightning.listPendingChannels()),
        ...(await closedOf()).filter(isHeld).map(pendingAgain),
      ],
    },
  )
  return stand
}

function pendingAgain(closed: ClosedChannel): PendingChannel {
  const { channelPoint, peer, capacityMsat, settledMsat, closingTransaction } = closed
  return {
    channelPoint,
    peer,
    capacityMsat,
    localMsat: settledMsat,
    remoteMsat: 500_000_000n,
    state: 'force-closing',
    isInitiator: closed.openedBy === 'us',
    ...(closingTransaction !== undefined && { closingTransaction }),
  }
}
