import { type ChainTransaction, makeTransaction } from './chain-transaction.ts'
import {
  anchorsOf,
  balanceOf,
  type Channel,
  commitmentFee,
  dustLimitMsat,
  isGivenUp,
  isLinked,
  listedBalance,
  otherSide,
  type Side,
  sideOf,
} from './channel.ts'
import { hintChanged } from './channel-hints.ts'
import { createAddress } from './create-address.ts'
import { commitmentOutputsSat } from './listed-weight.ts'
import { offerTransaction } from './mempool.ts'
import { negotiateCloseFee } from './negotiate-close-fee.ts'
import { refused } from './node-errors.ts'
import type { NodeState } from './node-state.ts'
import { closeConfirmations } from './scale-by-size.ts'
import { inBackground, type Simulation } from './simulation.ts'
import { outputWeight, transactionFeeSat } from './transaction-fee.ts'

/** How a node closes a channel. */
export interface ChannelClosing {
  /** Default `'cooperative'`. `'breach'`: it publishes an old state that pays itself more. */
  readonly kind?: 'cooperative' | 'force' | 'breach'
  /** Default: what the next block asks. */
  readonly satPerVbyte?: number
  /** For `'breach'`: what the old state gave to the cheater; default the whole capacity. */
  readonly revokedSat?: bigint
}

/** A close on its way. */
export interface Closing {
  readonly kind: 'cooperative' | 'force' | 'breach'
  readonly by: Side
  /** Blocks until LND ≥ 0.21 acts on it. */
  readonly confirmations: number
  /** What the opener pays for the closing transaction, anchors included. */
  openersCostMsat: bigint
  readonly revokedMsat?: bigint
  /** Absent while the ends still negotiate. */
  transaction?: ChainTransaction
  /** The close was agreed on in a second attempt, of which the request hears nothing. */
  isAnswerLost?: boolean
}

/** Frame, the funding input with two signatures, and the outputs that are made, as LND weighs them. */
function cooperativeWeight(channel: Channel): bigint {
  const outputs = ([0, 1] as const).filter((side) => balanceOf(channel, side) >= dustLimitMsat)
  return 428n + outputWeight * BigInt(outputs.length)
}

/** CloseChannel by `node`. */
export function closeChannel(
  simulation: Simulation,
  node: NodeState,
  channel: Channel,
  request: ChannelClosing = {},
): void {
  const { kind = 'cooperative' } = request
  const by = sideOf(channel, node)
  if (by === undefined) throw refused('closeChannel', 'not-ours', 'the channel is another one')
  if (node.lifecycle !== 'running') {
    throw refused('closeChannel', 'not-running', `${node.alias} does not run`)
  }
  const isClosable = channel.stage === 'open' || channel.stage === 'shutting-down'
  if (!isClosable) throw refused('closeChannel', 'not-open', `cannot close: ${channel.stage}`)
  if (kind === 'cooperative') closeCooperatively(simulation, channel, by, request)
  else forceClose(simulation, channel, by, { ...request, kind })
}

function closeCooperatively(
  simulation: Simulation,
  channel: Channel,
  by: Side,
  request: ChannelClosing,
): void {
  if (!isLinked(channel)) {
    const says = 'unable to gracefully close channel while peer is offline'
    throw refused('closeChannel', 'peer-offline', says)
  }
  if (channel.stage === 'shutting-down') {
    if (channel.closing?.by !== by) for (const view of channel.views) view.closedBy = 'both'
    return
  }
  channel.stage = 'shutting-down'
  channel.closing = {
    kind: 'cooperative',
    by,
    confirmations: closeConfirmations(channel.capacityMsat),
    openersCostMsat: 0n,
  }
  for (const side of [by, otherSide(by)]) {
    const view = channel.views[side]
    view.list = 'closing'
    view.closeType = 'cooperative'
    view.closedBy = side === by ? 'us' : 'peer'
  }
  hintChanged(channel)
  inBackground(finishCooperatively(simulation, channel, request))
}

/** The closing transaction is made when the last HTLC is off the channel. */
async function finishCooperatively(
  simulation: Simulation,
  channel: Channel,
  request: ChannelClosing,
): Promise<void> {
  do {
    while (channel.htlcs.size > 0 || (channel.stage === 'shutting-down' && !isLinked(channel))) {
      await channel.changed.wait()
    }
    await simulation.clock.sleep(simulation.timing.hopMilliseconds)
  } while (channel.stage === 'shutting-down' && !isLinked(channel))
  if (channel.stage !== 'shutting-down') return
  publishCooperative(simulation, channel, request)
}

function publishCooperative(
  simulation: Simulation,
  channel: Channel,
  request: ChannelClosing,
): void {
  const closing = channel.closing!
  const weight = cooperativeWeight(channel)
  const usual = transactionFeeSat(simulation.chain.satPerVbyte, weight)
  const asked = transactionFeeSat(request.satPerVbyte ?? simulation.chain.satPerVbyte, weight)
  const agreed = negotiateCloseFee(closing.by === 0 ? [asked, usual] : [usual, asked])
  // After a broken negotiation LND connects again, forgets what was asked, and begins anew.
  closing.isAnswerLost = agreed === undefined
  const feeSat = agreed ?? usual
  const cost = feeSat * 1000n
  closing.openersCostMsat = cost < channel.balances[0] ? cost : channel.balances[0]
  channel.stage = 'on-chain'
  keepListed(channel)
  const shares = ([0, 1] as const).map((side) => {
    const { wallet } = channel.ends[side]
    const amountSat = outputSat(channel, side)
    channel.views[side].settledMsat = amountSat * 1000n
    return { wallet, address: createAddress(simulation, wallet), amountSat }
  })
  const paid = shares.reduce((sum, { amountSat }) => sum + amountSat * 1000n, 0n)
  const held: [bigint, bigint] = [...channel.balances]
  const transaction = makeTransaction({
    inputs: [channel.channelPoint],
    satPerVbyte: Number(feeSat * 4n) / Number(weight),
    feeMsat: held[0] + held[1] - paid,
    payments: shares,
    label: closingLabel(channel),
    publisher: channel.ends[closing.by],
    ghosts: channel.ends.filter((_, side) => shares[side]!.amountSat === 0n),
    applied: () => setBalances(channel, [0n, 0n]),
    undone: () => setBalances(channel, held),
    confirmed: () => seeGhosts(transaction),
    unconfirmed: () => raiseGhosts(transaction),
  })
  publishClosing(simulation, channel, transaction)
}

function seeGhosts({ ghosts }: ChainTransaction): void {
  for (const node of ghosts.keys()) ghosts.set(node, node.run)
}

function raiseGhosts({ ghosts }: ChainTransaction): void {
  for (const node of ghosts.keys()) ghosts.set(node, undefined)
}

function closingLabel({ channelId }: Channel): string {
  return `0:closechannel:shortchanid-${channelId}`
}

function publishClosing(
  simulation: Simulation,
  channel: Channel,
  transaction: ChainTransaction,
): void {
  const { chain } = simulation
  channel.closing!.transaction = transaction
  chain.transactions.set(transaction.id, transaction)
  offerTransaction(chain, transaction)
  hintChanged(channel)
  channel.changed.fire()
}

function setBalances(channel: Channel, balances: readonly [bigint, bigint]): void {
  channel.balances[0] = balances[0]
  channel.balances[1] = balances[1]
}

/** From here on the lists show what the channel held when it was closed. */
function keepListed(channel: Channel): void {
  channel.listed = [listedBalance(channel, 0), listedBalance(channel, 1)]
}

/** Whole satoshi that an end gets out; outputs below the dust limit are not made. */
export function outputSat(channel: Channel, side: Side): bigint {
  const cost = side === 0 ? (channel.closing?.openersCostMsat ?? 0n) : 0n
  const amountSat = (channel.balances[side] - cost) / 1000n
  return amountSat < 354n ? 0n : amountSat
}

/** Publishes a commitment transaction: the newest one, or for a breach a revoked one. */
export function forceClose(
  simulation: Simulation,
  channel: Channel,
  by: Side,
  request: ChannelClosing & { readonly kind: 'force' | 'breach' },
): void {
  const { kind } = request
  if (kind === 'breach' && channel.htlcs.size > 0) {
    throw new Error('A breach while payments cross the channel is not simulated')
  }
  const revokedMsat =
    request.revokedSat === undefined ? channel.capacityMsat : request.revokedSat * 1000n
  channel.closing = {
    kind,
    by,
    confirmations: closeConfirmations(channel.capacityMsat),
    openersCostMsat: commitmentFee(channel) + anchorsOf(channel),
    ...(kind === 'breach' ? { revokedMsat } : {}),
  }
  channel.stage = 'on-chain'
  keepListed(channel)
  const [own, other] = [channel.views[by], channel.views[otherSide(by)]]
  own.list = 'closing'
  own.closeType = 'local-force'
  own.closedBy = 'us'
  // The other end hears of it from the chain only, and one that has given the channel up never.
  if (!isGivenUp(other)) {
    if (other.list === 'closing') other.list = 'open'
    other.closeType = kind === 'breach' ? 'breach' : 'remote-force'
    other.closedBy = 'peer'
  }
  const closer = channel.ends[by]
  const transaction = makeTransaction({
    inputs: [channel.channelPoint],
    satPerVbyte: request.satPerVbyte ?? simulation.chain.satPerVbyte,
    // The cost is booked when the outputs are swept.
    feeMsat: 0n,
    payments: [],
    otherOutputsSat: commitmentOutputsSat(channel),
    publisher: closer,
    ghosts: [closer],
    label: closingLabel(channel),
    confirmed() {
      seeGhosts(transaction)
      channel.changed.fire()
    },
    unconfirmed: () => raiseGhosts(transaction),
  })
  publishClosing(simulation, channel, transaction)
}
