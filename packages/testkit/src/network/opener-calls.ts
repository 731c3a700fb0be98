import type { ChannelOpener } from '@payment-node/core'
import { callNode, type NodeRequest } from './call-node.ts'
import { sideOf } from './channel.ts'
import { checkClosing, closeByRequest } from './close-by-request.ts'
import { connectPeer } from './connect-peer.ts'
import type { NodeCall } from './faults.ts'
import { checkRequest, negotiateOpening } from './negotiate-opening.ts'
import type { NodeState } from './node-state.ts'
import { giveUp } from './review-opening.ts'
import type { Simulation } from './simulation.ts'

/** Connecting, opening, closing and forgetting, as LND does it. */
export function createOpenerCalls(simulation: Simulation, node: NodeState): ChannelOpener {
  const request = (
    call: NodeCall,
    parameters: unknown[],
    signal: AbortSignal | undefined,
  ): NodeRequest => ({ simulation, node, call, parameters, isChange: true, signal })
  return {
    connect: (peer, address, signal) =>
      callNode(request('connectPeer', [peer, address], signal), () =>
        connectPeer(simulation, node, peer, address),
      ),
    open: (opening, signal) =>
      callNode(
        { ...request('openChannel', [opening], signal), check: () => checkRequest(opening) },
        async () => {
          const { channelPoint } = await negotiateOpening(simulation, node, opening)
          return { channelPoint }
        },
      ),
    close: (closing, signal) =>
      callNode(
        { ...request('closeChannel', [closing], signal), check: () => checkClosing(closing) },
        () => closeByRequest(simulation, node, closing),
      ),
    abandon: (channelPoint, signal) =>
      callNode(request('abandonChannel', [channelPoint], signal), () =>
        abandonChannel(simulation, node, channelPoint),
      ),
  }
}

/** AbandonChannel: the books end. A funding that a mempool took can still confirm; then its money is lost. */
function abandonChannel(simulation: Simulation, node: NodeState, channelPoint: string): void {
  const channel = simulation.channels.get(channelPoint)
  const side = channel && sideOf(channel, node)
  if (!channel || side === undefined || channel.views[side].list === 'closed') return
  // Nobody else has it, and LND does not hand it out again.
  if (channel.funding.state === 'unseen') channel.funding.publisher = undefined
  giveUp(channel, side, 'abandoned')
}
