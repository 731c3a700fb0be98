import type { LiquidityRun, PaymentNode } from '@payment-node/core'
import { afterAll, expect, test } from 'vitest'
import { sharedNetwork } from '../../shared-network.ts'
import { waitUntil } from '../../wait-until.ts'
import type { KillPoint } from '../programs/mortal.ts'
import { openAutopilot } from './autopilot-lives.ts'
import { bringSwapsOn } from './bring-swaps-on.ts'
import { outputsOf } from './outputs-of.ts'
import { openSwapStand } from './swap-stand.ts'

const network = sharedNetwork()
const stand = await openSwapStand(network, 'autopilot-pays', {
  capacitySat: 2_000_000,
  pushSat: 1_600_000,
})
const { client, provider: payer, swaps: server } = stand
afterAll(async () => {
  await server.close()
  await network.remove()
})
const partner = network.node('alice')
/** Of the channel, ours: a quarter can be received then, and a little more is missing than the merchant is paid. */
const localSat = 1_500_000

/** Where the process dies, one life after the other, between the decision and the claim. */
const deaths: readonly KillPoint[] = [
  'store decision',
  'store payouts',
  'store swaps',
  'pay',
  'store preimage-revealed',
].map((call) => ({ call, phase: 'answered', time: 1 }))

/** What the merchant sells before each payout. */
const rounds = [
  { merchantSat: 1_000_000, points: [] },
  { merchantSat: 850_000, points: deaths },
] as const

/** Of the channel, as LND has it. */
async function ourSat(): Promise<number> {
  const [channel] = await client.listChannels()
  return Number(channel!.local_balance)
}

/** What the partner's own LND has at an address. */
async function received(at: string): Promise<readonly { txid: string; sat: string }[]> {
  const { utxos } = await partner.rpc<{
    utxos: { address: string; amount_sat: string; outpoint: { txid_str: string } }[]
  }>('lnrpc.Lightning', 'ListUnspent', { min_confs: 1, max_confs: 9_999_999 })
  return utxos
    .filter((utxo) => utxo.address === at)
    .map(({ outpoint, amount_sat }) => ({ txid: outpoint.txid_str, sat: amount_sat }))
}

/** A partner is paid for something over the channel. */
async function sell(node: PaymentNode, to: string, amountSat: number): Promise<void> {
  const invoice = await node.invoices.create({ partner: to, amount: `${amountSat} sat` })
  expect((await payer.pay(invoice.paymentRequest)).status).toBe('SUCCEEDED')
  await node.invoices.waitUntilSettled(invoice.id)
  await waitUntil('the payment to be settled in the channel', async () => {
    const [channel] = await client.listChannels()
    return channel!.pending_htlcs.length === 0
  })
}

test('inbound is low: the autopilot pays a partner straight from a claim, once, also when it is killed on the way', async () => {
  const { shop: watching, ...autopilot } = await openAutopilot(network, {
    lnd: client,
    macaroon: stand.macaroon,
    swapKey: '5a'.repeat(15) + '0a'.repeat(17),
    providerUrl: server.address.url,
    feerate: 2,
    liquidity: {
      settlePeriod: '0s',
      every: '1s',
      drainAtOnce: false,
      // What is missing beyond the payout is left alone.
      minimum: '300000 sat',
    },
    options: {
      // The autopilot asks for the payout; by itself it would wait long for others in the queue.
      payouts: { automatic: 'by-call' },
      transactions: { collectFor: '6h' },
      swapping: { inFlightShareOfOutbound: 900_000, routingPpm: 1000 },
    },
  })
  const before = await stand.assets()
  let shop = watching
  await shop.node.start()
  await waitUntil('the channel in the books', () =>
    shop.node.channels.adopt(stand.channelPoint, 'ours'),
  )
  const destination = await partner.newAddress()
  const payout = { onchain: destination, automatic: true }
  await shop.node.partners.upsert({ id: 'merchant', payout })
  await shop.node.partners.upsert({ id: 'walk-in' })
  const arrived: { readonly txid: string; readonly sat: string }[] = []
  let [soldMsat, merchantMsat, paidMsat, costs] = [0n, 0n, 0n, 0n]
  for (const [round, { merchantSat, points }] of rounds.entries()) {
    const walkInSat = localSat - merchantSat - (await ourSat())
    await sell(shop.node, 'merchant', merchantSat)
    await sell(shop.node, 'walk-in', walkInSat)
    merchantMsat += BigInt(merchantSat) * 1000n
    soldMsat += BigInt(merchantSat + walkInSat) * 1000n
    await shop.node.stop()

    await autopilot.die(points)
    shop = autopilot.act()
    const { node } = shop
    await node.start()
    let last: LiquidityRun | null = null
    const describe = (): unknown => [server.errors.map(String), last]
    const swaps = await bringSwapsOn(
      network,
      node,
      async (items) => {
        ;({ last } = await node.liquidity.status())
        return items.length > round && items.every(({ endedAt }) => endedAt !== null)
      },
      { describe },
    )
    // One more, whatever has died: nothing was asked for twice.
    expect(swaps).toHaveLength(round + 1)
    const [swap] = swaps
    const { items: payouts } = await node.payouts.list({ partner: 'merchant' })
    expect(payouts).toHaveLength(round + 1)
    const paid = payouts.find(({ id }) => id === swap!.payout)
    expect(swap).toMatchObject({
      state: 'claimed',
      reason: null,
      source: 'autopilot',
      payout: expect.any(String),
    })

    // The journal names the lever, its reason, and what was turned down for it.
    const run = await node.liquidity.explain(swap!.decision!)
    expect(run).toMatchObject({ verdict: 'act', reason: 'inbound-low', urgency: 'low' })
    expect(run.says).toMatch(/^24\.\d % of the node can receive; [\d,]+ sat must leave\.$/)
    const wasKilled = points.length > 0
    expect(run.actions).toMatchObject([
      {
        lever: 'pay-partner-through-swap',
        subject: 'merchant',
        provider: 'regtest',
        amount: swap!.amount,
        // Asked for in a life before; and nobody was there to say what followed.
        payout: wasKilled ? paid!.id : null,
        outcome: wasKilled ? null : { did: 'swap', swaps: [swap!.id], payout: paid!.id },
      },
    ])
    expect(run.rejected).toMatchObject([{ lever: 'swap', refusal: 'not-needed' }])

    // As btcd has taken it into a block, and as another library reads it.
    const { transactionId, transaction, receivedSat } = (await stand.spending(swap!.lockup!))!
    const [prefix] = destination.split('1')
    const outputs = outputsOf(transaction, prefix!)
    const payoutSat = paid!.amount.msat / 1000n
    expect(outputs).toEqual([
      [destination, payoutSat],
      [swap!.restDestination, receivedSat],
    ])
    expect(transaction.ins).toHaveLength(1)
    arrived.push({ txid: transactionId, sat: String(payoutSat) })
    expect(await received(destination)).toEqual(expect.arrayContaining(arrived))
    expect(await received(destination)).toHaveLength(round + 1)
    expect(paid).toMatchObject({
      purpose: 'automatic',
      state: 'succeeded',
      reason: null,
      destination,
      transaction: { transactionId, state: 'final' },
    })
    expect(paid!.fee!.msat).toBe(0n)
    paidMsat += paid!.amount.msat

    // LND has paid the provider once, and the books say what it has cost.
    const payments = await stand.payments(swap!.paymentHash)
    expect(payments).toMatchObject([{ status: 'SUCCEEDED', value_msat: String(swap!.amount.msat) }])
    const { service, routing, claim } = swap!.costs
    const cost = service!.msat + routing!.msat + claim!.msat
    const leftMsat = swap!.amount.msat + BigInt(payments[0]!.fee_msat) - receivedSat * 1000n
    expect(leftMsat).toBe(paid!.amount.msat + cost)
    costs += cost
    // The preimage is there before the payment is off the channel.
    await waitUntil(
      'nothing more to be missing',
      async () => {
        last = await node.liquidity.recommend()
        return last.reason === 'enough' && last.inboundShare > run.inboundShare + 400_000
      },
      { describe: () => JSON.stringify(last) },
    )
  }

  const { node } = shop
  expect((await stand.assets()) - before).toBe(soldMsat - paidMsat - costs)
  const { world, partners, sum } = await node.ledger.balances()
  expect(sum.msat).toBe(0n)
  expect(world.payees.msat).toBe(paidMsat)
  expect(world.swapFees.msat + world.routingFees.msat + world.onchainFees.msat).toBe(costs)
  expect([world.deposits.msat, world.unexplained.msat]).toEqual([0n, 0n])
  const merchant = partners.find(({ partner: id }) => id === 'merchant')
  expect([merchant!.available.msat, merchant!.reserved.msat]).toEqual([merchantMsat - paidMsat, 0n])
  const proof = await node.ledger.prove()
  expect(proof.verdict, JSON.stringify(proof)).toBe('proved')
  expect(server.errors).toEqual([])
  await shop.remove()
}, 300_000)
