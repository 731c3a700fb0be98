import { type Payout, sat } from '@payment-node/core'
import { afterAll, expect, test } from 'vitest'
import { sharedNetwork } from '../../shared-network.ts'
import { waitUntil } from '../../wait-until.ts'
import { openShop } from './shop.ts'

const network = sharedNetwork()
afterAll(() => network.remove())
const alice = network.node('alice')
const bob = network.node('bob')

/** What the attacker's channel asks for forwarding, in msat: two and a half times the payment. */
const tollMsat = 50_000_000n
const amountMsat = 20_000_000n
/** The largest that an invoice can say (BOLT 11). */
const largest = 4_294_967_295

test("a route hint over the attacker's private channel costs at most the fee limit, whatever hint and channel ask", async () => {
  const toll = await network.addNode({ alias: 'toll' })
  const mallory = await network.addNode({ alias: 'mallory', fundSat: 0 })
  const points = await network.openChannels([
    { from: 'toll', to: 'carol', capacitySat: 2_000_000, pushSat: 1_000_000 },
    { from: 'toll', to: 'mallory', capacitySat: 1_000_000, private: true },
  ])
  const [txid, output] = points[1]!.split(':')
  await toll.rpc('lnrpc.Lightning', 'UpdateChannelPolicy', {
    chan_point: { funding_txid_str: txid, output_index: Number(output) },
    base_fee_msat: tollMsat.toString(),
    fee_rate_ppm: 0,
    time_lock_delta: 40,
  })
  const { chan_id: channelId } = await toll.waitUntilChannelActive(points[1]!)
  const invoiceWithHint = (base: number, ppm: number): ReturnType<typeof mallory.addInvoice> =>
    mallory.addInvoice({
      value_msat: amountMsat.toString(),
      route_hints: [
        {
          hop_hints: [
            {
              node_id: toll.publicKey,
              chan_id: channelId,
              fee_base_msat: base,
              fee_proportional_millionths: ppm,
              cltv_expiry_delta: 40,
            },
          ],
        },
      ],
    })

  const shop = await openShop(bob)
  const { node } = shop
  await node.start()
  await node.partners.upsert({ id: 'merchant' })
  const invoice = await node.invoices.create({ partner: 'merchant', amount: sat(200_000) })
  await alice.pay(invoice.paymentRequest)
  await node.invoices.waitUntilSettled(invoice.id)
  const purse = async (): Promise<readonly bigint[]> => {
    const { available, reserved } = await node.partners.get('merchant')
    return [available.msat, reserved.msat]
  }
  let keys = 0
  const pay = async (destination: string, name: string, more: object = {}): Promise<Payout> => {
    // What LND has learned from the payments before would keep it from trying.
    await bob.rpc('routerrpc.Router', 'ResetMissionControl', {})
    const { id } = await node.payouts.request(
      { partner: 'merchant', destination, ...more },
      { idempotencyKey: `payout-${++keys}` },
    )
    return waitUntil(`the end of the payout: ${name}`, async () => {
      const payout = await node.payouts.get(id)
      return (payout.state === 'succeeded' || payout.state === 'failed') && payout
    })
  }

  const before = await purse()
  const sentBefore = await sentOver(bob)
  const hints: readonly (readonly [string, number, number])[] = [
    ['the hint says what the channel asks', Number(tollMsat), 0],
    ['the hint says nothing, the channel asks all the same', 0, 0],
    ['the hint says the largest numbers there are', largest, largest],
    ['the hint says a share that is many times the payment', 0, 2_500_000],
  ]
  const wrong: string[] = []
  for (const [name, base, ppm] of hints) {
    for (const more of [{}, { feeLimit: '49999 sat' }]) {
      const theirs = await invoiceWithHint(base, ppm)
      const says = `${name} ${JSON.stringify(more)}`
      const { state, reason, fee } = await pay(theirs.payment_request, says, more)
      if (state !== 'failed' || reason !== 'no-route' || fee !== null) {
        wrong.push(`${says}: ${state} ${reason} ${fee}`)
      }
      const { state: got } = await mallory.lookupInvoice(theirs.r_hash)
      if (got !== 'OPEN') wrong.push(`${says}: the attacker's invoice is ${got}`)
      const has = await purse()
      if (has.join() !== before.join()) wrong.push(`${says}: the purse is ${has.join()}`)
    }
  }
  expect(wrong).toEqual([])
  expect(await sentOver(bob)).toBe(sentBefore)

  // Nothing but the limit stood in its way: with a larger one it is paid, within it.
  const theirs = await invoiceWithHint(Number(tollMsat), 0)
  const paid = await pay(theirs.payment_request, 'a larger limit', { feeLimit: '50010 sat' })
  expect(paid).toMatchObject({ state: 'succeeded', reason: null })
  expect(paid.fee!.msat).toBeGreaterThanOrEqual(tollMsat)
  expect(paid.fee!.msat).toBeLessThanOrEqual(50_010_000n)
  expect((await mallory.lookupInvoice(theirs.r_hash)).amt_paid_msat).toBe(amountMsat.toString())
  expect(await purse()).toEqual([before[0]! - amountMsat - paid.fee!.msat, 0n])
  expect((await node.ledger.balances()).sum.msat).toBe(0n)
  await shop.remove()
}, 120_000)

/** msat that the node's payments took away, fees included, by LND. */
async function sentOver(node: typeof bob): Promise<bigint> {
  const { payments } = await node.rpc<{
    payments: { status: string; value_msat: string; fee_msat: string }[]
  }>('lnrpc.Lightning', 'ListPayments', {})
  return payments
    .filter(({ status }) => status === 'SUCCEEDED')
    .reduce((sum, { value_msat, fee_msat }) => sum + BigInt(value_msat) + BigInt(fee_msat), 0n)
}
