import assert from 'node:assert/strict'
import { type FundTransaction, type LightningNode, PaymentNodeError } from '@payment-node/core'
import { lnd } from '@payment-node/lnd-adapter'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { sharedNetwork } from '../../shared-network.ts'
import type { RunningNode } from '../../start-node.ts'
import { startTcpProxy } from '../../tcp-proxy.ts'
import { adapterOf, bakeFor } from './adapter-of.ts'

// What the contract cannot ask of every implementation: lost replies, and the words of LND and btcd.

const network = sharedNetwork()
let tested: RunningNode
let node: LightningNode

beforeAll(async () => {
  tested = await network.addNode({ alias: 'funder', fundSat: 0 })
  node = await adapterOf(tested, ['receive', 'onchain'])
})
afterAll(async () => {
  await node.close()
  await network.remove()
})

let ids = 0

function wanted(
  outputs: FundTransaction['outputs'],
  terms: Partial<FundTransaction> = {},
): FundTransaction {
  return {
    outputs,
    satPerVbyte: 5,
    lockId: Buffer.alloc(32, ++ids),
    lockSeconds: 600,
    minimumConfirmations: 1,
    ...terms,
  }
}

async function receive(amountSat: bigint): Promise<string> {
  const address = await node.onchain!.newAddress('taproot')
  await network.chain.send(address, amountSat)
  await network.mine(1)
  return tested.waitFor('the coin', async () => {
    const coins = await node.onchain!.unspent()
    return coins.find((coin) => coin.address === address && coin.confirmations > 0)?.outpoint
  })
}

async function refusalOf(work: Promise<unknown>): Promise<string> {
  const error: unknown = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  assert.ok(PaymentNodeError.is(error, 'node.refused'), `expected a refusal, got ${error}`)
  return error.details.reason
}

const make = async (request: FundTransaction) => {
  const funded = await node.funding!.fund(request)
  return { funded, signed: await node.funding!.sign(funded.psbt) }
}

test('the reply of a funding is lost: unknown, and the leases say by their id what it locked', async () => {
  const coin = await receive(200_000n)
  const proxy = await startTcpProxy(tested.details.rpcAddress)
  const distant = lnd({
    address: proxy.address,
    certificate: { path: tested.details.certificatePath },
    macaroon: { hex: await bakeFor(tested, ['receive', 'onchain']) },
  })
  await distant.getInfo()
  const request = wanted({ [await network.node('carol').newAddress()]: 50_000n })
  await proxy.setMode('swallow-replies')
  const outcome = expect(distant.funding!.fund(request)).rejects.toMatchObject({
    code: 'node.unavailable',
    details: { outcome: 'unknown' },
  })
  const lockId = Buffer.from(request.lockId).toString('hex')
  const held = () =>
    node.funding!.leases().then((all) => all.filter((lease) => lease.lockId === lockId))
  await tested.waitFor('the lock', async () => (await held()).length > 0)
  await proxy.cut()
  await outcome
  expect((await held()).map(({ outpoint }) => outpoint)).toEqual([coin])
  await node.funding!.release(request.lockId, [coin])
  expect(await held()).toEqual([])
  await distant.close()
  await proxy.close()
})

interface Output {
  readonly value: number
  readonly scriptPubKey: { readonly hex: string; readonly addresses?: readonly string[] }
}

test('each payee has exactly his amount in the block, whatever his address', async () => {
  await receive(400_000n)
  const carol = network.node('carol')
  const { address: nested } = await carol.rpc<{ address: string }>(
    'lnrpc.Lightning',
    'NewAddress',
    {
      type: 'NESTED_PUBKEY_HASH',
    },
  )
  const outputs = {
    [await carol.newAddress()]: 50_000n,
    [await carol.newAddress('WITNESS_PUBKEY_HASH')]: 40_000n,
    [nested]: 30_000n,
  }
  const { funded, signed } = await make(wanted(outputs))
  await node.onchain!.publish(signed.rawTransaction, 'three payouts')
  await network.mine(1)
  const read = await network.chain.rpc<{ vout: readonly Output[]; vsize: number }>(
    'getrawtransaction',
    [signed.transactionId, 1],
  )
  const paid = read.vout.map(({ value, scriptPubKey }) => [
    scriptPubKey.addresses?.[0],
    BigInt(Math.round(value * 1e8)),
  ])
  for (const payment of Object.entries(outputs)) expect(paid).toContainEqual(payment)
  expect(paid).toHaveLength(4)
  expect(paid[funded.changeIndex]![1]).toBe(funded.changeSat)
  expect(read.vsize).toBe(signed.virtualBytes)
})

test('many payouts share one transaction', async () => {
  await receive(3_000_000n)
  const carol = network.node('carol')
  const addresses = await Promise.all(Array.from({ length: 100 }, () => carol.newAddress()))
  const outputs = Object.fromEntries(addresses.map((address) => [address, 10_000n]))
  const { funded, signed } = await make(wanted(outputs))
  expect(Number(funded.feeSat)).toBeGreaterThanOrEqual(5 * signed.virtualBytes)
  await node.onchain!.publish(signed.rawTransaction, 'a hundred payouts')
  await network.mine(1)
  await network.chain.rpc('getrawtransaction', [signed.transactionId, 1])
})

test('what the mempool does not take is refused, and is taken when the reason is gone', async () => {
  const coin = await receive(300_000n)
  const address = await network.node('carol').newAddress()
  const request = wanted({ [address]: 50_000n }, { coins: [coin] })
  const cheap = await make({ ...request, satPerVbyte: 0.25 })
  // "insufficient fee": btcd says the same of too poor a replacement.
  const tooCheap = node.onchain!.publish(cheap.signed.rawTransaction, 'cheap')
  expect(await refusalOf(tooCheap)).toBe('rejected')
  await node.funding!.release(request.lockId, [coin])
  const parent = await make(request)
  await node.onchain!.publish(parent.signed.rawTransaction, 'parent')
  const change = `${parent.signed.transactionId}:${parent.funded.changeIndex}`
  const child = await make(wanted({}, { coins: [change], minimumConfirmations: 0 }))
  await node.onchain!.publish(child.signed.rawTransaction, 'child')
  await network.mine(1)
  const spent = node.onchain!.publish(cheap.signed.rawTransaction, 'cheap')
  expect(await refusalOf(spent)).toBe('input-spent')
  // A reorganization takes both back; either may be published first.
  await network.chain.takeBack(1)
  await node.onchain!.publish(child.signed.rawTransaction, 'child')
  await node.onchain!.publish(parent.signed.rawTransaction, 'parent')
  await network.mine(2)
  await node.onchain!.publish(child.signed.rawTransaction, 'child')
})

test('what LND chose the coins for cannot be replaced, so that its rival is refused at once', async () => {
  const coins = await node.onchain!.unspent()
  const spare = wanted(
    {},
    { coins: coins.map(({ outpoint }) => outpoint), minimumConfirmations: 0 },
  )
  await node.funding!.fund(spare)
  const coin = await receive(300_000n)
  const request = wanted({ [await network.node('carol').newAddress()]: 50_000n })
  const first = await make(request)
  expect(first.funded.inputs).toEqual([coin])
  await node.funding!.release(request.lockId, [coin])
  const rival = await make({ ...request, satPerVbyte: 50 })
  await node.onchain!.publish(first.signed.rawTransaction, 'first')
  const late = () => node.onchain!.publish(rival.signed.rawTransaction, 'rival')
  // The same words as when it is in a block: they do not say that it is over.
  expect(await refusalOf(late())).toBe('input-spent')
  await network.mine(1)
  expect(await refusalOf(late())).toBe('input-spent')
  await node.funding!.release(spare.lockId, spare.coins!)
})
