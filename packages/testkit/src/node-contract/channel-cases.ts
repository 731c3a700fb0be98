import assert from 'node:assert/strict'
import type { NodeChannel } from '@payment-node/core'
import {
  assertSucceeded,
  createOwnInvoice,
  type Promised,
  paymentOf,
  payToEnd,
} from './contract-case.ts'
import type { NodeContractEnvironment } from './environment.ts'

/** All balances when no part is on the way any more: a payment ends before its HTLC is off the channel. */
async function settledChannels(given: NodeContractEnvironment): Promise<readonly NodeChannel[]> {
  let channels: readonly NodeChannel[] = []
  await given.waitFor('no part on any channel', async () => {
    channels = await given.node.listChannels()
    return channels.every(({ pendingHtlcs }) => pendingHtlcs.length === 0)
  })
  return channels
}

function localMsat(channels: readonly NodeChannel[]): bigint {
  return channels.reduce((total, channel) => total + channel.localMsat, 0n)
}

/** LND lists whole satoshi. */
function assertWithinSat(actual: bigint, expected: bigint): void {
  const difference = actual - expected
  assert.ok(difference > -1000n && difference < 1000n, `${actual} msat, expected ${expected}`)
}

/** Channels and their balances. */
export function channelCases(promised: Promised): void {
  // §3 ListChannels.
  promised('a channel names its outpoint, its peer and its state', async ({ node }) => {
    const channels = await node.listChannels()
    assert.ok(channels.length > 0)
    for (const channel of channels) {
      assert.match(channel.channelPoint, /^[0-9a-f]{64}:\d+$/)
      assert.match(channel.channelId, /^\d+$/)
      assert.match(channel.peer, /^0[23][0-9a-f]{64}$/)
      assert.ok(!channel.peerAlias?.startsWith('unable to lookup'))
    }
    assert.ok(channels.some(({ isActive }) => isActive))
  })

  // §3: local_balance is net of commitment fee and anchors for the opener; HTLCs are extra.
  promised('capacity is local, remote, parts, and what the opener pays', async (given) => {
    for (const channel of await settledChannels(given)) {
      const anchors = channel.commitmentType === 'legacy' ? 0n : 660_000n
      const rest = channel.capacityMsat - channel.localMsat - channel.remoteMsat - anchors
      const commitFee = (channel.feePerKw * channel.commitWeight) / 1000n
      // The listed weight counts a witness that the fee does not; both balances are rounded down.
      assert.ok(rest >= 0n, `${rest} msat`)
      assert.ok(rest <= (commitFee * 12n * 1000n) / 10n + 2_000n, `${rest} msat`)
    }
  })

  // §3 local_constraints / remote_constraints.chan_reserve_sat: 1 %.
  promised('each end keeps about one percent as reserve', async ({ node }) => {
    for (const channel of await node.listChannels()) {
      for (const reserve of [channel.localReserveMsat, channel.remoteReserveMsat]) {
        assert.ok(reserve > 0n && reserve <= channel.capacityMsat / 50n, `${reserve} msat`)
      }
      assert.ok(channel.feePerKw >= 250n)
      assert.ok(channel.commitWeight >= 500n)
    }
  })

  // §3 balances; §7 fee_msat: both leave us.
  promised('an outgoing payment takes its amount and its fee', async (given) => {
    const before = localMsat(await settledChannels(given))
    const invoice = await given.peer.createInvoice({ amountMsat: 40_000_000n })
    const paid = await payToEnd(given, paymentOf(invoice.paymentRequest))
    assertSucceeded(paid, invoice.paymentHash)
    const after = localMsat(await settledChannels(given))
    assertWithinSat(before - after, 40_000_000n + paid.feeMsat)
  })

  // §7: a failed payment costs nothing.
  promised('a failed payment leaves the balance as it was', async (given) => {
    const before = localMsat(await settledChannels(given))
    const invoice = await given.peer.createInvoice({ amountMsat: 40_000_000n })
    await given.peer.cancelInvoice(invoice.paymentHash)
    const paid = await payToEnd(given, paymentOf(invoice.paymentRequest))
    assert.equal(paid.state, 'failed')
    assert.equal(localMsat(await settledChannels(given)), before)
  })

  // §6 amt_paid_msat: exactly that arrives, the payer pays the fees.
  promised('an incoming payment brings exactly its amount', async (given) => {
    const before = localMsat(await settledChannels(given))
    const invoice = await createOwnInvoice(given, { amountMsat: 50_000_000n })
    assert.equal((await given.peer.pay(invoice.paymentRequest)).state, 'succeeded')
    assertWithinSat(localMsat(await settledChannels(given)) - before, 50_000_000n)
  })

  // §3 num_updates (commit height); money rule 15 compares it.
  promised('the update count of the channel rises with a payment', async (given) => {
    const before = new Map(
      (await settledChannels(given)).map(({ channelPoint, updateCount }) => [
        channelPoint,
        updateCount,
      ]),
    )
    const invoice = await given.peer.createInvoice({ amountMsat: 1_000_000n })
    await payToEnd(given, paymentOf(invoice.paymentRequest))
    const after = await settledChannels(given)
    assert.ok(after.every((one) => one.updateCount >= (before.get(one.channelPoint) ?? 0n)))
    assert.ok(after.some((one) => one.updateCount > (before.get(one.channelPoint) ?? 0n)))
  })

  // §4 SubscribeChannelEvents: no backlog, so the port itself says when to read the lists.
  promised(
    'watching channels says subscribed first, and returns when aborted',
    async ({ node }) => {
      const ending = new AbortController()
      const hints: string[] = []
      for await (const hint of node.watchChannels(ending.signal)) {
        hints.push(hint.kind)
        ending.abort()
      }
      assert.equal(hints[0], 'subscribed')
    },
  )

  // §3 PendingChannels and ClosedChannels.
  promised('no open channel is also pending or closed', async ({ node }) => {
    const open = new Set((await node.listChannels()).map(({ channelPoint }) => channelPoint))
    const others = [...(await node.listPendingChannels()), ...(await node.listClosedChannels())]
    for (const { channelPoint } of others) assert.ok(!open.has(channelPoint), channelPoint)
  })
}
