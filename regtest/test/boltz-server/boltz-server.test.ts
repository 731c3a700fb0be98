import { Transaction } from 'bitcoinjs-lib'
import { afterAll, expect, test } from 'vitest'
import {
  ask,
  type ClientSwap,
  claimAlone,
  claimTogether,
  createSwap,
} from '../../../packages/testkit/test/boltz-server/small-client.ts'
import { startBoltzServer } from '../../boltz-server/index.ts'
import { sharedNetwork } from '../../shared-network.ts'
import { destination, overHttp, statusOf, waitForStatus } from './regtest-client.ts'

const network = sharedNetwork()
const [alice, bob] = [network.node('alice'), network.node('bob')]
const { chain } = alice
await bob.fund(3_000_000, 6)
const server = await startBoltzServer({
  node: bob,
  clientNode: alice,
  settings: { timeoutBlocks: 20, cltvMarginBlocks: 60 },
})
afterAll(async () => {
  await server.close()
  await network.remove()
})

const way = overHttp(server)
const waitFor = (swap: ClientSwap, status: string): Promise<unknown> =>
  waitForStatus(way, swap, status, server)
const lockupOf = (swap: ClientSwap): Promise<{ hex: string }> =>
  ask(way, 'GET', `/swap/reverse/${swap.told.id}/transaction`)
/** Creates and pays a swap, and waits until its lockup is in a block. */
async function lockedUp(): Promise<{ swap: ClientSwap; hex: string; paid: Promise<unknown> }> {
  const swap = await createSwap(way, 50_000)
  const paid = alice.pay(swap.told.invoice)
  await waitFor(swap, 'transaction.mempool')
  await network.mine(1)
  await waitFor(swap, 'transaction.confirmed')
  return { swap, hex: (await lockupOf(swap)).hex, paid }
}

test('a swap is claimed together with the server, as btcd accepts it, and settled before', async () => {
  const { swap, hex, paid } = await lockedUp()
  const claim = await claimTogether(way, swap, hex, destination)
  expect((await bob.lookupInvoice(Buffer.from(swap.paymentHash, 'hex'))).state).toBe('SETTLED')
  expect(await paid).toMatchObject({ status: 'SUCCEEDED' })
  const { outs } = claim
  expect(outs[0]!.value).toBe(BigInt(50_000 - 250 - 308 - 300))
  // A second one with a higher fee replaces it, with fresh nonces.
  const better = await claimTogether(way, swap, hex, destination, 1000n)
  const first = await chain.rpc<string>('sendrawtransaction', [claim.toHex()])
  expect(await chain.mempool()).toContain(first)
  const second = await chain.rpc<string>('sendrawtransaction', [better.toHex()])
  expect(await chain.mempool()).not.toContain(first)
  await network.mine(1)
  expect(await chain.mempool()).not.toContain(second)
  expect(Transaction.fromHex(better.toHex()).ins[0]!.witness[0]).toHaveLength(64)
})

test('a swap is claimed by its leaf alone, and the server takes the preimage from the chain', async () => {
  const { swap, hex, paid } = await lockedUp()
  server.isReachable = false
  await chain.rpc('sendrawtransaction', [claimAlone(swap, hex, destination).toHex()])
  await network.mine(1)
  expect(await paid).toMatchObject({ status: 'SUCCEEDED' })
  server.isReachable = true
  await waitFor(swap, 'invoice.settled')
})

test('after the timeout the server takes its lockup back, and the payment returns', async () => {
  const { swap, paid } = await lockedUp()
  const height = await chain.height()
  await network.mine(swap.told.timeoutBlockHeight - height - 1)
  expect(await statusOf(way, swap)).toBe('transaction.confirmed')
  await network.mine(1)
  await waitFor(swap, 'transaction.refunded')
  const { transactionId } = server.swaps().at(-1)!.refund!
  expect(await chain.mempool()).toContain(transactionId)
  await network.mine(1)
  await bob.waitUntilInvoice(Buffer.from(swap.paymentHash, 'hex'), 'CANCELED')
  expect(await paid).toMatchObject({ status: 'FAILED' })
  expect(server.errors).toEqual([])
})
