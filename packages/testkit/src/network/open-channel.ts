import type { NodeChannel } from '@payment-node/core'
import { anchorReserveSat } from './anchor-reserve.ts'
import { type Channel, createChannel, defaultPolicy, type Side, sideOf } from './channel.ts'
import { hintChanged, hintClosed } from './channel-hints.ts'
import { type ChainTransaction, publishTransaction } from './mempool.ts'
import { refused } from './node-errors.ts'
import type { NodeState } from './node-state.ts'
import { openConfirmations } from './scale-by-size.ts'
import type { Simulation } from './simulation.ts'
import { frameWeight, inputWeight, outputWeight, transactionFeeSat } from './transaction-fee.ts'
import { type Coin, takeCoins, walletSat } from './wallet.ts'

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
}

/** The funding of a channel that is not open yet. */
export interface Funding {
  readonly transaction: ChainTransaction
  readonly spent: readonly Coin[]
  /** Height of the chain when it was published. */
  readonly openedAt: number
  /** Blocks until the channel is used. */
  readonly confirmations: number
  /** Monotonic milliseconds until which the wallet shows the spent outputs as locked. */
  readonly lockedUntil: number
  confirmedAt?: number
}

/** How long LND keeps the inputs of a funding for itself (`DefaultReservationTimeout`). */
const leaseMilliseconds = 600_000

/** OpenChannelSync: returns when the peer agreed and the funding transaction was published. */
export function openChannel(
  simulation: Simulation,
  node: NodeState,
  peer: NodeState,
  request: ChannelOpening,
): Channel {
  checkOpening(simulation, node, peer, request)
  const { chain } = simulation
  const satPerVbyte = request.satPerVbyte ?? chain.satPerVbyte
  // With change, always: the rare funding without it is not simulated.
  const feeOf = (inputs: number): bigint =>
    transactionFeeSat(satPerVbyte, frameWeight + inputWeight * BigInt(inputs) + 2n * outputWeight)
  const spent = takeCoins(node.wallet, (inputs) => request.capacitySat + feeOf(inputs))
  if (!spent) throw refused('openChannel', 'wallet-too-small', 'not enough confirmed outputs')
  const feeSat = feeOf(spent.length)
  const neededSat = request.capacitySat + feeSat
  const changeSat = spent.reduce((sum, coin) => sum + coin.amountSat, 0n) - neededSat
  const commitmentType = request.commitmentType ?? 'anchors'
  const left = walletSat(node.wallet)
  const isPublicAnchor = !request.isPrivate && commitmentType !== 'legacy'
  const reserveSat = anchorReserveSat(simulation, node, isPublicAnchor ? 1n : 0n)
  if (left.confirmed + left.unconfirmed + changeSat < reserveSat) {
    for (const coin of spent) node.wallet.coins.set(coin.outpoint, coin)
    throw refused('openChannel', 'reserve', 'reserved wallet balance invalidated')
  }
  const transaction = publishTransaction(chain, simulation.random, {
    satPerVbyte,
    feeMsat: feeSat * 1000n,
    payments: [{ wallet: node.wallet, amountSat: changeSat }],
    confirmed(height, id) {
      funding.confirmedAt = height
      channel.channelId = (BigInt(height) << 40n) + (BigInt(`0x${id.slice(0, 5)}`) << 16n)
    },
  })
  const channel = createChannel({
    channelPoint: `${transaction.id}:${transaction.outputs.length}`,
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
    stage: 'opening',
    knownFrom: Number.POSITIVE_INFINITY,
  })
  const funding: Funding = {
    transaction,
    spent,
    openedAt: chain.height,
    confirmations: openConfirmations(channel.capacityMsat, (request.pushSat ?? 0n) * 1000n),
    lockedUntil: simulation.clock.monotonic() + leaseMilliseconds,
  }
  channel.funding = funding
  simulation.channels.set(channel.channelPoint, channel)
  hintChanged(channel)
  return channel
}

function checkOpening(
  simulation: Simulation,
  node: NodeState,
  peer: NodeState,
  { capacitySat, pushSat = 0n }: ChannelOpening,
): void {
  const refuse = (reason: string, says: string): never => {
    throw refused('openChannel', reason, says)
  }
  if (node.lifecycle !== 'running') refuse('not-running', `${node.alias} does not run`)
  if (!node.isSynced) {
    refuse('not-synced', 'channels cannot be created before the wallet is fully synced')
  }
  if (peer.lifecycle !== 'running' || !peer.isConnected) {
    refuse('peer-offline', `${peer.alias} is not connected`)
  }
  if (capacitySat < 20_000n) refuse('too-small', 'a channel has at least 20 000 sat')
  if (capacitySat > 16_777_215n) refuse('too-large', 'a channel has at most 16 777 215 sat')
  if (pushSat >= capacitySat) refuse('push-too-large', 'less than the capacity can be pushed')
  for (const channel of simulation.channels.values()) {
    if (channel.stage !== 'opening') continue
    if (sideOf(channel, node) !== undefined && sideOf(channel, peer) !== undefined) {
      refuse('too-many-pending', 'number of pending channels exceeds the maximum')
    }
  }
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

/** Blocks until the peer of an opening channel may forget it (LND's `MaxWaitNumBlocksFundingConf`). */
export function fundingExpiryBlocks(channel: Channel, node: NodeState): number {
  return 2016 - (node.height - (channel.funding?.openedAt ?? node.height))
}

/** What LND's balance calls locked: inputs of its own fundings that wait for a block. */
export function lockedSat(simulation: Simulation, node: NodeState): bigint {
  const now = simulation.clock.monotonic()
  let sum = 0n
  for (const { ends, funding } of simulation.channels.values()) {
    if (ends[0] !== node || !funding || funding.confirmedAt !== undefined) continue
    const isWaiting = simulation.chain.mempool.waiting.has(funding.transaction.id)
    if (!isWaiting || now >= funding.lockedUntil) continue
    for (const coin of funding.spent) sum += coin.amountSat
  }
  return sum
}

/** Opens what has enough confirmations at both ends. */
export function reviewOpening(simulation: Simulation, channel: Channel): void {
  const { funding } = channel
  if (channel.stage !== 'opening' || funding?.confirmedAt === undefined) return
  const height = funding.confirmedAt + funding.confirmations - 1
  if (channel.ends.some((node) => node.height < height)) return
  channel.stage = 'open'
  for (const view of channel.views) view.list = 'open'
  channel.knownFrom = simulation.clock.monotonic() + simulation.timing.graphMilliseconds
  hintChanged(channel)
  channel.changed.fire()
}

/** Something else spent the funding's inputs: the channel will never be, and the opener has his money. */
export function cancelFunding(simulation: Simulation, channel: Channel): void {
  const { funding } = channel
  if (channel.stage !== 'opening' || !funding || funding.confirmedAt !== undefined) {
    throw new Error('Only an unconfirmed funding can be canceled')
  }
  const { transaction, spent } = funding
  simulation.chain.mempool.drop(transaction.id)
  for (const { wallet, coin } of transaction.outputs) {
    if (!wallet.coins.delete(coin.outpoint)) throw new Error('The change was spent already')
  }
  simulation.chain.feesMsat -= transaction.feeMsat
  const [opener] = channel.ends
  for (const coin of spent) opener.wallet.coins.set(coin.outpoint, coin)
  channel.balances[0] = 0n
  channel.balances[1] = 0n
  channel.stage = 'gone'
  for (const side of [0, 1] as readonly Side[]) {
    Object.assign(channel.views[side], { list: 'closed', closeType: 'funding-canceled' })
    hintClosed(channel, side)
  }
}
