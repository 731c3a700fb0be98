import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { mempoolSpace, type Payout, type PayoutInput, sat } from '@payment-node/core'
import { macaroonPermissions } from '@payment-node/lnd-adapter'
import { afterAll, expect, test } from 'vitest'
import { sharedNetwork } from '../../shared-network.ts'
import { waitUntil } from '../../wait-until.ts'
import { openShop, type Shop } from './shop.ts'

const network = sharedNetwork()
afterAll(() => network.remove())
const alice = network.node('alice')

/** A server that answers as mempool.space does, on 127.0.0.1. */
async function startFeeServer(): Promise<{
  /** sat/vB, from now on. */
  feerate: number
  readonly port: number
  stop(): Promise<void>
}> {
  const server = createServer(({ url }, response) => {
    const { feerate } = fees
    const recommended = { fastestFee: feerate, halfHourFee: feerate, hourFee: feerate }
    const isHistory = url?.startsWith('/api/v1/mining/')
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify(isHistory ? [] : recommended))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const fees = {
    feerate: 1,
    port: (server.address() as AddressInfo).port,
    stop: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
  return fees
}

interface MempoolEntry {
  /** In bitcoin. */
  readonly fee: number
  readonly vsize: number
}

/** sat/vB that a transaction pays, by btcd. */
async function feerateOf(transactionId: string): Promise<number> {
  const entry = await waitUntil('the transaction in btcd', async () => {
    type Entries = Readonly<Record<string, MempoolEntry>>
    return (await network.chain.rpc<Entries>('getrawmempool', [true]))[transactionId]
  })
  return (entry.fee * 100_000_000) / entry.vsize
}

test('a queue: quick is refused above the hard ceiling, one is canceled, one released, and a fee drop sends the others in one transaction', async () => {
  const payer = await network.addNode({ alias: 'queue-payer' })
  const roles = macaroonPermissions(['receive', 'pay', 'channels', 'onchain'])
  const hex = await payer.bakeMacaroon(
    roles.map((permission) => permission.replace(/^uri:/, '')),
    90,
  )
  const server = await startFeeServer()
  const allowed = { host: '127.0.0.1', port: server.port, insecure: true }
  const source = mempoolSpace({
    url: `http://127.0.0.1:${server.port}/api`,
    http: { allow: [allowed] },
  })
  server.feerate = 45
  let shop: Shop = await openShop(
    payer,
    { fees: { source, hardCeiling: 40, ceiling: 30 }, transactions: { collectFor: 0 } },
    { macaroon: { hex } },
  )
  await shop.node.start()
  await shop.node.partners.upsert({ id: 'm1' })
  await shop.node.ledger.importOpening([{ partner: 'm1', amount: sat(1_000_000) }], {
    idempotencyKey: 'opening',
  })
  let keys = 0
  const request = async (amount: number, more: Partial<PayoutInput> = {}): Promise<Payout> =>
    shop.node.payouts.request(
      { partner: 'm1', destination: await alice.newAddress(), amount: sat(amount), ...more },
      { idempotencyKey: `payout-${++keys}` },
    )
  const purse = async (): Promise<bigint[]> => {
    const { available, reserved } = await shop.node.partners.get('m1')
    return [available.msat, reserved.msat]
  }
  const now = ({ id }: Payout): Promise<Payout> => shop.node.payouts.get(id)
  const isAt = (payout: Payout, state: string, reason?: string): Promise<true> =>
    waitUntil(
      `payout ${payout.id} ${state} ${reason ?? ''}`,
      async () => {
        const { state: is, reason: why } = await now(payout)
        return is === state && (reason === undefined || reason === why)
      },
      { deadlineMilliseconds: 90_000 },
    )

  // Above the hard ceiling: nothing goes, whatever is asked for.
  const before = await purse()
  const refused: unknown = await request(30_000, { quick: true }).catch((error) => error)
  expect(refused).toMatchObject({
    code: 'payout.above-ceiling',
    details: { feerate: 45, ceiling: 40 },
  })
  const { fee: price } = (refused as { details: { fee: Payout['amount'] } }).details
  // One input, the output and the change: about 150 vB.
  expect(Number(price.msat / 45_000n)).toBeGreaterThan(110)
  expect(Number(price.msat / 45_000n)).toBeLessThan(200)
  expect((await shop.node.payouts.list()).items).toEqual([])
  expect(await purse()).toEqual(before)

  const [released, canceled, first, second] = [
    await request(31_000),
    await request(32_000),
    await request(33_000),
    await request(34_000, { destination: await alice.newAddress('WITNESS_PUBKEY_HASH') }),
  ] as const
  const all = [released, canceled, first, second]
  for (const payout of all) expect(payout).toMatchObject({ state: 'queued', transaction: null })
  for (const payout of all) await isAt(payout, 'queued', 'feerate-above-hard-ceiling')
  const reserved = all.reduce((sum, { amount, feeLimit }) => sum + amount.msat + feeLimit.msat, 0n)
  expect(await purse()).toEqual([1_000_000_000n - reserved, reserved])

  for (const time of ['once', 'again']) {
    const payout = await shop.node.payouts.cancel(canceled.id)
    expect(payout, time).toMatchObject({ state: 'canceled', queue: null })
  }
  const freed = canceled.amount.msat + canceled.feeLimit.msat
  const left = reserved - freed
  expect(await purse()).toEqual([1_000_000_000n - left, left])
  const notQueued = { code: 'payout.not-queued', details: { payout: canceled.id } }
  await expect(shop.node.payouts.release(canceled.id)).rejects.toMatchObject(notQueued)
  expect(await shop.node.payouts.release(released.id)).toMatchObject({
    state: 'queued',
    queue: { isReleased: true },
  })
  expect(await network.chain.mempool()).toEqual([])

  // Below the hard ceiling, which the operator has raised, and above the other: what is released goes.
  await shop.node.stop()
  shop = shop.reopen({ fees: { source, hardCeiling: 100, ceiling: 30 } })
  await shop.node.start()
  await isAt(released, 'sending')
  await waitUntil('the released one to be published', async () => {
    return (await now(released)).transaction?.state === 'published'
  })
  await expect(shop.node.payouts.cancel(released.id)).rejects.toMatchObject({
    code: 'payout.not-queued',
    details: { payout: released.id, state: 'sending' },
  })
  for (const payout of [first, second]) await isAt(payout, 'queued', 'feerate-above-ceiling')
  const alone = (await now(released)).transaction!.transactionId!
  const paidAlone = await feerateOf(alone)
  expect(paidAlone).toBeGreaterThanOrEqual(45)
  expect(paidAlone).toBeLessThan(46.5)
  expect(await network.chain.mempool()).toEqual([alone])

  // The fee drop.
  server.feerate = 7
  for (const payout of [first, second]) await isAt(payout, 'sending')
  const together = await waitUntil(
    'the transaction of the queue',
    async () => (await now(first)).transaction?.transactionId ?? undefined,
  )
  expect((await now(second)).transaction?.transactionId).toBe(together)
  const paidTogether = await feerateOf(together)
  expect(paidTogether).toBeGreaterThanOrEqual(7)
  expect(paidTogether).toBeLessThan(7.3)
  const { vout } = await network.chain.rpc<{ vout: { value: number }[] }>('getrawtransaction', [
    together,
    1,
  ])
  const values = vout.map(({ value }) => Math.round(value * 100_000_000))
  expect(values).toHaveLength(3)
  expect(values).toEqual(expect.arrayContaining([33_000, 34_000]))

  // Final: what the payees have, what the miners got, and what the books say are one.
  await network.mine(6)
  for (const payout of [released, first, second]) await isAt(payout, 'succeeded')
  const { utxos } = await alice.rpc<{
    utxos: { address: string; amount_sat: string; outpoint: { txid_str: string } }[]
  }>('lnrpc.Lightning', 'ListUnspent', { min_confs: 0, max_confs: 9_999_999 })
  const brought = all.map(({ destination }) =>
    utxos
      .filter(({ address }) => address === destination)
      .map(({ amount_sat, outpoint }) => `${amount_sat} in ${outpoint.txid_str}`),
  )
  expect(brought).toEqual([
    [`31000 in ${alone}`],
    [],
    [`33000 in ${together}`],
    [`34000 in ${together}`],
  ])
  const { transactions } = await payer.rpc<{
    transactions: { tx_hash: string; total_fees: string }[]
  }>('lnrpc.Lightning', 'GetTransactions')
  const cost = (id: string): bigint =>
    1000n * BigInt(transactions.find(({ tx_hash }) => tx_hash === id)?.total_fees ?? -1)
  const feeOf = async (payout: Payout): Promise<bigint> => (await now(payout)).fee!.msat
  expect(await feeOf(released)).toBe(cost(alone))
  expect((await feeOf(first)) + (await feeOf(second))).toBe(cost(together))
  const { sum, world } = await shop.node.ledger.balances()
  expect([sum.msat, world.onchainFees.msat]).toEqual([0n, cost(alone) + cost(together)])
  const gone = 98_000_000n + cost(alone) + cost(together)
  expect(await purse()).toEqual([1_000_000_000n - gone, 0n])
  const { locked_utxos: leases } = await payer.rpc<{ locked_utxos: unknown[] }>(
    'walletrpc.WalletKit',
    'ListLeases',
  )
  expect(leases).toEqual([])
  const proof = await shop.node.ledger.prove()
  expect(proof.verdict, proof.says).toBe('proved')
  await shop.remove()
  await server.stop()
}, 240_000)
