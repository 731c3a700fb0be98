import assert from 'node:assert/strict'
import type { Promised } from './contract-case.ts'
import {
  assertRefused,
  closeToTheEnd,
  confirmActive,
  connectedPeer,
  findOpen,
  findPending,
  openerOf,
  openFromCoin,
  openingTo,
  receiveCoin,
  strangersKey,
  strangersOutpoint,
  walletOf,
} from './manage-channels.ts'

/** Connecting, and opening by chosen outpoints. */
export function openingCases(promised: Promised): void {
  // §3 ConnectPeer: "already connected" is success.
  promised('connecting to a connected peer is success', async (given) => {
    const { publicKey, address } = await connectedPeer(given)
    await openerOf(given.node).connect(publicKey, address)
  })

  promised('connecting where nobody listens is peer-unreachable', async ({ node }) => {
    await assertRefused(openerOf(node).connect(strangersKey(), '127.0.0.1:1'), 'peer-unreachable')
  })

  promised('connecting to an address of another node is peer-unreachable', async (given) => {
    const { address } = await given.channelPeer!()
    const work = openerOf(given.node).connect(strangersKey(), address)
    await assertRefused(work, 'peer-unreachable')
  })

  // §3 OpenChannelSync; money rule 7: the memo finds a channel whose reply was lost.
  promised('an opened channel shows its memo while pending and when open', async (given) => {
    const { channelPoint, request } = await openFromCoin(given)
    assert.match(channelPoint, /^[0-9a-f]{64}:\d+$/)
    const pending = await findPending(given, channelPoint)
    assert.equal(pending?.state, 'opening')
    assert.equal(pending?.memo, request.memo)
    assert.equal(pending?.isInitiator, true)
    assert.equal(pending?.peer, request.peer)
    assert.equal(pending?.capacityMsat, request.capacitySat * 1000n)
    assert.ok(pending!.fundingExpiryBlocks! > 2000, `${pending?.fundingExpiryBlocks} blocks`)
    await confirmActive(given, channelPoint)
    const open = await findOpen(given, channelPoint)
    assert.equal(open?.memo, request.memo)
    assert.equal(open?.isInitiator, true)
    assert.equal(open?.isPrivate, false)
    assert.equal(open?.capacityMsat, request.capacitySat * 1000n)
    assert.equal(await findPending(given, channelPoint), undefined)
    await closeToTheEnd(given, channelPoint)
  })

  promised('a channel opened as private is private', async (given) => {
    const { channelPoint } = await openFromCoin(given, { isPrivate: true })
    await confirmActive(given, channelPoint)
    assert.equal((await findOpen(given, channelPoint))?.isPrivate, true)
    await closeToTheEnd(given, channelPoint)
  })

  // §3: one pending channel per peer by default; a refused open must not keep the coins.
  promised('a second pending channel is too-many-pending, and its coin is free', async (given) => {
    const spare = await receiveCoin(given, 700_000n)
    const { channelPoint, peer } = await openFromCoin(given)
    const again = openerOf(given.node).open(openingTo(peer, [spare.outpoint]))
    await assertRefused(again, 'too-many-pending')
    await given.waitFor('the coin to be free again', async () => {
      const coins = await walletOf(given.node).unspent()
      return coins.some(({ outpoint }) => outpoint === spare.outpoint)
    })
    assert.equal((await findPending(given, channelPoint))?.state, 'opening')
    await confirmActive(given, channelPoint)
    await closeToTheEnd(given, channelPoint)
  })

  // §3 AbandonChannel: the books end, the transaction does not.
  promised('an abandoned opening is closed as abandoned, again is success', async (given) => {
    const { channelPoint } = await openFromCoin(given)
    await openerOf(given.node).abandon(channelPoint)
    assert.equal(await findPending(given, channelPoint), undefined)
    const closed = await given.node.listClosedChannels()
    const found = closed.find((one) => one.channelPoint === channelPoint)
    assert.equal(found?.closeType, 'abandoned')
    await openerOf(given.node).abandon(channelPoint)
    // The peer knows nothing of it: for it the channel opens, and later cases may open another one.
    await given.mine(6)
  })

  promised('abandoning an unknown channel is success', async ({ node }) => {
    await openerOf(node).abandon(strangersOutpoint())
  })
}
