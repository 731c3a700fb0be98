import { invalid, type OpenChannel } from '@payment-node/core'
import type { Channel } from './channel.ts'
import { judgeOpening } from './judge-opening.ts'
import { refused, unavailable } from './node-errors.ts'
import type { NodeState } from './node-state.ts'
import { beginChannel, type ChannelOpening, checkOpening } from './open-channel.ts'
import { releaseCoins, reservationMilliseconds, reserveCoins } from './reserve-coins.ts'
import type { Simulation } from './simulation.ts'

/** How a wait for the other end ended. */
type Ending = 'passed' | 'disconnected' | 'process-ended'

/**
 * OpenChannelSync: locks the coins, then talks to the peer (BOLT2: open_channel, accept_channel,
 * funding_created, funding_signed), and only then has a channel. The coins stay locked until the
 * talk ends; when this process ends in the middle of it, until the lock runs out.
 */
export async function negotiateOpening(
  simulation: Simulation,
  node: NodeState,
  request: OpenChannel,
): Promise<Channel> {
  const opening: ChannelOpening = request
  const peer = simulation.nodes.get(request.peer)
  checkOpening(node, peer, opening)
  const reservation = reserveCoins(simulation, node, opening)
  const { run } = node

  const wait = async (milliseconds: number): Promise<void> => {
    const ending = await waitForPeer(simulation, node, peer, milliseconds)
    if (ending === 'passed') return
    if (node.run === run) releaseCoins(reservation)
    // LND says the same whether or not the channel was stored just before.
    throw unavailable('unreachable', 'unknown', 'openChannel: peer disconnected')
  }
  const silence = async (): Promise<never> => {
    // The locks run out by themselves.
    await wait(reservationMilliseconds)
    const says = `reservation timed out waiting for peer ${peer.alias}`
    throw refused('openChannel', 'peer-offline', says)
  }
  const message = (): Promise<void> => wait(simulation.timing.hopMilliseconds)

  await message()
  if (peer.conduct.neverAnswers === 'open_channel') await silence()
  const refusal = refusalOf(() => judgeOpening(simulation, node, peer, opening))
  await message()
  if (refusal) {
    releaseCoins(reservation)
    throw refusal.error
  }
  await message()
  const orphan = { opener: node, height: peer.height }
  peer.orphans.push(orphan)
  if (peer.conduct.neverAnswers === 'funding_created') await silence()
  await message()
  peer.orphans.splice(peer.orphans.indexOf(orphan), 1)
  return beginChannel(simulation, node, peer, opening, reservation)
}

/** What no node is asked for. */
export function checkRequest({ satPerVbyte, outpoints, memo }: OpenChannel): void {
  if (!Number.isInteger(satPerVbyte) || satPerVbyte < 1) {
    throw invalid('satPerVbyte', 'out-of-range', 'must be a whole number above zero')
  }
  if (outpoints.length === 0) throw invalid('outpoints', 'empty', 'at least one is needed')
  if (memo.length > 500) throw invalid('memo', 'too-long', 'at most 500 characters')
}

function refusalOf(work: () => void): { readonly error: unknown } | undefined {
  try {
    work()
    return undefined
  } catch (error) {
    return { error }
  }
}

/** Lets time pass as long as the two are connected and this process lives. */
async function waitForPeer(
  { clock }: Simulation,
  node: NodeState,
  peer: NodeState,
  milliseconds: number,
): Promise<Ending> {
  const { run } = node
  const waiting = new AbortController()
  let ending: Ending = 'passed'
  const look = (): void => {
    if (node.run !== run) ending = 'process-ended'
    else if (!node.peers.has(peer)) ending = 'disconnected'
    if (ending !== 'passed') waiting.abort()
  }
  node.departures.add(look)
  try {
    look()
    await clock.sleep(milliseconds, waiting.signal)
    return ending
  } finally {
    node.departures.delete(look)
  }
}
