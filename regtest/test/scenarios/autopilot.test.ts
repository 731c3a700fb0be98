import type { LiquidityRun, PaymentNode, PaymentNodeOptions, Swap } from '@payment-node/core'
import { afterAll, expect, test } from 'vitest'
import { sharedNetwork } from '../../shared-network.ts'
import { waitUntil } from '../../wait-until.ts'
import { regtestProvider } from '../programs/regtest-provider.ts'
import { bringSwapsOn } from './bring-swaps-on.ts'
import { invoiceKey, openShop, type Shop } from './shop.ts'
import { openSwapStand } from './swap-stand.ts'

const network = sharedNetwork()
// A fifth of the channel is ours: what the policy keeps for routing and payouts.
const stand = await openSwapStand(network, 'autopilot', {
  capacitySat: 2_000_000,
  pushSat: 1_600_000,
})
const { client, provider: payer, swaps: server } = stand
afterAll(async () => {
  await server.close()
  await network.remove()
})

const options: Partial<PaymentNodeOptions> = {
  keys: { invoices: invoiceKey, swaps: Buffer.from('5a'.repeat(15) + '02'.repeat(17), 'hex') },
  swaps: [regtestProvider(server.address.url)],
  swapping: { inFlightShareOfOutbound: 900_000, routingPpm: 1000, claimCeiling: 60 },
  liquidity: { mode: 'act', settlePeriod: '0s', every: '1s', drainAtOnce: false },
  channels: { mode: 'observe' },
}

/** With a fee source that says so; a feerate counts for half a minute, so that each one has a process of its own. */
const at = (satPerVbyte: number, swapping = {}): Partial<PaymentNodeOptions> => ({
  ...options,
  swapping: { ...options.swapping, ...swapping },
  fees: {
    ceiling: 30,
    hardCeiling: 100,
    source: {
      contractVersion: 1,
      name: 'told',
      feerate: async () => ({ at: Date.now(), satPerVbyte }),
    },
  },
})

const lastRun = async (node: PaymentNode): Promise<LiquidityRun | null> =>
  (await node.liquidity.status()).last
const untilRun = async (
  node: PaymentNode,
  what: string,
  isIt: (run: LiquidityRun) => boolean,
): Promise<LiquidityRun> => {
  let last: LiquidityRun | null = null
  return waitUntil(
    what,
    async () => {
      last = await lastRun(node)
      return last !== null && isIt(last) && last
    },
    { describe: () => JSON.stringify(last) },
  )
}
const untilClaimed = async (node: PaymentNode, number: number): Promise<Swap> => {
  const all = await bringSwapsOn(
    network,
    node,
    (items) => items.length >= number && items.every(({ state }) => state === 'claimed'),
    { describe: async () => [server.errors.map(String), await lastRun(node)] },
  )
  expect(all).toHaveLength(number)
  return all[0]!
}
/** Of the channel, as LND has it. */
const ourSat = async (): Promise<number> => Number((await client.listChannels())[0]!.local_balance)

test('payments come in until hardly any more can: the autopilot waits for low fees, then not, says what blocks it, and recovers', async () => {
  const macaroon = { hex: stand.macaroon }
  let shop: Shop = await openShop(client, at(50), { macaroon })
  let { node } = shop
  /** Goes on in another process; a payment comes in meanwhile, whose balance is then seen at once. */
  const reopen = async (more: Partial<PaymentNodeOptions>, receivedSat = 0): Promise<void> => {
    const amount = `${receivedSat} sat` as const
    const invoice = receivedSat > 0 && (await node.invoices.create({ partner: 'merchant', amount }))
    await node.stop()
    if (invoice) {
      expect((await payer.pay(invoice.paymentRequest)).status).toBe('SUCCEEDED')
      // The payer has its preimage before the payment is off the channel.
      await waitUntil('the payment to be settled in the channel', async () => {
        const [channel] = await client.listChannels()
        return channel!.pending_htlcs.length === 0
      })
    }
    shop = shop.reopen(more)
    ;({ node } = shop)
    await node.start()
    if (invoice) await node.invoices.waitUntilSettled(invoice.id)
  }
  await node.start()
  await waitUntil('the channel in the books', () => node.channels.adopt(stand.channelPoint, 'ours'))
  await node.partners.upsert({ id: 'merchant' })
  await untilRun(node, 'a look with enough inbound', ({ reason }) => reason === 'enough')

  // Under 30 %, and the chain is dear: it says that it waits, and for what.
  await reopen(at(50), 1_050_000)
  const waiting = await untilRun(node, 'a wait', ({ verdict }) => verdict === 'wait')
  expect(waiting).toMatchObject({
    reason: 'feerate-not-low',
    urgency: 'low',
    feerate: 50,
    actions: [],
  })
  expect(waiting.inboundShare).toBeGreaterThan(200_000)
  expect(waiting.inboundShare).toBeLessThan(300_000)
  expect(waiting.rejected).toMatchObject([{ lever: 'swap', refusal: 'feerate-not-low' }])
  expect((await node.liquidity.explain(waiting.id)).says).toMatch(/^2\d\.\d % of the node can/)
  expect((await node.swaps.list()).items).toEqual([])

  // Low fees: it pushes out.
  await reopen(at(2))
  const first = await untilClaimed(node, 1)
  const decided = await node.liquidity.explain(first.decision!)
  expect(decided).toMatchObject({ verdict: 'act', reason: 'inbound-low', urgency: 'low' })
  expect(decided.actions).toMatchObject([{ lever: 'swap', outcome: { swaps: [first.id] } }])
  await untilRun(node, 'recovery', ({ reason }) => reason === 'enough')
  // The outbound share is what stays.
  expect(await ourSat()).toBeGreaterThan(350_000)
  expect(await ourSat()).toBeLessThan(450_000)

  // Under 10 %, and dear again: now it does not wait.
  await reopen(at(50), 1_440_000)
  const second = await untilClaimed(node, 2)
  expect(second.urgency).toBe('urgent')
  expect(await node.liquidity.explain(second.decision!)).toMatchObject({
    reason: 'inbound-urgent',
    feerate: 50,
  })
  expect(second.costs.claim!.msat).toBeGreaterThan(50n * 90_000n)
  await untilRun(node, 'recovery', ({ reason }) => reason === 'enough')
  expect(await ourSat()).toBeLessThan(450_000)

  // Dearer than the hard ceiling: that is what it names, and nothing leaves.
  await reopen(at(101), 1_440_000)
  const blocked = await shop.event('liquidity.blocked')
  expect(blocked.data).toMatchObject({ reason: 'feerate-above-ceiling' })
  expect(blocked.data.inboundShare).toBeLessThan(100_000)
  expect((await node.liquidity.status()).blockedReason).toBe('feerate-above-ceiling')

  // The ceiling holds no more, and the day's budget is spent: the next word is about that.
  await reopen(at(50, { perDay: '20000 sat' }))
  const poor = await shop.event(
    'liquidity.blocked',
    ({ data }) => data.reason !== blocked.data.reason,
  )
  expect(poor.data).toMatchObject({ reason: 'budget-exhausted' })
  expect((await node.swaps.list()).items).toHaveLength(2)

  // With a budget it recovers.
  await reopen(at(50))
  const third = await untilClaimed(node, 3)
  expect(third.urgency).toBe('urgent')
  await untilRun(node, 'recovery', ({ reason }) => reason === 'enough')
  const status = await node.liquidity.status()
  expect(status).toMatchObject({ blockedReason: null, isRecovering: false })
  expect(status.last!.inboundShare).toBeGreaterThan(750_000)

  // LND, chain and books say the same of what it has cost.
  const { items } = await node.swaps.list()
  for (const { id, paymentHash, lockup, amount, costs } of items) {
    const [payment, ...more] = await stand.payments(paymentHash)
    expect([payment?.status, more]).toEqual(['SUCCEEDED', []])
    const { receivedSat } = (await stand.spending(lockup!))!
    const costMsat = costs.service!.msat + costs.routing!.msat + costs.claim!.msat
    const leftMsat = amount.msat + BigInt(payment!.fee_msat) - receivedSat * 1000n
    expect({ id, leftMsat }).toEqual({ id, leftMsat: costMsat })
  }
  const { sum, partners } = await node.ledger.balances()
  expect([sum.msat, partners[0]!.available.msat]).toEqual([0n, 3_930_000_000n])
  const proof = await node.ledger.prove()
  expect(proof.verdict, JSON.stringify(proof)).toBe('proved')
  expect(server.errors).toEqual([])
  await shop.remove()
}, 300_000)
