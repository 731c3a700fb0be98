import { type CloseChannel, invalid } from '@payment-node/core'
import { type Channel, isActive, type Side, sideOf } from './channel.ts'
import { closeChannel, forceClose } from './close-channel.ts'
import { refused, unavailable } from './node-errors.ts'
import type { NodeState } from './node-state.ts'
import type { Simulation } from './simulation.ts'

/** How long the adapter waits for what needs the peer. */
const answerMilliseconds = 120_000

/** What no node is asked for. */
export function checkClosing({ isForce, satPerVbyte }: CloseChannel): void {
  if (isForce && satPerVbyte !== undefined) {
    throw invalid('satPerVbyte', 'not-allowed', 'a force close has the fee of its commitment')
  }
}

/** CloseChannel: returns when the closing transaction is made; what closes already is success. */
export async function closeByRequest(
  simulation: Simulation,
  node: NodeState,
  { channelPoint, isForce, satPerVbyte }: CloseChannel,
): Promise<{ closingTransaction?: string }> {
  const channel = simulation.channels.get(channelPoint)
  const side = channel && sideOf(channel, node)
  if (!channel || side === undefined || channel.views[side].list === 'closed') {
    throw refused('closeChannel', 'channel-not-found', 'channel not found')
  }
  const { list } = channel.views[side]
  if (list === 'force-closing' || list === 'hidden') return closingOf(channel)
  if (isForce) {
    if (channel.stage !== 'on-chain') forceClose(simulation, channel, side, { kind: 'force' })
    else noteAttempt(channel, side)
    return closingOf(channel)
  }
  if (list !== 'closing') {
    if (list === 'opening') {
      throw refused('closeChannel', 'channel-state', 'the channel is still opening')
    }
    checkCooperative(channel)
    closeChannel(simulation, node, channel, satPerVbyte === undefined ? {} : { satPerVbyte })
    while (channel.stage === 'shutting-down') await channel.changed.wait()
    if (channel.closing?.isAnswerLost) await loseAnswer(simulation, side)
  }
  while (channel.stage === 'shutting-down') await channel.changed.wait()
  return closingOf(channel)
}

/** LND tries its commitment also beside a cooperative close, in vain, and notes that it wanted the end, too. */
function noteAttempt({ closing, views }: Channel, side: Side): void {
  const view = views[side]
  if (closing?.kind === 'cooperative' && view.closedBy === 'peer') view.closedBy = 'both'
}

/** The channel closes, for another fee than was asked for. LND tells its opener of the break; nobody else hears anything. */
async function loseAnswer({ clock }: Simulation, side: Side): Promise<never> {
  if (side === 0) {
    throw unavailable('overloaded', 'unknown', 'closeChannel: latest fee proposal exceeds max fee')
  }
  await clock.sleep(answerMilliseconds)
  throw unavailable('deadline', 'unknown', 'closeChannel: no answer')
}

function checkCooperative(channel: Channel): void {
  if (!isActive(channel)) {
    const says = 'unable to gracefully close channel while peer is offline'
    throw refused('closeChannel', 'peer-offline', says)
  }
  if (channel.htlcs.size > 0) {
    throw refused('closeChannel', 'htlcs-pending', 'cannot coop close channel with active htlcs')
  }
}

function closingOf({ closing }: Channel): { closingTransaction?: string } {
  return closing?.transaction ? { closingTransaction: closing.transaction.id } : {}
}
