import assert from 'node:assert/strict'
import type { ChannelHint, ClosedChannel } from '@payment-node/core'
import type { Promised } from './contract-case.ts'
import type { NodeContractEnvironment } from './environment.ts'

const capacitySat = 500_000n

async function open(given: NodeContractEnvironment): Promise<string> {
  const channelPoint = await given.openChannel!(capacitySat)
  await confirm(given, 'the channel to be active', async () => {
    const channels = await given.node.listChannels()
    return channels.some((one) => one.channelPoint === channelPoint && one.isActive)
  })
  return channelPoint
}

/** Adds blocks one by one until `condition` holds. */
async function confirm(
  given: NodeContractEnvironment,
  awaited: string,
  condition: () => Promise<boolean>,
): Promise<void> {
  await given.waitFor(awaited, async () => {
    if (await condition()) return true
    await given.mine(1)
    return condition()
  })
}

function findClosed(
  given: NodeContractEnvironment,
  channelPoint: string,
): Promise<ClosedChannel | undefined> {
  return given.node
    .listClosedChannels()
    .then((closed) => closed.find((one) => one.channelPoint === channelPoint))
}

/** Hints that arrive beside the test. */
function watchHints(given: NodeContractEnvironment): {
  readonly hints: ChannelHint[]
  stop(): Promise<void>
} {
  const ending = new AbortController()
  const hints: ChannelHint[] = []
  const reading = (async () => {
    for await (const hint of given.node.watchChannels(ending.signal)) hints.push(hint)
  })()
  return {
    hints,
    async stop() {
      ending.abort()
      await reading
    },
  }
}

/** Opening and closing, as the lists and hints show it. */
export function channelLifecycleCases(promised: Promised): void {
  // §3 PendingChannels.pending_open_channels, then ListChannels.
  promised('a new channel is opening, then open, with its whole capacity ours', async (given) => {
    const channelPoint = await given.openChannel!(capacitySat)
    await given.waitFor('the channel to be listed as opening', async () => {
      const pending = await given.node.listPendingChannels()
      return pending.some((one) => one.channelPoint === channelPoint && one.state === 'opening')
    })
    await confirm(given, 'the channel to be active', async () => {
      const channels = await given.node.listChannels()
      return channels.some((one) => one.channelPoint === channelPoint && one.isActive)
    })
    const channels = await given.node.listChannels()
    const channel = channels.find((one) => one.channelPoint === channelPoint)!
    assert.equal(channel.capacityMsat, capacitySat * 1000n)
    assert.equal(channel.isInitiator, true)
    assert.equal(channel.remoteMsat, 0n)
    assert.ok(channel.localMsat < channel.capacityMsat)
    const pending = await given.node.listPendingChannels()
    assert.ok(pending.every((one) => one.channelPoint !== channelPoint))
    await given.closeChannel!(channelPoint, { isForce: false })
    await confirm(given, 'the close', async () => {
      return (await findClosed(given, channelPoint)) !== undefined
    })
  })

  // §5: coop close; CLOSED_CHANNEL at 1 confirmation, ClosedChannels later.
  promised('a cooperative close is closing, told once, and then listed as ours', async (given) => {
    const channelPoint = await open(given)
    const watch = watchHints(given)
    await given.waitFor('the subscription', async () => watch.hints.length > 0)
    await given.closeChannel!(channelPoint, { isForce: false })
    await given.waitFor('the channel to leave the open ones', async () => {
      const open = await given.node.listChannels()
      return open.every((one) => one.channelPoint !== channelPoint || !one.isActive)
    })
    await confirm(given, 'the close', async () => {
      return (await findClosed(given, channelPoint)) !== undefined
    })
    await watch.stop()
    const closed = await findClosed(given, channelPoint)
    assert.equal(closed?.closeType, 'cooperative')
    assert.equal(closed?.openedBy, 'us')
    assert.equal(closed?.closedBy, 'us')
    assert.match(closed?.closingTransaction ?? '', /^[0-9a-f]{64}$/)
    assert.ok(closed!.settledMsat > 490_000_000n && closed!.settledMsat < 500_000_000n)
    const told = watch.hints.filter(
      (hint) => hint.kind === 'closed' && hint.channel.channelPoint === channelPoint,
    )
    assert.equal(told.length, 1)
  })

  // §3/§5: force close: waiting, then maturing, and in ClosedChannels only when fully resolved.
  promised('a force close waits, matures, and is listed at the end', async (given) => {
    const channelPoint = await open(given)
    await given.closeChannel!(channelPoint, { isForce: true })
    const states = new Set<string>()
    await confirm(given, 'the force close to be resolved', async () => {
      const pending = await given.node.listPendingChannels()
      const found = pending.find((one) => one.channelPoint === channelPoint)
      if (found) states.add(found.state)
      if (found?.state === 'force-closing' && found.maturityHeight !== undefined) {
        assert.equal(await findClosed(given, channelPoint), undefined)
      }
      return (await findClosed(given, channelPoint)) !== undefined
    })
    assert.ok(states.has('closing'), 'it was listed as closing')
    assert.ok(states.has('force-closing'), 'it was listed as force-closing')
    const closed = await findClosed(given, channelPoint)
    assert.equal(closed?.closeType, 'local-force')
    assert.equal(closed?.closedBy, 'us')
  })
}
