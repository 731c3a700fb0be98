import { PaymentNodeError } from '@payment-node/core'
import { macaroonPermissions } from '@payment-node/lnd-adapter'
import { afterAll, expect, test } from 'vitest'
import { sharedNetwork } from '../../shared-network.ts'
import { openShop } from '../scenarios/shop.ts'
import { adapterOf, keeperRoles, swapperRoles } from './adapter-of.ts'

// That a macaroon of exactly the keeper's roles allows every call is what the contract runs with.

const network = sharedNetwork()
const alice = network.node('alice')
const bob = network.node('bob')
afterAll(() => network.remove())

test('the diagnosis finds the macaroon of a keeper that swaps enough, and not too much', async () => {
  const node = await adapterOf(alice, swapperRoles)
  const entries = await node.diagnose!()
  const unwell = entries.filter(({ result }) => result !== 'ok')
  expect(unwell).toEqual([])
  expect(entries.map(({ check }) => check)).toContain('permissions')
  await node.close()
})

test('receive and pay are enough to start, and the rest is refused by name', async () => {
  const shop = await openShop(alice)
  await shop.node.start()
  await shop.event('node.ready')
  await shop.remove()

  const node = await adapterOf(alice, ['receive', 'pay'])
  await node.getInfo()
  const channelPoint = `${'ab'.repeat(32)}:0`
  const script = `5120${'ab'.repeat(32)}`
  const never = new AbortController().signal
  const first = (events: AsyncIterable<unknown>): Promise<unknown> =>
    events[Symbol.asyncIterator]().next()
  const lightning = '/lnrpc.Lightning'
  const wallet = '/walletrpc.WalletKit'
  const calls: readonly [path: string, call: () => Promise<unknown>][] = [
    [
      `${lightning}/ConnectPeer`,
      () => node.opener!.connect(bob.publicKey, bob.details.peerAddress),
    ],
    [
      `${lightning}/OpenChannelSync`,
      () =>
        node.opener!.open({
          peer: bob.publicKey,
          capacitySat: 100_000n,
          satPerVbyte: 5,
          outpoints: [channelPoint],
          memo: '',
          isPrivate: false,
        }),
    ],
    [`${lightning}/CloseChannel`, () => node.opener!.close({ channelPoint, isForce: true })],
    [`${lightning}/GetNodeInfo`, () => node.graph!.findNode(bob.publicKey)],
    [`${lightning}/GetNodeInfo`, () => node.policies!.read()],
    [
      `${lightning}/UpdateChannelPolicy`,
      () =>
        node.policies!.write({
          channelPoint,
          baseFeeMsat: 0n,
          feeRatePpm: 0,
          timeLockDeltaBlocks: 80,
        }),
    ],
    [
      `${lightning}/ForwardingHistory`,
      () => node.forwards!.list({ startTime: 0, endTime: 1, offset: 0, limit: 1 }),
    ],
    [`${lightning}/NewAddress`, () => node.onchain!.newAddress('taproot')],
    [`${lightning}/GetTransactions`, () => node.onchain!.transactions(0)],
    [`${wallet}/ListUnspent`, () => node.onchain!.unspent()],
    [`${wallet}/EstimateFee`, () => node.onchain!.estimateFeerate(6)],
    [`${wallet}/RequiredReserve`, () => node.onchain!.requiredReserve(1)],
    [`${wallet}/PublishTransaction`, () => node.onchain!.publish(Buffer.alloc(60), '')],
    [
      `${wallet}/FundPsbt`,
      () =>
        node.funding!.fund({
          outputs: {},
          satPerVbyte: 1,
          lockId: Buffer.alloc(32),
          lockSeconds: 1,
          minimumConfirmations: 1,
          coins: [channelPoint],
        }),
    ],
    [`${wallet}/FinalizePsbt`, () => node.funding!.sign(Buffer.alloc(60))],
    [`${wallet}/ReleaseOutput`, () => node.funding!.release(Buffer.alloc(32), [channelPoint])],
    [
      '/chainrpc.ChainNotifier/RegisterConfirmationsNtfn',
      () =>
        first(node.chain!.watchConfirmation({ script, confirmations: 1, fromHeight: 1 }, never)),
    ],
    [
      '/chainrpc.ChainNotifier/RegisterSpendNtfn',
      () => first(node.chain!.watchSpend({ outpoint: channelPoint, script, fromHeight: 1 }, never)),
    ],
    [`${wallet}/ListLeases`, () => node.funding!.leases()],
  ]
  for (const [path, call] of calls) {
    const error: unknown = await call().catch((thrown) => thrown)
    expect(PaymentNodeError.is(error, 'node.macaroon-rejected'), `${path}: ${error}`).toBe(true)
    const { details } = error as PaymentNodeError<'node.macaroon-rejected'>
    expect(details).toEqual({ reason: 'permission-denied', call: path })
  }
  // Abandoning what LND does not list needs no call.
  await node.opener!.abandon(channelPoint)
  await node.close()
})

test('the diagnosis says which of the wanted roles a macaroon lacks', async () => {
  const poor = await adapterOf(alice, ['receive', 'pay'])
  expect((await poor.diagnose!()).find(({ check }) => check === 'permissions')?.result).toBe('ok')
  await poor.close()
  const node = await adapterOf(alice, ['receive', 'pay', 'onchain'], keeperRoles)
  const found = (await node.diagnose!()).find(({ check }) => check === 'permissions')
  expect(found?.result).toBe('failed')
  expect(found?.says).toMatch(/^The macaroon is not enough for channels\. /)
  const had = new Set(macaroonPermissions(['receive', 'pay', 'onchain']))
  for (const uri of macaroonPermissions(keeperRoles)) {
    expect(found?.says.includes(`${uri} `), uri).toBe(!had.has(uri))
  }
  await node.close()
})
