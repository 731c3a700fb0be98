import type { NodeChannel } from '@payment-node/core'
import { makeTransaction } from './chain-transaction.ts'
import { type Channel, createChannel, defaultPolicy } from './channel.ts'
import { hintChanged } from './channel-hints.ts'
import { connectPeers } from './connections.ts'
import { createAddress } from './create-address.ts'
import { judgeOpening } from './judge-opening.ts'
import { offerTransaction } from './mempool.ts'
import { refused } from './node-errors.ts'
import type { NodeState } from './node-state.ts'
import { type Reservation, releaseCoins, reserveCoins } from './reserve-coins.ts'
import { confirmFunding, unconfirmFunding } from './review-opening.ts'
import type { Simulation } from './simulation.ts'

/** What a node is asked to open. */
export interface ChannelOpening {
  readonly capacitySat: bigint
  /** Given to the peer; default 0. */
  readonly pushSat?: bigint
  /** Default: what the next block asks. */
  readonly satPerVbyte?: number
  /** Default false. */
  readonly isPrivate?: boolean
  /** Default `'anchors'`. */
  readonly commitmentType?: NodeChannel['commitmentType']
  /** Shown to the opener only. */
  readonly memo?: string
  /** `txid:index` of the coins that may be used; default: all that are free. */
  readonly outpoints?: readonly string[]
}

/** Opens at once, without a conversation: for tests that are about something else. */
export function openChannel(
  simulation: Simulation,
  node: NodeState,
  peer: NodeState,
  request: ChannelOpening,
): Channel {
  if (node.lifecycle !== 'running') {
    throw refused('openChannel', 'not-running', `${node.alias} does not run`)
  }
  if (peer.lifecycle === 'running' && peer.isReachable && node.isReachable) {
    connectPeers(simulation, node, peer)
  }
  checkOpening(node, peer, request)
  const reservation = reserveCoins(simulation, node, request)
  try {
    judgeOpening(simulation, node, peer, request)
  } catch (error) {
    releaseCoins(reservation)
    throw error
  }
  return beginChannel(simulation, node, peer, request, reservation)
}

/** What LND refuses before it looks at its coins. */
export function checkOpening(
  node: NodeState,
  peer: NodeState | undefined,
  { capacitySat, pushSat = 0n }: ChannelOpening,
): asserts peer is NodeState {
  const refuse = (reason: string, says: string): never => {
    throw refused('openChannel', reason, says)
  }
  if (!node.isSynced) {
    refuse('not-synced', 'channels cannot be created before the wallet is fully synced')
  }
  if (pushSat >= capacitySat) refuse('push-too-large', 'less than the capacity can be pushed')
  if (capacitySat > 16_777_215n) refuse('too-large', 'a channel has at most 16 777 215 sat')
  if (capacitySat < 20_000n) refuse('too-small', 'a channel has at least 20 000 sat')
  if (peer === node) refuse('other', 'cannot open channel to self')
  if (!peer || !node.peers.has(peer)) {
    refuse('peer-offline', `peer ${peer?.alias ?? ''} is not connected`)
  }
}

/** Both have signed: the channel is in the books, and its funding goes to the network, which may not take it. */
export function beginChannel(
  simulation: Simulation,
  node: NodeState,
  peer: NodeState,
  request: ChannelOpening,
  { coins, feeSat, changeSat, satPerVbyte }: Reservation,
): Channel {
  const { chain } = simulation
  const { wallet } = node
  const commitmentType = request.commitmentType ?? 'anchors'
  const change = { wallet, address: createAddress(simulation, wallet), amountSat: changeSat }
  const funding = makeTransaction({
    inputs: coins.map(({ outpoint }) => outpoint),
    satPerVbyte,
    feeMsat: feeSat * 1000n,
    payments: [change],
    otherOutputsSat: [request.capacitySat],
    label: '0:openchannel',
    publisher: node,
    confirmed: (height) => confirmFunding(channel, height),
    unconfirmed: () => unconfirmFunding(channel),
  })
  const channel = createChannel({
    channelPoint: `${funding.id}:${funding.coins.length}`,
    channelId: 0n,
    opener: node,
    peer,
    capacityMsat: request.capacitySat * 1000n,
    pushMsat: (request.pushSat ?? 0n) * 1000n,
    commitmentType,
    feePerKw: commitmentFeerate(chain.satPerVbyte, commitmentType),
    isPrivate: request.isPrivate ?? false,
    ...(request.memo === undefined ? {} : { memo: request.memo }),
    policy: defaultPolicy,
    funding,
    fundedAt: node.height,
    stage: 'opening',
    knownFrom: Number.POSITIVE_INFINITY,
  })
  simulation.channels.set(channel.channelPoint, channel)
  chain.transactions.set(funding.id, funding)
  offerTransaction(chain, funding)
  hintChanged(channel)
  return channel
}

/** LND's commitment feerate: the market's, at least what relays; anchors stop at 10 sat/vB. */
function commitmentFeerate(
  satPerVbyte: number,
  commitmentType: NodeChannel['commitmentType'],
): bigint {
  const perKw = BigInt(Math.round(satPerVbyte * 250))
  const atLeast = perKw > 253n ? perKw : 253n
  return commitmentType !== 'legacy' && atLeast > 2500n ? 2500n : atLeast
}
