import { type Actor, pick } from './actor.ts'
import type { ChannelOperation } from './operation.ts'
import type { Result } from './receive-payment.ts'

/** Channels with the peer, opened and closed by either, and the blocks in between. */
export async function performChannelOperation(
  actor: Actor,
  operation: ChannelOperation,
): Promise<Result> {
  const { world } = actor
  switch (operation.kind) {
    case 'open-channel':
      return world.openChannel(operation.opener, operation).then(
        (channelPoint) => {
          actor.channels.push(channelPoint)
          return 'done'
        },
        () => 'refused',
      )
    case 'close-channel': {
      const open = await world.node.listChannels().catch(() => [])
      const points = open.map((channel) => channel.channelPoint)
      const channelPoint = pick(
        actor.channels.filter((point) => points.includes(point)),
        operation.slot,
      )
      if (!channelPoint) return 'nothing to do'
      return world.closeChannel(operation.closer, channelPoint, operation.isForce).then(
        () => 'done',
        () => 'refused',
      )
    }
    case 'mine':
      await world.mine(operation.blocks)
      return 'done'
  }
}
