import type { Payout, Swap } from '@payment-node/core'
import { afterAll, expect, test } from 'vitest'
import { sharedNetwork } from '../../shared-network.ts'
import { waitUntil } from '../../wait-until.ts'
import { regtestProvider } from '../programs/regtest-provider.ts'
import { bringSwapsOn } from './bring-swaps-on.ts'
import { outputsOf } from './outputs-of.ts'
import { invoiceKey, openShop } from './shop.ts'
import { openSwapStand } from './swap-stand.ts'

const network = sharedNetwork()
const stand = await openSwapStand(network, 'swap-payouts')
const { client, swaps: server } = stand
afterAll(async () => {
  await server.close()
  await network.remove()
})
const partner = network.node('alice')
const payoutSat = 300_000
const swappedSat = 500_000

/** What the partner's own LND has at an address. */
async function received(at: string): Promise<readonly { txid: string; sat: string }[]> {
  const { utxos } = await partner.rpc<{
    utxos: { address: string; amount_sat: string; outpoint: { txid_str: string } }[]
  }>('lnrpc.Lightning', 'ListUnspent', { min_confs: 1, max_confs: 9_999_999 })
  return utxos
    .filter((utxo) => utxo.address === at)
    .map(({ outpoint, amount_sat }) => ({ txid: outpoint.txid_str, sat: amount_sat }))
}

test('a partner on chain is paid straight from the claim, with the provider and without it: its exact amount, in one transaction', async () => {
  const shop = await openShop(
    client,
    {
      keys: { invoices: invoiceKey, swaps: Buffer.from('5a'.repeat(15) + '06'.repeat(17), 'hex') },
      swaps: [regtestProvider(server.address.url)],
      swapping: { claimCeiling: 60, maximumPpm: 40_000 },
      // Too dear for the queue, which would pay it otherwise.
      fees: {
        ceiling: 30,
        source: {
          contractVersion: 1,
          name: 'told',
          feerate: async () => ({ at: Date.now(), satPerVbyte: 50 }),
        },
      },
    },
    { macaroon: { hex: stand.macaroon } },
  )
  const { node } = shop
  await node.start()
  await node.partners.upsert({ id: 'm1' })
  await node.ledger.importOpening([{ partner: 'm1', amount: '1000000 sat' }], {
    idempotencyKey: 'opening',
    allowNegativeOperator: true,
  })
  const before = await stand.assets()

  let costs = 0n
  const cases = [
    ['TAPROOT_PUBKEY', 'cooperative'],
    ['WITNESS_PUBKEY_HASH', 'script'],
  ] as const
  for (const [type, path] of cases) {
    const destination = await partner.newAddress(type)
    const payout = await node.payouts.request(
      { partner: 'm1', destination, amount: `${payoutSat} sat` },
      { idempotencyKey: `payout-${path}` },
    )
    const paying = (): Promise<Payout> => node.payouts.get(payout.id)
    await waitUntil('the payout in the queue', async () => (await paying()).state === 'queued')
    const [asked] = await node.swaps.request(
      { amount: `${swappedSat} sat`, payout: payout.id },
      { idempotencyKey: `swap-${path}` },
    )
    expect(await paying()).toMatchObject({ state: 'queued', reason: 'in-swap', swap: asked!.id })
    const ofNow = (): Promise<Swap> => node.swaps.get(asked!.id)
    if (path === 'script') {
      await waitUntil('a lockup', () => server.swaps().length === 2 && server.swaps()[1]!.lockup)
      server.isReachable = false
    }
    await bringSwapsOn(network, node, async () => (await ofNow()).endedAt !== null, {
      describe: () => server.errors.map(String),
    })
    const swap = await ofNow()
    expect([swap.state, swap.reason]).toEqual(['claimed', null])

    // As btcd has taken it into a block, and as another library reads it.
    const { transactionId, transaction, receivedSat } = (await stand.spending(swap.lockup!))!
    const [prefix] = destination.split('1')
    const outputs = outputsOf(transaction, prefix!)
    expect(outputs[0]).toEqual([destination, BigInt(payoutSat)])
    expect(outputs[1]).toEqual([swap.restDestination, receivedSat])
    expect(outputs).toHaveLength(2)
    expect(transaction.ins).toHaveLength(1)
    expect(transaction.ins[0]!.witness).toHaveLength(path === 'script' ? 4 : 1)
    expect(await received(destination)).toEqual([{ txid: transactionId, sat: String(payoutSat) }])

    expect(await paying()).toMatchObject({
      state: 'succeeded',
      reason: null,
      swap: swap.id,
      transaction: { transactionId, state: 'final' },
    })
    expect((await paying()).fee!.msat).toBe(0n)
    const { claims } = await node.swaps.explain(swap.id)
    const buried = claims.find(({ confirmedHeight }) => confirmedHeight !== null)
    expect(buried).toMatchObject({ transactionId, path, paysPayout: true })

    // What has left, by LND and the chain, is what the partner got and what the books call costs.
    const paid = await stand.payments(swap.paymentHash)
    expect(paid).toMatchObject([{ status: 'SUCCEEDED', value_msat: `${swappedSat}000` }])
    const { service, routing, claim } = swap.costs
    const cost = service!.msat + routing!.msat + claim!.msat
    const leftMsat = BigInt(swappedSat) * 1000n + BigInt(paid[0]!.fee_msat) - receivedSat * 1000n
    expect(leftMsat).toBe(BigInt(payoutSat) * 1000n + cost)
    const { limits } = swap
    expect(cost).toBeLessThanOrEqual(
      limits.service!.msat + limits.routing!.msat + limits.claim!.msat,
    )
    costs += cost
  }

  expect(before - (await stand.assets())).toBe(2n * BigInt(payoutSat) * 1000n + costs)
  const { world, partners, sum } = await node.ledger.balances()
  expect(sum.msat).toBe(0n)
  expect(world.payees.msat).toBe(2n * BigInt(payoutSat) * 1000n)
  expect(world.swapFees.msat + world.routingFees.msat + world.onchainFees.msat).toBe(costs)
  expect([world.deposits.msat, world.unexplained.msat]).toEqual([0n, 0n])
  expect(partners[0]!.available.msat).toBe(400_000_000n)
  expect(partners[0]!.reserved.msat).toBe(0n)
  const proof = await node.ledger.prove()
  expect(proof.verdict, JSON.stringify(proof)).toBe('proved')
  await shop.remove()
}, 200_000)
