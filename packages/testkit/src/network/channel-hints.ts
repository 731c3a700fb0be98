import type { ChannelHint } from '@payment-node/core'
import { type Channel, otherSide, type Side } from './channel.ts'
import { showClosed } from './list-channels.ts'
import type { NodeState } from './node-state.ts'

function hint(node: NodeState, what: ChannelHint): void {
  for (const stream of node.hints) stream.push(what)
}

/** Tells both ends that something about the channel changed. */
export function hintChanged(channel: Channel): void {
  for (const node of channel.ends) {
    hint(node, { kind: 'changed', channelPoint: channel.channelPoint })
  }
}

/** Tells one end that the channel closed, once; the list of closed channels follows later. */
export function hintClosed(channel: Channel, side: Side): void {
  const view = channel.views[side]
  if (view.closedHintSent) return
  view.closedHintSent = true
  hint(channel.ends[side], { kind: 'closed', channel: showClosed(channel, side) })
  hint(channel.ends[otherSide(side)], { kind: 'changed', channelPoint: channel.channelPoint })
}
