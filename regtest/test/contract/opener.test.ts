import assert from 'node:assert/strict'
import {
  type LightningNode,
  type OpenChannel,
  PaymentNodeError,
  type PendingChannel,
} from '@payment-node/core'
import { lnd } from '@payment-node/lnd-adapter'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { sharedNetwork } from '../../shared-network.ts'
import type { RunningNode } from '../../start-node.ts'
import { startTcpProxy } from '../../tcp-proxy.ts'
import { adapterOf, bakeFor, keeperRoles } from './adapter-of.ts'
import { startAcceptor } from './channel-acceptor.ts'

// What the contract cannot ask of every implementation: losses in the middle, and LND's own words.

const network = sharedNetwork()
let tested: RunningNode
let taker: RunningNode
let slow: RunningNode
let node: LightningNode

beforeAll(async () => {
  tested = await network.addNode({ alias: 'opener', fundSat: 2_000_000 })
  taker = await network.addNode({
    alias: 'taker',
    fundSat: 0,
    flags: ['--acceptortimeout=60s'],
  })
  slow = await network.addNode({
    alias: 'slow',
    fundSat: 0,
    flags: ['--bitcoin.defaultchanconfs=3'],
  })
  node = await adapterOf(tested)
  for (const { publicKey, details } of [taker, slow]) {
    await node.opener!.connect(publicKey, details.peerAddress)
  }
})
afterAll(async () => {
  await node.close()
  await network.remove()
})

let intents = 0

/** A request with a fresh confirmed coin of its own. */
async function wanted(
  peer: RunningNode,
  coinSat: bigint,
  more: Partial<OpenChannel> = {},
): Promise<OpenChannel> {
  const address = await node.onchain!.newAddress('taproot')
  await network.chain.send(address, coinSat)
  await network.mine(1)
  const outpoint = await tested.waitFor('the coin', async () => {
    const coins = await node.onchain!.unspent()
    return coins.find((coin) => coin.address === address && coin.confirmations > 0)?.outpoint
  })
  return {
    peer: peer.publicKey,
    capacitySat: 300_000n,
    satPerVbyte: 5,
    outpoints: [outpoint],
    memo: `intent-${++intents}`,
    isPrivate: false,
    ...more,
  }
}

async function refusalOf(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  assert.ok(PaymentNodeError.is(error, 'node.refused'), `expected a refusal, got ${error}`)
  return error.details.reason
}

const opening = async (memo: string): Promise<PendingChannel | undefined> =>
  (await node.listPendingChannels()).find((one) => one.memo === memo && one.state === 'opening')

const isFree = async ({ outpoints: [wantedCoin] }: OpenChannel): Promise<boolean> =>
  (await node.onchain!.unspent()).some(({ outpoint }) => outpoint === wantedCoin)

test('a peer refuses in words of its own, which cannot pass for those of LND', async () => {
  using acceptor = await startAcceptor(taker)
  const request = await wanted(taker, 400_000n)
  for (const words of ['not today', 'server is shutting down', 'chan size of 5 sat']) {
    const work = node.opener!.open(request)
    await acceptor.asked()
    acceptor.reject(words)
    await expect(work).rejects.toMatchObject({
      code: 'node.refused',
      details: { reason: 'peer-refused' },
      message: expect.stringContaining(words),
    })
    await tested.waitFor('the coin to be free', () => isFree(request))
  }
})

test('a peer that dies in the middle leaves the outcome unknown, and the coin free', async () => {
  using acceptor = await startAcceptor(taker)
  const request = await wanted(taker, 400_000n)
  const work = node.opener!.open(request)
  const outcome = expect(work).rejects.toMatchObject({
    code: 'node.unavailable',
    details: { outcome: 'unknown' },
    message: expect.stringContaining('peer disconnected'),
  })
  await acceptor.asked()
  await taker.kill()
  await outcome
  expect(await opening(request.memo)).toBeUndefined()
  await tested.waitFor('the coin to be free', () => isFree(request))
  await taker.start()
  await taker.waitUntilSynced()
  await node.opener!.connect(taker.publicKey, taker.details.peerAddress)
})

test('an agreement that comes after our deadline is found by its memo, and opens once', async () => {
  using acceptor = await startAcceptor(taker)
  const request = await wanted(taker, 400_000n)
  const impatient = lnd({
    address: tested.details.rpcAddress,
    certificate: { path: tested.details.certificatePath },
    macaroon: { hex: await bakeFor(tested, keeperRoles) },
    peerDeadlineMilliseconds: 1000,
  })
  await expect(impatient.opener!.open(request)).rejects.toMatchObject({
    code: 'node.unavailable',
    details: { outcome: 'unknown' },
  })
  await impatient.close()
  expect(await opening(request.memo)).toBeUndefined()
  // Its inputs are LND's for this open, so that a retry cannot open a second channel.
  expect(await refusalOf(node.opener!.open(request))).toBe('outpoints-unavailable')
  await acceptor.asked()
  acceptor.accept()
  const found = await tested.waitFor('the channel', () => opening(request.memo))
  expect(found).toMatchObject({ peer: taker.publicKey, isInitiator: true })
  expect(await refusalOf(node.opener!.open(request))).toBe('outpoints-unavailable')
})

test('the reply of an open is lost: unknown, and the channel is there with its memo', async () => {
  const proxy = await startTcpProxy(tested.details.rpcAddress)
  const distant = lnd({
    address: proxy.address,
    certificate: { path: tested.details.certificatePath },
    macaroon: { hex: await bakeFor(tested, keeperRoles) },
  })
  await distant.getInfo()
  const request = await wanted(taker, 400_000n)
  await proxy.setMode('swallow-replies')
  const outcome = expect(distant.opener!.open(request)).rejects.toMatchObject({
    code: 'node.unavailable',
    details: { outcome: 'unknown' },
  })
  const { channelPoint } = await tested.waitFor('the channel', () => opening(request.memo))
  await proxy.cut()
  await outcome
  const transactions = await node.onchain!.transactions(0)
  const funding = transactions.find(
    ({ transactionId }) => transactionId === channelPoint.split(':')[0],
  )
  expect(funding?.spends).toEqual(request.outpoints)
  await distant.close()
  await proxy.close()
  await network.mine(3)
  await tested.waitUntilChannelActive(channelPoint)
})

test('a channel that opens is neither closed cooperatively nor abandoned with its money', async () => {
  const request = await wanted(slow, 400_000n)
  const { channelPoint } = await node.opener!.open(request)
  const close = () => node.opener!.close({ channelPoint, isForce: false })
  const abandon = () => node.opener!.abandon(channelPoint)
  const policy = { channelPoint, baseFeeMsat: 7n, feeRatePpm: 77, timeLockDeltaBlocks: 77 }
  expect(await refusalOf(close())).toBe('channel-state')
  expect(await refusalOf(node.policies!.write(policy))).toBe('channel-state')
  expect((await opening(request.memo))?.fundingExpiryBlocks).toBe(2016)
  await network.mine(1)
  expect((await opening(request.memo))?.fundingExpiryBlocks).toBe(2015)
  await tested.waitFor('LND to see the funding in its block', async () => {
    const { pending_open_channels } = await tested.rpc<{
      pending_open_channels: { confirmation_height: number }[]
    }>('lnrpc.Lightning', 'PendingChannels')
    return pending_open_channels.some(({ confirmation_height }) => confirmation_height > 0)
  })
  expect(await refusalOf(abandon())).toBe('channel-state')
  await network.mine(2)
  await tested.waitUntilChannelActive(channelPoint)
  expect(await refusalOf(abandon())).toBe('channel-state')
  // Three blocks are too few for an announcement (BOLT7), and a private channel gets none.
  const own = await wanted(taker, 400_000n, { isPrivate: true })
  const hidden = await node.opener!.open(own)
  await network.mine(3)
  await tested.waitUntilChannelActive(hidden.channelPoint)
  for (const point of [channelPoint, hidden.channelPoint]) {
    const read = async () => (await node.policies!.read()).find((one) => one.channelPoint === point)
    // Active comes before the graph knows the channel; until then LND takes no policy.
    await tested.waitFor('a policy to replace', read)
    await node.policies!.write({ ...policy, channelPoint: point })
    expect(await read()).toEqual({ ...policy, channelPoint: point })
  }
  const short = node.policies!.write({ ...policy, timeLockDeltaBlocks: 1 })
  expect(await refusalOf(short)).toBe('other')
})

test('a coin that something leased is not listed and funds nothing, until it is released', async () => {
  const request = await wanted(taker, 400_000n)
  const [txid_str, index] = (request.outpoints[0] as string).split(':')
  const lease = { id: Buffer.alloc(32, 7), outpoint: { txid_str, output_index: Number(index) } }
  await tested.rpc('walletrpc.WalletKit', 'LeaseOutput', lease)
  expect(await isFree(request)).toBe(false)
  expect(await refusalOf(node.opener!.open(request))).toBe('outpoints-unavailable')
  await tested.rpc('walletrpc.WalletKit', 'ReleaseOutput', lease)
  expect(await isFree(request)).toBe(true)
})

test('what LND itself does not do has its reason', async () => {
  const self = { publicKey: tested.publicKey, address: tested.details.peerAddress }
  expect(await refusalOf(node.opener!.connect(self.publicKey, self.address))).toBe('other')
  const request = await wanted(taker, 400_000n)
  expect(await refusalOf(node.opener!.open({ ...request, peer: self.publicKey }))).toBe('other')
  const dear = { ...request, capacitySat: 20_000n, satPerVbyte: 1000 }
  expect(await refusalOf(node.opener!.open(dear))).toBe('other')
})

test('publishing what others spent is refused, what confirmed and was spent on is not', async () => {
  // 5 sat/vB for about 150 vB: nothing is left that would be worth a change output.
  const request = await wanted(taker, 300_800n)
  const [outpoint] = request.outpoints as [string]
  const [txid_str, index] = outpoint.split(':') as [string, string]
  const rival = await signSpending(txid_str, Number(index))
  const { channelPoint } = await node.opener!.open(request)
  const [transactionId] = channelPoint.split(':')
  const all = await node.onchain!.transactions(0)
  const funding = all.find((one) => one.transactionId === transactionId)
  assert.ok(funding)
  // It would have to pay more than what it replaces (BIP125).
  expect(await refusalOf(node.onchain!.publish(rival, 'rival'))).toBe('rejected')
  await network.mine(3)
  await tested.waitUntilChannelActive(channelPoint)
  expect(await refusalOf(node.onchain!.publish(rival, 'rival'))).toBe('input-spent')
  await node.opener!.close({ channelPoint, isForce: false, satPerVbyte: 5 })
  await network.mine(6)
  await node.onchain!.publish(funding.rawTransaction, 'again')
  expect(await refusalOf(node.onchain!.publish(Buffer.alloc(60), 'nothing'))).toBe('malformed')
})

/** A transaction of the node that spends an outpoint, signed and not published, with nothing locked. */
async function signSpending(txid_str: string, output_index: number): Promise<Buffer> {
  const wallet = 'walletrpc.WalletKit'
  const funded = await tested.rpc<{
    funded_psbt: Buffer
    locked_utxos: { id: Buffer; outpoint: object }[]
  }>(wallet, 'FundPsbt', {
    raw: {
      inputs: [{ txid_str, output_index }],
      outputs: { [await tested.newAddress()]: '100000' },
    },
    sat_per_vbyte: '5',
  })
  const { raw_final_tx } = await tested.rpc<{ raw_final_tx: Buffer }>(wallet, 'FinalizePsbt', {
    funded_psbt: funded.funded_psbt,
  })
  for (const { id, outpoint } of funded.locked_utxos) {
    await tested.rpc(wallet, 'ReleaseOutput', { id, outpoint })
  }
  return raw_final_tx
}
