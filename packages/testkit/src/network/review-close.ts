import type { ChannelClaim } from '@payment-node/core'
import {
  type Channel,
  dustLimitMsat,
  listedBalance,
  otherSide,
  type Side,
  type SideView,
} from './channel.ts'
import { hintChanged, hintClosed } from './channel-hints.ts'
import { type Closing, outputSat } from './close-channel.ts'
import { createAddress } from './create-address.ts'
import { publishTransaction } from './mempool.ts'
import type { NodeState } from './node-state.ts'
import { closerDelay } from './scale-by-size.ts'
import type { Simulation } from './simulation.ts'
import { transactionFeeSat } from './transaction-fee.ts'

/** Weight of a transaction that sweeps one output of a commitment: the closer's, or the other end's. */
const sweepWeights = { delayed: 534n, other: 491n }

/**
 * One end looks at a close after a block, as LND ≥ 0.21 does: it believes the close only after 3 to
 * 6 confirmations. Until then the other end's channel stays listed, inactive; a breach is in no
 * list until the justice transaction confirms.
 */
export function reviewClose(
  simulation: Simulation,
  node: NodeState,
  channel: Channel,
  side: Side,
): void {
  const { closing } = channel
  const confirmedAt = closing?.transaction?.confirmedAt
  if (!closing || confirmedAt === undefined) return
  const depth = node.height - confirmedAt + 1
  const view = channel.views[side]
  // An end that processes an older block does not know of it yet.
  if (view.list === 'closed' || depth < 1) return
  view.closeHeight = confirmedAt
  if (closing.kind === 'cooperative') {
    hintClosed(channel, side)
    if (depth >= closing.confirmations) finish(channel, view)
    return
  }
  if (depth < closing.confirmations) return
  if (closing.kind === 'breach') reviewBreach(simulation, node, channel, side)
  else reviewForceClose(simulation, node, channel, side)
}

function reviewForceClose(
  simulation: Simulation,
  node: NodeState,
  channel: Channel,
  side: Side,
): void {
  const closing = channel.closing!
  const view = channel.views[side]
  const delay = side === closing.by ? closerDelay(channel.capacityMsat) : 1
  view.settledMsat = keptMsat(channel, side)
  view.maturityHeight = closing.transaction!.confirmedAt! + delay
  if (view.list !== 'force-closing') {
    view.list = 'force-closing'
    hintChanged(channel)
  }
  hintClosed(channel, side)
  if (channel.htlcs.size === 0 && !view.isSwept && outputSat(channel, side) === 0n) {
    writeOff(simulation, channel, side)
    return
  }
  // The sweep may wait in the mempool for the block in which it is valid.
  if (channel.htlcs.size > 0 || node.height + 1 < view.maturityHeight || view.isSwept) return
  sweep(simulation, channel, side)
}

/** Without an output of its own there is nothing to wait for; dust went to the miners. */
function writeOff({ chain }: Simulation, channel: Channel, side: Side): void {
  chain.feesMsat += channel.balances[side]
  channel.balances[side] = 0n
  finish(channel, channel.views[side])
}

/** LND's settled balance of a force close: the balance in the commitment, before any fee for sweeping. */
function keptMsat(channel: Channel, side: Side): bigint {
  const balance = listedBalance(channel, side)
  return balance < dustLimitMsat ? 0n : balance
}

/** What was cheated with: the honest end takes everything, unless it sleeps for longer than the delay. */
function reviewBreach(simulation: Simulation, node: NodeState, channel: Channel, side: Side): void {
  const closing = channel.closing!
  const view = channel.views[side]
  const victim = channel.views[otherSide(closing.by)]
  view.settledMsat = keptMsat(channel, side)
  if (side !== closing.by) {
    view.list = 'hidden'
    hintClosed(channel, side)
    if (!view.isSwept) {
      if (!channel.views[closing.by].isSwept) moveAll(channel, side)
      sweep(simulation, channel, side)
    }
    return
  }
  view.list = 'force-closing'
  view.maturityHeight = closing.transaction!.confirmedAt! + closerDelay(channel.capacityMsat)
  hintClosed(channel, side)
  if (victim.isSwept) {
    finish(channel, view)
  } else if (node.height >= view.maturityHeight && !view.isSwept) {
    applyRevoked(channel, closing)
    sweep(simulation, channel, side)
  }
}

function moveAll(channel: Channel, to: Side): void {
  const from = otherSide(to)
  channel.balances[to] += channel.balances[from]
  channel.balances[from] = 0n
}

/** The balances of the old state, of which the cheater takes his part. */
function applyRevoked(channel: Channel, closing: Closing): void {
  const total = channel.balances[0] + channel.balances[1]
  let revoked = closing.revokedMsat!
  if (revoked > total) revoked = total
  channel.balances[closing.by] = revoked
  channel.balances[otherSide(closing.by)] = total - revoked
}

/** Spends an end's output into its wallet; the channel is resolved for it when that confirms. */
function sweep(simulation: Simulation, channel: Channel, side: Side): void {
  const { chain } = simulation
  const closing = channel.closing!
  const view = channel.views[side]
  const node = channel.ends[side]
  view.isSwept = true
  const weight = side === closing.by ? sweepWeights.delayed : sweepWeights.other
  const feeSat = transactionFeeSat(chain.satPerVbyte, weight)
  // Who takes a breached channel whole bears the opener's cost too.
  const isWhole = closing.kind === 'breach' && channel.balances[otherSide(side)] === 0n
  const held = channel.balances[side]
  const ownSat = isWhole ? (held - closing.openersCostMsat) / 1000n : outputSat(channel, side)
  const amountSat = ownSat - feeSat < 354n ? 0n : ownSat - feeSat
  const claims = claimsOf(channel, side, amountSat > 0n ? ownSat * 1000n : 0n)
  const transaction = publishTransaction(chain, {
    inputs: claims.map(({ outpoint }) => outpoint),
    satPerVbyte: chain.satPerVbyte,
    feeMsat: held - amountSat * 1000n,
    payments: [{ wallet: node.wallet, address: createAddress(simulation, node.wallet), amountSat }],
    label: closing.kind === 'breach' && side !== closing.by ? '0:justicetx' : '0:sweep',
    publisher: node,
    applied() {
      channel.balances[side] -= held
    },
    undone() {
      channel.balances[side] += held
    },
    confirmed: () => finish(channel, view),
  })
  if (closing.kind === 'force' && amountSat > 0n) {
    view.claims = claims.map((claim) => ({ ...claim, transaction: transaction.id }))
  }
}

/** What a sweep takes: the end's balance, and what payments brought since the close. */
function claimsOf(
  channel: Channel,
  side: Side,
  ownMsat: bigint,
): Omit<ChannelClaim, 'transaction'>[] {
  const { id } = channel.closing!.transaction!
  const kept = keptMsat(channel, side)
  const balanceMsat = ownMsat < kept ? ownMsat : kept
  const paymentsMsat = ownMsat - balanceMsat
  const claims: Omit<ChannelClaim, 'transaction'>[] = []
  if (balanceMsat > 0n || paymentsMsat === 0n) {
    claims.push({ kind: 'balance', outpoint: `${id}:${side}`, amountMsat: balanceMsat })
  }
  if (paymentsMsat > 0n) {
    claims.push({ kind: 'payment', outpoint: `${id}:${side + 2}`, amountMsat: paymentsMsat })
  }
  return claims
}

function finish(channel: Channel, view: SideView): void {
  if (view.list === 'closed') return
  view.list = 'closed'
  if (channel.views.every(({ list }) => list === 'closed')) channel.stage = 'gone'
  hintChanged(channel)
}
