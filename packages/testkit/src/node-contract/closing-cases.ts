import assert from 'node:assert/strict'
import type { ClosedChannel, PaymentUpdate, PendingChannel } from '@payment-node/core'
import { assertSucceeded, type Promised, payHeld, paymentOf, payToEnd } from './contract-case.ts'
import type { ContractHoldInvoice, NodeContractEnvironment } from './environment.ts'
import {
  assertRefused,
  closeToTheEnd,
  confirmActive,
  findOpen,
  findPending,
  mineUntil,
  openerOf,
  openFromCoin,
  openToTheEnd,
  strangersOutpoint,
} from './manage-channels.ts'

async function awaitClosed(
  given: NodeContractEnvironment,
  channelPoint: string,
): Promise<ClosedChannel> {
  let closed: ClosedChannel | undefined
  await mineUntil(given, `channel ${channelPoint} to be closed`, async () => {
    const all = await given.node.listClosedChannels()
    closed = all.find((one) => one.channelPoint === channelPoint)
    return closed !== undefined
  })
  return closed!
}

/** Pays again as long as path finding does not know a channel that has just opened. */
async function payUntilHeld(
  given: NodeContractEnvironment,
  hold: ContractHoldInvoice,
): Promise<{ readonly end: Promise<PaymentUpdate> }> {
  let isHeld = false
  hold.waitAccepted().then(
    () => {
      isHeld = true
    },
    () => undefined,
  )
  let end: Promise<PaymentUpdate> | undefined
  const payOnce = async (): Promise<PaymentUpdate> => {
    const last = await payToEnd(given, paymentOf(hold.paymentRequest))
    if (last.state === 'failed') end = undefined
    return last
  }
  await given.waitFor('the payment to be held', async () => {
    end ??= payOnce()
    return isHeld
  })
  return { end: end! }
}

/** Closing through the port. */
export function closingCases(promised: Promised): void {
  // §3 CloseChannel: done at close_pending.
  promised('a cooperative close names its transaction, twice is success', async (given) => {
    const { channelPoint } = await openToTheEnd(given)
    const request = { channelPoint, isForce: false, satPerVbyte: 5 }
    const { closingTransaction } = await openerOf(given.node).close(request)
    if (closingTransaction !== undefined) assert.match(closingTransaction, /^[0-9a-f]{64}$/)
    assert.equal((await findOpen(given, channelPoint))?.isActive ?? false, false)
    await openerOf(given.node).close(request)
    const closed = await awaitClosed(given, channelPoint)
    assert.equal(closed.closeType, 'cooperative')
    assert.equal(closed.closedBy, 'us')
    assert.equal(closed.claims, undefined)
    if (closingTransaction !== undefined) {
      assert.equal(closed.closingTransaction, closingTransaction)
    }
    await assertRefused(openerOf(given.node).close(request), 'channel-not-found')
  })

  promised('a force close names its transaction, twice is success', async (given) => {
    const { channelPoint } = await openToTheEnd(given)
    const request = { channelPoint, isForce: true }
    const { closingTransaction } = await openerOf(given.node).close(request)
    assert.match(closingTransaction ?? '', /^[0-9a-f]{64}$/)
    await openerOf(given.node).close(request)
    assert.equal(await findOpen(given, channelPoint), undefined)
    assert.equal((await findPending(given, channelPoint))?.state, 'closing')
    const closed = await awaitClosed(given, channelPoint)
    assert.equal(closed.closeType, 'local-force')
    assert.equal(closed.closingTransaction, closingTransaction)
    // §3 resolutions: what we claimed, of which the sweep's outputs are what its fee left.
    const balance = closed.claims?.find(({ kind }) => kind === 'balance')
    assert.ok(balance, 'the balance was claimed')
    assert.equal(balance.amountMsat, closed.settledMsat)
    assert.ok(balance.outpoint.startsWith(`${closingTransaction}:`))
    const all = (await given.node.onchain?.transactions(0)) ?? []
    const sweep = all.find((one) => one.transactionId === balance.transaction)
    assert.ok(sweep, 'the wallet knows the sweep')
    assert.ok(sweep.spends.includes(balance.outpoint))
    assert.match(sweep.label, /^0:sweep/)
    const claimedMsat = closed.claims!.reduce((sum, { amountMsat }) => sum + amountMsat, 0n)
    const feeMsat = claimedMsat - sweep.outputsSat * 1000n
    assert.ok(feeMsat < 10_000_000n, `${feeMsat} msat`)
  })

  // §3 pending_htlcs, limbo_balance.
  promised(
    'a payment under way in a force close is in limbo, beside our balance',
    async (given) => {
      const { peer } = await openToTheEnd(given)
      const hold = await peer.createHoldInvoice({ amountMsat: 100_000_000n })
      const paying = await payUntilHeld(given, hold)
      // Earlier cases may have left another channel with the same peer.
      const busy = (await given.node.listChannels()).find(({ pendingHtlcs }) =>
        pendingHtlcs.some(({ paymentHash }) => paymentHash === hold.paymentHash),
      )
      assert.ok(busy, 'the payment is on a channel')
      assert.equal(busy.peer, peer.publicKey)
      const { channelPoint } = busy
      await openerOf(given.node).close({ channelPoint, isForce: true })
      const closing = await findPending(given, channelPoint)
      assert.equal(closing?.limbo, undefined)
      let matures: PendingChannel | undefined
      await mineUntil(given, 'the payment to be in limbo', async () => {
        matures = await findPending(given, channelPoint)
        return matures?.limbo !== undefined
      })
      const { limbo, localMsat, state } = matures!
      assert.equal(state, 'force-closing')
      const [htlc] = limbo!.htlcs
      assert.equal(limbo!.htlcs.length, 1)
      assert.equal(htlc?.direction, 'outgoing')
      assert.equal(htlc?.amountMsat, 100_000_000n)
      assert.match(htlc?.outpoint ?? '', /^[0-9a-f]{64}:\d+$/)
      const anchorMsat = limbo!.totalMsat - localMsat - 100_000_000n
      assert.ok(anchorMsat === 0n || anchorMsat === 330_000n, `${anchorMsat} msat more`)
      // The peer takes it on the chain.
      await hold.settle()
      const closed = await awaitClosed(given, channelPoint)
      assert.ok(closed.claims?.every(({ kind }) => kind !== 'payment'))
      assertSucceeded(await paying.end, hold.paymentHash)
    },
  )

  promised('closing an unknown channel is channel-not-found', async ({ node }) => {
    for (const isForce of [false, true]) {
      const work = openerOf(node).close({ channelPoint: strangersOutpoint(), isForce })
      await assertRefused(work, 'channel-not-found')
    }
  })

  promised('a cooperative close of what is still opening is channel-state', async (given) => {
    const { channelPoint } = await openFromCoin(given)
    const work = openerOf(given.node).close({ channelPoint, isForce: false })
    await assertRefused(work, 'channel-state')
    assert.equal((await findPending(given, channelPoint))?.state, 'opening')
    await confirmActive(given, channelPoint)
    await closeToTheEnd(given, channelPoint)
  })

  // §1: "unable to gracefully close channel while peer is offline"; LND connects again by itself.
  promised('a cooperative close with the peer away is peer-offline', async (given) => {
    const { channelPoint, peer } = await openToTheEnd(given)
    await peer.stop()
    try {
      await given.waitFor('the channel to be inactive', async () => {
        return (await findOpen(given, channelPoint))?.isActive === false
      })
      const work = openerOf(given.node).close({ channelPoint, isForce: false })
      await assertRefused(work, 'peer-offline')
      assert.ok(await findOpen(given, channelPoint), 'the channel is still open')
    } finally {
      await peer.start()
    }
    await given.waitFor('the channel to be active again', async () => {
      return (await findOpen(given, channelPoint))?.isActive === true
    })
    await closeToTheEnd(given, channelPoint)
  })

  // §1: "cannot coop close channel with active htlcs".
  promised('a cooperative close with a payment on its way is htlcs-pending', async (given) => {
    const held = await payHeld(given)
    const channels = await given.node.listChannels()
    const busy = channels.find(({ pendingHtlcs }) =>
      pendingHtlcs.some(({ paymentHash }) => paymentHash === held.paymentHash),
    )
    assert.ok(busy, 'the payment is on a channel')
    const { channelPoint } = busy
    const work = openerOf(given.node).close({ channelPoint, isForce: false })
    await assertRefused(work, 'htlcs-pending')
    await held.settle()
    assert.equal((await held.end).state, 'succeeded')
    assert.equal((await findOpen(given, channelPoint))?.isActive, true)
  })
}
