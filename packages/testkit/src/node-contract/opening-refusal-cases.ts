import assert from 'node:assert/strict'
import type { Promised } from './contract-case.ts'
import {
  assertRefused,
  closeToTheEnd,
  confirmActive,
  connectedPeer,
  findPending,
  openerOf,
  openFromCoin,
  openingTo,
  receiveCoin,
  receiveUnconfirmed,
  strangersKey,
  strangersOutpoint,
} from './manage-channels.ts'

/** Opens that LND or the peer refuses: nothing happened, and the reason says why. */
export function openingRefusalCases(promised: Promised): void {
  // Money rule 7: the same inputs cannot fund two channels.
  promised('outpoints that fund a channel are outpoints-unavailable', async (given) => {
    const { channelPoint, coin, peer } = await openFromCoin(given)
    const again = (): Promise<unknown> =>
      openerOf(given.node).open(openingTo(peer, [coin.outpoint], { capacitySat: 200_000n }))
    await assertRefused(again(), 'outpoints-unavailable')
    await confirmActive(given, channelPoint)
    await assertRefused(again(), 'outpoints-unavailable')
    const pending = await given.node.listPendingChannels()
    assert.ok(pending.every((one) => one.peer !== peer.publicKey || one.state !== 'opening'))
    await closeToTheEnd(given, channelPoint)
  })

  promised('an unconfirmed outpoint is outpoints-unavailable', async (given) => {
    const peer = await connectedPeer(given)
    const { outpoint } = await receiveUnconfirmed(given, 700_000n)
    const work = openerOf(given.node).open(openingTo(peer, [outpoint]))
    await assertRefused(work, 'outpoints-unavailable')
    await given.mine(1)
  })

  promised(
    'an outpoint of nobody is outpoints-unavailable, also beside a good one',
    async (given) => {
      const peer = await connectedPeer(given)
      const { outpoint } = await receiveCoin(given, 700_000n)
      for (const outpoints of [[strangersOutpoint()], [outpoint, strangersOutpoint()]]) {
        const work = openerOf(given.node).open(openingTo(peer, outpoints))
        await assertRefused(work, 'outpoints-unavailable')
      }
    },
  )

  // §3: 20,000 sat to 16,777,215 sat.
  promised('less than 20,000 sat is too-small', async (given) => {
    const peer = await connectedPeer(given)
    const { outpoint } = await receiveCoin(given, 700_000n)
    const request = openingTo(peer, [outpoint], { capacitySat: 19_999n })
    await assertRefused(openerOf(given.node).open(request), 'too-small')
  })

  promised('more than 16,777,215 sat is too-large', async (given) => {
    const peer = await connectedPeer(given)
    const { outpoint } = await receiveCoin(given, 17_500_000n)
    const request = openingTo(peer, [outpoint], { capacitySat: 16_777_216n })
    await assertRefused(openerOf(given.node).open(request), 'too-large')
  })

  // The peer's own bounds: its words come through LND.
  promised('less than the peer takes is too-small or peer-refused', async (given) => {
    const peer = await connectedPeer(given, bounded)
    const { outpoint } = await receiveCoin(given, 700_000n)
    const request = openingTo(peer, [outpoint], { capacitySat: 399_999n })
    await assertRefused(openerOf(given.node).open(request), 'too-small', 'peer-refused')
  })

  promised('more than the peer takes is too-large or peer-refused', async (given) => {
    const peer = await connectedPeer(given, bounded)
    const { outpoint } = await receiveCoin(given, 700_000n)
    const request = openingTo(peer, [outpoint], { capacitySat: 600_001n })
    await assertRefused(openerOf(given.node).open(request), 'too-large', 'peer-refused')
  })

  // The wallet has other coins: only the chosen ones count.
  promised('outpoints that do not pay for it are wallet-too-small', async (given) => {
    const peer = await connectedPeer(given)
    const { outpoint } = await receiveCoin(given, 500_000n)
    for (const capacitySat of [500_000n, 500_001n]) {
      const request = openingTo(peer, [outpoint], { capacitySat })
      await assertRefused(openerOf(given.node).open(request), 'wallet-too-small')
    }
  })

  // §3 "reserved wallet balance invalidated": 10,000 sat for the first public channel.
  promised('an open that leaves less than the reserve is refused: reserve', async (given) => {
    const node = await given.poorNode!()
    const peer = await given.channelPeer!()
    const { outpoint } = await receiveCoin(given, 300_000n, node)
    await openerOf(node).connect(peer.publicKey, peer.address)
    const request = openingTo(peer, [outpoint], { capacitySat: 294_000n })
    await assertRefused(openerOf(node).open(request), 'reserve')
    assert.deepEqual(await node.listPendingChannels(), [])
  })

  promised('a peer that was never connected is peer-offline', async (given) => {
    const { outpoint } = await receiveCoin(given, 700_000n)
    const request = openingTo({ publicKey: strangersKey() }, [outpoint])
    await assertRefused(openerOf(given.node).open(request), 'peer-offline')
  })

  promised(
    'a peer that went away is peer-offline, and unreachable for a connect',
    async (given) => {
      const peer = await connectedPeer(given)
      const { outpoint } = await receiveCoin(given, 700_000n)
      await peer.stop()
      try {
        await given.waitFor('the connection to be lost', async () => {
          const work = openerOf(given.node).connect(peer.publicKey, peer.address)
          return work.then(() => false).catch(() => true)
        })
        const { publicKey, address } = peer
        await assertRefused(openerOf(given.node).connect(publicKey, address), 'peer-unreachable')
        await assertRefused(openerOf(given.node).open(openingTo(peer, [outpoint])), 'peer-offline')
      } finally {
        await peer.start()
      }
      const { channelPoint } = await openFromCoin(given)
      assert.equal((await findPending(given, channelPoint))?.state, 'opening')
      await confirmActive(given, channelPoint)
      await closeToTheEnd(given, channelPoint)
    },
  )
}

const bounded = { minimumChannelSat: 400_000n, maximumChannelSat: 600_000n }
