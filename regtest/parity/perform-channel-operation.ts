import type { LightningNode } from '@payment-node/core'
import { type Actor, pick } from './actor.ts'
import { nobody } from './nobody.ts'
import type { ChannelOperation, CoinChoice } from './operation.ts'
import { outcomeOf } from './outcome-of.ts'
import type { Result } from './receive-payment.ts'

/** Nobody has it. */
const unknownOutpoint = `${'22'.repeat(32)}:0`

/** Channels of the node under test, opened and closed by either end, and the blocks in between. */
export async function performChannelOperation(
  actor: Actor,
  operation: ChannelOperation,
): Promise<Result> {
  const { world } = actor
  const opener = world.node.opener!
  switch (operation.kind) {
    case 'open-channel':
      return open(actor, operation)
    case 'close-channel':
      return close(actor, operation)
    case 'close-again': {
      const channelPoint = pick(await closingPoints(actor), operation.slot)
      if (!channelPoint) return 'nothing to do'
      return outcomeOf(opener.close({ channelPoint, isForce: operation.isForce }))
    }
    case 'close-unknown':
      return outcomeOf(opener.close({ channelPoint: unknownOutpoint, isForce: false }))
    case 'abandon-unknown':
      return outcomeOf(opener.abandon(unknownOutpoint))
    case 'connect': {
      const { to, isWrongAddress } = operation
      const address = world.addresses[isWrongAddress ? 'tested' : to]
      return outcomeOf(opener.connect(world.publicKeys[to], address))
    }
    case 'mine':
      await world.mine(operation.blocks)
      return 'done'
  }
}

async function open(
  actor: Actor,
  operation: Extract<ChannelOperation, { kind: 'open-channel' }>,
): Promise<Result> {
  const { ports, publicKeys, addresses } = actor.world
  const { opener, to, capacitySat, isPrivate, satPerVbyte } = operation
  const port = ports[opener]
  const parties = {
    peer: publicKeys.peer,
    payee: publicKeys.payee,
    nobody,
    itself: publicKeys.tested,
  }
  const peer = opener === 'tested' ? parties[to] : publicKeys.tested
  if (opener !== 'tested') await outcomeOf(port.opener!.connect(peer, addresses.tested))
  const outpoints = await chooseCoins(actor, port, operation.coins)
  const memo = `channel ${actor.channels.length + 1}`
  const opened = await outcomeOf(
    port.opener!.open({ peer, capacitySat, satPerVbyte, outpoints, memo, isPrivate }),
  )
  if ('channelPoint' in opened) {
    actor.channels.push(opened.channelPoint)
    actor.spent.push(...outpoints)
  }
  return opened
}

async function chooseCoins(
  actor: Actor,
  port: LightningNode,
  choice: CoinChoice,
): Promise<readonly string[]> {
  if (choice === 'unknown') return [unknownOutpoint]
  if (choice === 'spent') return actor.spent.slice(0, 1).concat(unknownOutpoint).slice(0, 1)
  const coins = await port.onchain!.unspent().catch(() => [])
  const sorted = [...coins].sort((a, b) => Number(b.amountSat - a.amountSat))
  const fresh = sorted.filter(({ confirmations }) => confirmations === 0)
  const ready = sorted.filter(({ confirmations }) => confirmations > 0)
  const chosen = {
    largest: ready.slice(0, 1),
    smallest: ready.slice(-1),
    two: ready.slice(-2),
    unconfirmed: fresh.slice(0, 1),
  }[choice]
  return chosen.length === 0 ? [unknownOutpoint] : chosen.map(({ outpoint }) => outpoint)
}

/** Only what is open and carries no payment: on the chain, payments are simulated too roughly. */
async function close(
  actor: Actor,
  operation: Extract<ChannelOperation, { kind: 'close-channel' }>,
): Promise<Result> {
  const { node, ports, publicKeys } = actor.world
  const open = await node.listChannels().catch(() => [])
  const known = new Map(open.map((channel) => [channel.channelPoint, channel]))
  const points = actor.channels.filter((point) => known.has(point))
  const channel = known.get(pick(points, operation.slot) ?? '')
  if (!channel) return 'nothing to do'
  const { isForce } = operation
  // An opener breaks off a negotiation over more than three times its own idea, and the call hangs.
  const isOpener = channel.isInitiator === (operation.closer === 'us')
  const satPerVbyte = isOpener ? operation.satPerVbyte : operation.satPerVbyte && 2
  if (isForce && channel.pendingHtlcs.length > 0) return 'left alone'
  const other = channel.peer === publicKeys.peer ? ports.peer : ports.payee
  const closer = operation.closer === 'us' ? node : other
  if (isForce && !operation.leavesOtherUnaware) actor.deserted = channel.channelPoint
  return outcomeOf(
    closer.opener!.close({
      channelPoint: channel.channelPoint,
      isForce,
      ...(isForce || satPerVbyte === undefined ? {} : { satPerVbyte }),
    }),
  )
}

async function closingPoints({ world, channels }: Actor): Promise<string[]> {
  const pending = await world.node.listPendingChannels().catch(() => [])
  const closing = pending.filter(({ state }) => state !== 'opening')
  const points = new Set(closing.map(({ channelPoint }) => channelPoint))
  return channels.filter((point) => points.has(point))
}
