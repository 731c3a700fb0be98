import type { BoltzFault, BoltzSwap } from '@payment-node/testkit/boltz-server'
import { Transaction } from 'bitcoinjs-lib'
import { afterAll, expect, test } from 'vitest'
import {
  type ClientSwap,
  claimAlone,
  createSwap,
  findOutput,
} from '../../../packages/testkit/test/boltz-server/small-client.ts'
import { startBoltzServer } from '../../boltz-server/index.ts'
import { sharedNetwork } from '../../shared-network.ts'
import { waitUntil } from '../../wait-until.ts'
import { destination, overHttp, waitForStatus } from './regtest-client.ts'

const network = sharedNetwork()
const [alice, bob] = [network.node('alice'), network.node('bob')]
const { chain } = alice
await bob.fund(4_000_000, 16)
const server = await startBoltzServer({
  node: bob,
  clientNode: alice,
  settings: { timeoutBlocks: 60, cltvMarginBlocks: 60 },
})
const way = overHttp(server)
afterAll(async () => {
  await server.close()
  await network.remove()
})

interface Seen {
  readonly swap: ClientSwap
  readonly record: BoltzSwap
  readonly lockup: NonNullable<BoltzSwap['lockup']>
}

/** Whether btcd has a transaction in a block, waiting, or not at all. */
async function stateOf(transactionId: string): Promise<'confirmed' | 'waiting' | 'gone'> {
  if ((await chain.mempool()).includes(transactionId)) return 'waiting'
  const found = await chain
    .rpc<{ confirmations?: number }>('getrawtransaction', [transactionId, 1])
    .catch(() => undefined)
  return (found?.confirmations ?? 0) > 0 ? 'confirmed' : 'gone'
}

const paidOutputs = ({ swap, lockup }: Seen): readonly bigint[] => {
  const { index } = findOutput(swap, lockup.hex)
  const { outs } = Transaction.fromHex(lockup.hex)
  const { script } = outs[index]!
  return outs.filter((one) => Buffer.compare(one.script, script) === 0).map(({ value }) => value)
}

/** The server takes the lockup at once, by a leaf, and btcd lets it. */
const takesBack = async ({ record, lockup }: Seen): Promise<void> => {
  await network.mine(1)
  await waitUntil('the theft', () => record.refund !== undefined, {
    describe: () => JSON.stringify(server.errors.map(String)),
  })
  await network.mine(1)
  expect(await stateOf(record.refund!.transactionId)).toBe('confirmed')
  const [input] = Transaction.fromHex(record.refund!.hex).ins
  expect(Buffer.from(input!.hash).reverse().toString('hex')).toBe(lockup.transactionId)
}

/** What each fault does on the real chain, from the moment that its lockup is told. */
const faults: Partial<Record<BoltzFault, (seen: Seen) => Promise<void>>> = {
  'lockup-small': async (seen) => expect(paidOutputs(seen)).toEqual([44_497n]),
  'lockup-dust': async (seen) => expect(paidOutputs(seen)).toEqual([330n]),
  'lockup-two-outputs': async (seen) => expect(paidOutputs(seen)).toEqual([24_721n, 24_721n]),
  'lockup-p2wsh': async ({ swap, lockup }) => {
    await network.mine(1)
    expect(await stateOf(lockup.transactionId)).toBe('confirmed')
    expect(() => findOutput(swap, lockup.hex)).toThrow('does not pay')
  },
  'lockup-unpublished': async ({ lockup }) => {
    await network.mine(1)
    expect(await stateOf(lockup.transactionId)).toBe('gone')
  },
  'lockup-replaced': async ({ lockup }) => {
    await network.mine(1)
    expect(await stateOf(lockup.transactionId)).toBe('gone')
  },
  'lockup-reorganized-and-replaced': async ({ swap, lockup }) => {
    await network.mine(1)
    await waitForStatus(way, swap, 'transaction.confirmed', server)
    await waitUntil(
      'the other branch',
      async () => (await stateOf(lockup.transactionId)) === 'gone',
    )
  },
  'lockup-reorganized': async ({ swap, record, lockup }) => {
    const before = await chain.height()
    await network.mine(1)
    await waitForStatus(way, swap, 'transaction.confirmed', server)
    await waitUntil('the other branch', async () => (await chain.height()) === before + 2)
    expect([record.wasReorganized, await stateOf(lockup.transactionId)]).toEqual([
      true,
      'confirmed',
    ])
  },
  'extra-leaf-hidden': takesBack,
  'address-other-tree': takesBack,
  'refund-leaf-without-timeout': takesBack,
  'claim-leaf-other-hash': async ({ swap, lockup }) => {
    await network.mine(1)
    const claim = claimAlone(swap, lockup.hex, destination).toHex()
    await expect(chain.rpc('sendrawtransaction', [claim])).rejects.toThrow(/EQUALVERIFY/)
  },
}

test('faults that reach the chain do on btcd what they do on the simulated one', async () => {
  const wrong: string[] = []
  for (const [name, look] of Object.entries(faults)) {
    server.faults.set(name as BoltzFault)
    const swap = await createSwap(way, 50_000)
    const paid = alice.pay(swap.told.invoice)
    const record = server.swaps().at(-1)!
    await waitForStatus(way, swap, 'transaction.mempool', server)
    await look({ swap, record, lockup: record.lockup! }).catch((error: unknown) => {
      wrong.push(`${name}: ${error}`)
    })
    if (!server.faults.struck.includes(name as BoltzFault)) wrong.push(`${name} never happened`)
    server.faults.clear()
    await bob.cancelHold(Buffer.from(swap.paymentHash, 'hex'))
    if ((await paid).status !== 'FAILED') wrong.push(`${name}: the payment did not return`)
  }
  expect(wrong).toEqual([])
  expect(server.errors).toEqual([])
})

test('invoices that lie are ones that LND reads, or refuses', async () => {
  const decode = (invoice: string): Promise<Record<string, string>> =>
    alice.rpc('lnrpc.Lightning', 'DecodePayReq', { pay_req: invoice })
  const seen: Record<string, unknown> = {}
  for (const fault of [
    'invoice-off-by-msat',
    'invoice-without-amount',
    'invoice-huge-cltv',
    'invoice-own-node',
    'invoice-expired',
    'invoice-other-network',
  ] as const) {
    server.faults.set(fault)
    const { told } = await createSwap(way, 50_000)
    seen[fault] = await decode(told.invoice).then(
      ({ num_msat, cltv_expiry, destination: payee, expiry, timestamp }) => ({
        num_msat,
        isFar: Number(cltv_expiry) === 2016,
        isOurs: payee === alice.publicKey,
        isExpired: (Number(timestamp) + Number(expiry)) * 1000 < Date.now(),
      }),
      (error: Error) => /invoice not for current active network/.test(error.message),
    )
  }
  server.faults.clear()
  const honest = { num_msat: '50000000', isFar: false, isOurs: false, isExpired: false }
  expect(seen).toEqual({
    'invoice-off-by-msat': { ...honest, num_msat: '50000001' },
    'invoice-without-amount': { ...honest, num_msat: '0' },
    'invoice-huge-cltv': { ...honest, isFar: true },
    'invoice-own-node': { ...honest, isOurs: true },
    'invoice-expired': { ...honest, isExpired: true },
    'invoice-other-network': true,
  })
})
