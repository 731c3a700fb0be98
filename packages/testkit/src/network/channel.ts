import type { ChannelClaim, CloseType, NodeChannel } from '@payment-node/core'
import { type ChainTransaction, isLive } from './chain-transaction.ts'
import { type ChangeSignal, createChangeSignal } from './change-signal.ts'
import type { Closing } from './close-channel.ts'
import { anchorsMsat, commitmentWeight, feeBuffer, feeForWeight, htlcWeight } from './fee-buffer.ts'
import type { NodeState } from './node-state.ts'
import { openConfirmations } from './scale-by-size.ts'

/** 0 opened the channel. */
export type Side = 0 | 1

/** What one end asks for forwarding over the channel (BOLT7 channel_update). */
export interface ForwardingPolicy {
  readonly baseFeeMsat: bigint
  readonly feeRatePpm: number
  readonly timeLockDeltaBlocks: number
  readonly minimumMsat: bigint
}

/** LND's defaults: 1 sat and 1 ppm, 80 blocks, nothing below 1 sat. */
export const defaultPolicy: ForwardingPolicy = {
  baseFeeMsat: 1000n,
  feeRatePpm: 1,
  timeLockDeltaBlocks: 80,
  minimumMsat: 1000n,
}

/** A payment part that crosses the channel. */
export interface Htlc {
  readonly id: number
  readonly paymentHash: string
  readonly amountMsat: bigint
  readonly expiryHeight: number
  readonly offeredBy: Side
  /** The receiver knows the preimage already, and will claim. */
  isClaimable: boolean
}

/** How one end sees a closing channel; the lists are made from it. */
export interface SideView {
  /** `hidden`: in none of LND's lists. */
  list: 'opening' | 'open' | 'closing' | 'force-closing' | 'hidden' | 'closed'
  closedHintSent: boolean
  /** Its output is on the way into its wallet. */
  isSwept: boolean
  closeType?: CloseType
  closedBy?: 'us' | 'peer' | 'both' | 'unknown'
  maturityHeight?: number
  closeHeight?: number
  settledMsat: bigint
  /** What its sweep took from a commitment transaction. */
  claims?: readonly ChannelClaim[]
}

/** A channel between two simulated nodes. Balances are before commitment fee and anchors. */
export interface Channel {
  readonly channelPoint: string
  channelId: bigint
  readonly capacityMsat: bigint
  readonly ends: readonly [NodeState, NodeState]
  readonly balances: [bigint, bigint]
  readonly reserves: readonly [bigint, bigint]
  readonly policies: [ForwardingPolicy, ForwardingPolicy]
  readonly commitmentType: NodeChannel['commitmentType']
  feePerKw: bigint
  readonly isPrivate: boolean
  readonly memo?: string
  readonly htlcs: Map<number, Htlc>
  updateCount: bigint
  /** `on-chain`: a closing transaction was published. */
  stage: 'opening' | 'open' | 'shutting-down' | 'on-chain' | 'gone'
  /** Monotonic milliseconds from which on path finding knows the channel. */
  knownFrom: number
  readonly views: readonly [SideView, SideView]
  /** The transaction that pays for it. */
  readonly funding: ChainTransaction
  /** Height at which the funding was published first. */
  readonly fundedAt: number
  /** Confirmations that its funding needs. */
  readonly confirmationsToOpen: number
  /** Both ends have said that they are ready (BOLT2 channel_ready). */
  isReady: boolean
  closing?: Closing
  /** HTLCs that the chain has given to an end since a close by force. */
  readonly ruled: { readonly htlc: Htlc; readonly owner: Side }[]
  /** What the lists show from the close on, in msat. */
  listed?: readonly [bigint, bigint]
  readonly changed: ChangeSignal
  nextHtlc: number
}

/** What makes a new channel. */
export interface NewChannel {
  readonly channelPoint: string
  readonly channelId: bigint
  readonly opener: NodeState
  readonly peer: NodeState
  readonly capacityMsat: bigint
  readonly pushMsat: bigint
  readonly commitmentType: NodeChannel['commitmentType']
  readonly feePerKw: bigint
  readonly isPrivate: boolean
  readonly memo?: string
  readonly policy: ForwardingPolicy
  readonly funding: ChainTransaction
  readonly fundedAt: number
  readonly stage: 'opening' | 'open'
  readonly knownFrom: number
}

/** Outputs below are not made (LND's default dust limit, P2WSH). */
export const dustLimitMsat = 354_000n
const maximumHtlcs = 483

/** A channel in its first state. Each end keeps 1 % as reserve, at least the dust limit. */
export function createChannel(request: NewChannel): Channel {
  const { capacityMsat, pushMsat } = request
  const onePercent = (capacityMsat / 100_000n) * 1000n
  const reserve = onePercent > dustLimitMsat ? onePercent : dustLimitMsat
  const view = (): SideView => ({
    list: request.stage,
    closedHintSent: false,
    isSwept: false,
    settledMsat: 0n,
  })
  return {
    channelPoint: request.channelPoint,
    channelId: request.channelId,
    capacityMsat,
    ends: [request.opener, request.peer],
    balances: [capacityMsat - pushMsat, pushMsat],
    reserves: [reserve, reserve],
    policies: [request.policy, request.policy],
    commitmentType: request.commitmentType,
    feePerKw: request.feePerKw,
    isPrivate: request.isPrivate,
    ...(request.memo === undefined ? {} : { memo: request.memo }),
    htlcs: new Map(),
    ruled: [],
    updateCount: 0n,
    stage: request.stage,
    knownFrom: request.knownFrom,
    views: [view(), view()],
    funding: request.funding,
    fundedAt: request.fundedAt,
    confirmationsToOpen: openConfirmations(capacityMsat, pushMsat),
    isReady: request.stage === 'open',
    changed: createChangeSignal(),
    nextHtlc: 0,
  }
}

/** Which end `node` is; undefined when it is none. */
export function sideOf(channel: Channel, node: NodeState): Side | undefined {
  if (channel.ends[0] === node) return 0
  return channel.ends[1] === node ? 1 : undefined
}

/** Both ends are connected and ready, and nobody closes. */
export function isActive(channel: Channel): boolean {
  return channel.stage === 'open' && isLinked(channel)
}

/**
 * The other end has closed by force, and `side` does not act on it yet: LND lists the channel as active
 * until the close has its confirmations, and what it sends into it until then hangs.
 */
export function isDeserted(channel: Channel, side: Side): boolean {
  const { closing, stage, views } = channel
  if (stage !== 'on-chain' || closing === undefined || closing.kind === 'cooperative') return false
  return closing.by !== side && views[side].list === 'open' && areConnected(channel)
}

/** Messages can pass: also while a cooperative close waits for the last HTLCs. */
export function isLinked(channel: Channel): boolean {
  return (
    (channel.stage === 'open' || channel.stage === 'shutting-down') &&
    channel.isReady &&
    !isForgotten(channel) &&
    areConnected(channel)
  )
}

function areConnected({ ends: [opener, peer] }: Channel): boolean {
  return opener.peers.has(peer)
}

/** One end has given the channel up by itself: it knows nothing of it any more. */
function isForgotten({ stage, views }: Channel): boolean {
  return stage !== 'gone' && views.some(isGivenUp)
}

/** Whether this end has given the channel up, and gets nothing from it any more. */
export function isGivenUp({ closeType, list }: SideView): boolean {
  return list === 'closed' && (closeType === 'abandoned' || closeType === 'funding-canceled')
}

/** Whether there is money in it: its funding is in the mempool or in a block. */
export function isFunded(channel: Channel): boolean {
  return isLive(channel.funding)
}

/** Height of the block with a force close; HTLCs are then resolved on the chain. */
export function forceClosedAt({ closing }: Channel): number | undefined {
  return closing && closing.kind !== 'cooperative' ? closing.transaction?.confirmedAt : undefined
}

/** HTLCs that have an output of their own. */
function untrimmed(channel: Channel): number {
  let count = 0
  for (const htlc of channel.htlcs.values()) if (htlc.amountMsat >= dustLimitMsat) count++
  return count
}

/** Weight of the current commitment transaction as LND computes fees with it. */
function weightOf(channel: Channel): bigint {
  return commitmentWeight(channel.commitmentType, untrimmed(channel))
}

/** What the opener pays for the commitment transaction now, without anchors. */
export function commitmentFee(channel: Channel): bigint {
  return feeForWeight(channel.feePerKw, weightOf(channel))
}

/** What the opener pays for the two anchor outputs. */
export function anchorsOf(channel: Channel): bigint {
  return anchorsMsat(channel.commitmentType)
}

/** Balance as LND lists it: the opener's is net of commitment fee and anchors. */
export function balanceOf(channel: Channel, side: Side): bigint {
  const gross = channel.balances[side]
  if (side === 1) return gross
  const net = gross - commitmentFee(channel) - anchorsMsat(channel.commitmentType)
  return net > 0n ? net : 0n
}

/** Balance as the lists show it: whole satoshi, and after a close what it was then. */
export function listedBalance(channel: Channel, side: Side): bigint {
  return channel.listed?.[side] ?? (balanceOf(channel, side) / 1000n) * 1000n
}

/** The largest HTLC that `side` can offer now. */
export function sendableMsat(channel: Channel, side: Side): bigint {
  if (!isActive(channel) && !isDeserted(channel, side)) return 0n
  if (channel.htlcs.size >= maximumHtlcs) return 0n
  const weight = weightOf(channel) + htlcWeight
  const openersFee = anchorsMsat(channel.commitmentType)
  let free = channel.balances[side] - channel.reserves[side]
  if (side === 0) {
    free -= openersFee + feeBuffer(channel.feePerKw, weight)
  } else {
    // The opener pays for our HTLC's output: when he cannot, only dust passes.
    const left = channel.balances[0] - openersFee - channel.reserves[0]
    if (left < feeForWeight(channel.feePerKw, weight) && free >= dustLimitMsat) {
      free = dustLimitMsat - 1n
    }
  }
  return free > 0n ? free : 0n
}

/** Puts a part on the channel; undefined when it does not fit. */
export function offerHtlc(
  channel: Channel,
  side: Side,
  htlc: Pick<Htlc, 'paymentHash' | 'amountMsat' | 'expiryHeight'>,
): Htlc | undefined {
  if (htlc.amountMsat <= 0n || htlc.amountMsat > sendableMsat(channel, side)) return undefined
  const offered: Htlc = {
    ...htlc,
    id: channel.nextHtlc++,
    offeredBy: side,
    isClaimable: false,
  }
  channel.balances[side] -= htlc.amountMsat
  channel.htlcs.set(offered.id, offered)
  channel.updateCount++
  return offered
}

/** Takes a part off the channel: to the receiver when settled, else back. */
export function resolveHtlc(channel: Channel, htlc: Htlc, isSettled: boolean): void {
  if (!channel.htlcs.delete(htlc.id)) throw new Error(`HTLC ${htlc.id} was resolved before`)
  const owner = isSettled ? otherSide(htlc.offeredBy) : htlc.offeredBy
  channel.balances[owner] += htlc.amountMsat
  if (channel.stage === 'on-chain') channel.ruled.push({ htlc, owner })
  channel.updateCount++
  channel.changed.fire()
}

/** The opposite end. */
export function otherSide(side: Side): Side {
  return side === 0 ? 1 : 0
}

/** What forwarding `amountMsat` costs under `policy`. */
export function forwardingFee(policy: ForwardingPolicy, amountMsat: bigint): bigint {
  return policy.baseFeeMsat + (amountMsat * BigInt(policy.feeRatePpm)) / 1_000_000n
}
