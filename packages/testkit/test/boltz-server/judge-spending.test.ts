import { createHash } from 'node:crypto'
import { Transaction } from 'bitcoinjs-lib'
import * as curve from 'tiny-secp256k1'
import { expect, test } from 'vitest'
import { judgeTaprootSpending } from '../../src/boltz-server/index.ts'
import { createMusigSigner } from '../../src/boltz-server/musig-signer.ts'
import {
  honestTree,
  leafHash,
  merklePath,
  merkleRoot,
  type SwapTree,
  taprootScript,
} from '../../src/boltz-server/swap-tree.ts'
import { createWorld } from './simulated-world.ts'

const timeoutHeight = 700
const amountSat = 50_000n
const client = secretOf('client')
const server = secretOf('server')

interface Spending {
  readonly tree: SwapTree
  readonly leaf: 'claimLeaf' | 'refundLeaf'
  readonly secret: Buffer
  readonly items?: readonly Uint8Array[]
  readonly lockTime?: number
  readonly sequence?: number
}

function secretOf(name: string): Buffer {
  return createHash('sha256').update(name).digest()
}

function publicKeyOf(secret: Buffer): string {
  return Buffer.from(curve.pointFromScalar(secret, true)!).toString('hex')
}

function treeOf(preimage: Uint8Array): SwapTree {
  return honestTree({
    paymentHash: createHash('sha256').update(preimage).digest('hex'),
    claimPublicKey: publicKeyOf(client),
    refundPublicKey: publicKeyOf(server),
    timeoutHeight,
  })
}

/** What the judge says to a spending by a leaf, signed by the key that is given. */
async function judge(spending: Spending): Promise<string | undefined> {
  const { tree, leaf, secret, items = [], lockTime = 0, sequence = 0xfffffffd } = spending
  const publicKeys = [publicKeyOf(server), publicKeyOf(client)]
  const key = await createMusigSigner().aggregate({ publicKeys, merkleRoot: merkleRoot(tree) })
  const script = taprootScript(key.outputKey)
  const transaction = new Transaction()
  transaction.version = 2
  transaction.locktime = lockTime
  transaction.addInput(Buffer.alloc(32, 1), 0, sequence)
  transaction.addOutput(Buffer.from([0x51]), 1000n)
  const hash = transaction.hashForWitnessV1(0, [script], [amountSat], 0, leafHash(tree[leaf]))
  transaction.setWitness(0, [
    curve.signSchnorr(hash, secret),
    ...items,
    Buffer.from(tree[leaf].output, 'hex'),
    Buffer.concat([
      Buffer.from([tree[leaf].version | key.parity]),
      Buffer.from(key.internalKey, 'hex'),
      ...merklePath(tree, leaf),
    ]),
  ])
  const spent = [{ script: Buffer.from(script).toString('hex'), amountSat }]
  return judgeTaprootSpending({ rawTransaction: transaction.toBuffer(), spent })
}

test('the refund leaf opens with the timeout, to its own key, and to a lock time that has effect', async () => {
  const tree = treeOf(Buffer.alloc(32, 9))
  const refund = { tree, leaf: 'refundLeaf', secret: server, lockTime: timeoutHeight } as const
  expect(await judge(refund)).toBeUndefined()
  expect(await judge({ ...refund, lockTime: timeoutHeight - 1 })).toMatch(/before/)
  expect(await judge({ ...refund, sequence: 0xffffffff })).toMatch(/no effect/)
  expect(await judge({ ...refund, secret: client })).toMatch(/signature/)
})

test('the claim leaf opens to 32 bytes of the right hash, to its own key', async () => {
  const preimage = Buffer.alloc(32, 9)
  const claim = { leaf: 'claimLeaf', secret: client } as const
  expect(await judge({ ...claim, tree: treeOf(preimage), items: [preimage] })).toBeUndefined()
  const other = await judge({ ...claim, tree: treeOf(preimage), items: [Buffer.alloc(32, 8)] })
  expect(other).toMatch(/differ/)
  const short = Buffer.alloc(31, 9)
  expect(await judge({ ...claim, tree: treeOf(short), items: [short] })).toMatch(/differ/)
  const byServer = { ...claim, tree: treeOf(preimage), items: [preimage], secret: server }
  expect(await judge(byServer)).toMatch(/signature/)
})

test('the simulated network takes no transaction before its lock time, and none that creates money', async () => {
  const world = createWorld()
  const swap = await world.create()
  await world.pay(swap)
  await world.mine()
  const { lockup } = world.server.swaps()[0]!
  const spend = (amount: bigint, lockTime: number): Uint8Array => {
    const transaction = new Transaction()
    transaction.version = 2
    transaction.locktime = lockTime
    transaction.addInput(Transaction.fromHex(lockup!.hex).getHash(), lockup!.outputIndex, 0)
    transaction.addOutput(Buffer.from([0x51]), amount)
    transaction.setWitness(0, [Buffer.alloc(64)])
    return transaction.toBuffer()
  }
  // Scripts are no matter here: nobody judges them.
  world.network.setSpendJudge(() => undefined)
  const { network } = world
  const publish = (raw: Uint8Array): string => network.publishRaw(raw, {})
  expect(() => publish(spend(1000n, network.blockHeight + 1))).toThrow('rejected')
  expect(() => publish(spend(lockup!.amountSat + 1n, 0))).toThrow('rejected')
  expect(publish(spend(1000n, network.blockHeight))).toMatch(/^[0-9a-f]{64}$/)
  await world.server.close()
})
