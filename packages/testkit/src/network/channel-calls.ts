import type { ChannelHint, LightningNode, WalletBalance } from '@payment-node/core'
import { anchorReserveSat } from './anchor-reserve.ts'
import { callNode, type NodeRequest, passFault } from './call-node.ts'
import type { ClientStreams } from './client-streams.ts'
import { leasedCoins } from './coin-leases.ts'
import type { NodeCall } from './faults.ts'
import { listClosedChannels, listOpenChannels, listPendingChannels } from './list-channels.ts'
import type { NodeState } from './node-state.ts'
import type { Simulation } from './simulation.ts'
import { walletSat } from './wallet.ts'

type ChannelCalls = Pick<
  LightningNode,
  'listChannels' | 'listPendingChannels' | 'listClosedChannels' | 'watchChannels' | 'walletBalance'
>

/** Channels, their events and the wallet's balance, as LND lists them. */
export function createChannelCalls(
  simulation: Simulation,
  node: NodeState,
  streams: ClientStreams,
): ChannelCalls {
  const request = (call: NodeCall, signal: AbortSignal | undefined): NodeRequest => ({
    simulation,
    node,
    call,
    parameters: [],
    isChange: false,
    signal,
  })
  return {
    listChannels: (signal) =>
      callNode(request('listChannels', signal), () => listOpenChannels(simulation, node)),
    listPendingChannels: (signal) =>
      callNode(request('listPendingChannels', signal), () => listPendingChannels(simulation, node)),
    listClosedChannels: (signal) =>
      callNode(request('listClosedChannels', signal), () => listClosedChannels(simulation, node)),
    walletBalance: (signal) =>
      callNode(request('walletBalance', signal), () => balance(simulation, node)),

    async *watchChannels(signal) {
      const point = request('watchChannels', signal)
      using stream = streams.open<ChannelHint>(signal)
      try {
        await callNode(point, () => {
          stream.push({ kind: 'subscribed' })
          node.hints.add(stream)
        })
        for (;;) {
          const hint = await stream.take()
          if (!hint) return
          await passFault(point, 'before-reply', hint)
          yield hint
        }
      } catch (error) {
        if (signal.aborted) return
        throw error
      } finally {
        node.hints.delete(stream)
      }
    },
  }
}

function balance(simulation: Simulation, node: NodeState): WalletBalance {
  const sums = walletSat(node.wallet, node.height, simulation.clock.monotonic())
  return {
    confirmedMsat: sums.confirmed * 1000n,
    unconfirmedMsat: sums.unconfirmed * 1000n,
    lockedMsat: (sums.locked + lockedThoughSpent(simulation, node)) * 1000n,
    reservedMsat: anchorReserveSat(simulation, node) * 1000n,
  }
}

/** LND calls what is leased locked until a block has what spends it; in sat. */
function lockedThoughSpent(simulation: Simulation, node: NodeState): bigint {
  const spent = leasedCoins(simulation, node).filter(({ outpoint }) => {
    return !node.wallet.coins.has(outpoint)
  })
  return spent.reduce((sum, { amountSat }) => sum + amountSat, 0n)
}
