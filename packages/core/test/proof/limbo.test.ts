import { type LightningNode, sat } from '@payment-node/core'
import { expect, test } from 'vitest'
import { openShop, type Shop } from '../shop.ts'

/** What a close may cost before it is booked, in msat: a lack above that is found. */
const mostPerClose = 50_000_000n
const amountMsat = 400_000_000n

interface Row {
  readonly direction: 'incoming' | 'outgoing'
  readonly opener: 'us' | 'the peer'
  readonly closer: 'us' | 'the peer'
}

const rows: readonly Row[] = (['incoming', 'outgoing'] as const).flatMap((direction) =>
  (['us', 'the peer'] as const).flatMap((opener) =>
    (['us', 'the peer'] as const).map((closer) => ({ direction, opener, closer })),
  ),
)

interface Listed {
  readonly htlcsMsat: bigint
  readonly ownMsat: bigint
  /** The wallet counts the sweep, which no block has yet. */
  readonly isSwept: boolean
}

interface Limbo {
  readonly shop: Shop
  readonly node: Shop['node']
  readonly hole: { msat: bigint }
  /** Mines, and answers what LND lists in limbo then, in msat; undefined: the channel is not maturing. */
  mine(blocks: number): Promise<Listed | undefined>
  /** True when LND lists the channel as resolved. */
  isOver(): Promise<boolean>
  payout?: string
}

/** A channel that is closed by force with a payment of ours in it: received, or paid to somebody who keeps it. */
async function closeWithPayment(
  { direction, opener, closer }: Row,
  { isListed = true } = {},
): Promise<Limbo> {
  const shop = openShop()
  const { run, network, lnd, clock } = shop
  lnd.fund(1_000_000n)
  const peer = network.addNode('neighbour')
  const isOurs = opener === 'us'
  const ends = isOurs ? { from: lnd, to: peer } : { from: peer, to: lnd }
  // We have little of our own in it beyond what we pay.
  const theirs = isOurs ? 1_400_000n : 0n
  const ours = direction === 'incoming' ? 30_000n : 600_000n
  const pushSat = isOurs ? theirs : ours
  network.establishChannel({ ...ends, capacitySat: 2_000_000n, pushSat })
  const hole = { msat: 0n }
  const real = lnd.connect()
  const lightning: LightningNode = {
    ...real,
    async walletBalance(signal) {
      const balance = await real.walletBalance(signal)
      return { ...balance, confirmedMsat: balance.confirmedMsat - hole.msat }
    },
    async listPendingChannels(signal) {
      const pending = await real.listPendingChannels(signal)
      if (isListed) return pending
      return pending.map(({ limbo, ...rest }) => ({
        ...rest,
        ...(limbo && { limbo: { totalMsat: rest.localMsat, htlcs: [] } }),
      }))
    },
  }
  const { node } = shop.open({ lightning })
  await run(node.start())
  const listed = await run(real.listChannels())
  const point = listed.find((one) => one.peer === peer.publicKey)!.channelPoint
  const close = (): void => (closer === 'us' ? lnd : peer).closeChannel(point, { kind: 'force' })
  let payout: string | undefined
  if (direction === 'incoming') {
    await run(node.partners.upsert({ id: 'm1' }))
    const invoice = await run(node.invoices.create({ partner: 'm1', amount: '400000 sat' }))
    // As soon as the books say settled: the peer learns the preimage from the chain.
    node.on('invoice.settled', close)
    void peer.pay(invoice.paymentRequest)
    await run(node.invoices.waitUntilSettled(invoice.id))
  } else {
    await shop.sell(1_000_000, node)
    const held = peer.createHoldInvoice({ amountMsat })
    payout = (await shop.request({ destination: held.paymentRequest }, undefined, node)).id
    await clock.advance(5000)
    expect(peer.findInvoice(held.paymentHash)?.state).toBe('accepted')
    close()
  }
  return {
    shop,
    node,
    hole,
    ...(payout && { payout }),
    async mine(blocks) {
      // What the newest block leads to is in no block yet.
      if (blocks > 1) {
        network.mine(blocks - 1)
        await clock.advance(5000)
      }
      network.mine()
      await clock.advance(20_000)
      const pending = await run(real.listPendingChannels())
      const { limbo } = pending.find((one) => one.channelPoint === point) ?? {}
      if (!limbo) return undefined
      const htlcsMsat = limbo.htlcs.reduce((sum, htlc) => sum + htlc.amountMsat, 0n)
      const { unconfirmedMsat } = await run(real.walletBalance())
      return { htlcsMsat, ownMsat: limbo.totalMsat - htlcsMsat, isSwept: unconfirmedMsat > 0n }
    },
    isOver: async () =>
      (await run(real.listClosedChannels())).some((one) => one.channelPoint === point),
  }
}

test('I3: a payment in limbo after a close by force, received or not resolved, is never missing', async () => {
  for (const row of rows) {
    const { shop, node, mine, isOver, payout } = await closeWithPayment(row)
    const { run, clock } = shop
    let blocksInLimbo = 0
    // Where most happens, block by block.
    for (let block = 0; !(await isOver()); block += block < 14 ? 1 : 5) {
      expect(block, `${JSON.stringify(row)}: it ends`).toBeLessThan(400)
      const listed = await mine(block < 15 ? 1 : 5)
      // LND does not list what it claims with a preimage from the peer's commitment.
      const isHidden = row.direction === 'incoming' && row.closer === 'the peer'
      if (listed?.htlcsMsat === (isHidden ? 0n : amountMsat)) blocksInLimbo++
      const proof = await run(node.ledger.prove())
      const when = `${JSON.stringify(row)}, block ${block}: ${proof.says}`
      expect(proof.verdict, when).toBe('proved')
      // Long enough for a halt at some of the blocks.
      if (block % 10 === 9) await clock.advance(8 * 60_000)
      expect((await run(node.safety.status())).isHalted, when).toBe(false)
    }
    expect(blocksInLimbo, `${JSON.stringify(row)}: blocks in limbo`).toBeGreaterThan(0)
    await mine(10)
    await clock.advance(10 * 60_000)
    const { partners, sum, world } = await run(node.ledger.balances())
    const available = payout === undefined ? 400_000 : 1_000_000
    expect(partners, JSON.stringify(row)).toMatchObject([{ available: sat(available) }])
    expect([sum, world.unexplained], JSON.stringify(row)).toEqual([sat(0), sat(0)])
    const { verdict, says } = await run(node.ledger.prove())
    expect(verdict, `${JSON.stringify(row)}, all is final: ${says}`).toBe('proved')
    await run(node.stop())
  }
})

test('what LND claims from the chain and does not list counts all the same', async () => {
  const row: Row = { direction: 'incoming', opener: 'the peer', closer: 'us' }
  const { shop, node, mine } = await closeWithPayment(row, { isListed: false })
  const { run } = shop
  for (let block = 0; block < 8; block++) {
    await mine(1)
    const proof = await run(node.ledger.prove())
    expect(proof.verdict, `block ${block}: ${proof.says}`).toBe('proved')
  }
})

test('a lack is found while a payment is in limbo: it hides no more than the payment and what the close may cost', async () => {
  for (const row of rows) {
    const { shop, node, hole, mine, isOver } = await closeWithPayment(row)
    const { run } = shop
    let looks = 0
    for (let block = 0; !(await isOver()); block++) {
      const listed = await mine(looks > 5 ? 5 : 1)
      if (listed === undefined) continue
      looks++
      const hidden = listed.isSwept ? listed.ownMsat : listed.htlcsMsat
      hole.msat = hidden + mostPerClose + 10_000_000n
      const proof = await run(node.ledger.prove())
      expect(proof.verdict, `${JSON.stringify(row)}, look ${block}: ${proof.says}`).toBe('short')
      hole.msat = 0n
    }
    expect(looks, JSON.stringify(row)).toBeGreaterThan(0)
    await run(node.stop())
  }
})
