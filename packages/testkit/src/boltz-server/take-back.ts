import { Transaction } from 'bitcoinjs-lib'
import * as curve from 'tiny-secp256k1'
import type { BoltzSwap, ServerContext } from './server-context.ts'
import { leafHash, merklePath } from './swap-tree.ts'

/** Virtual bytes of a spending by the refund leaf, rounded up. */
const spendingBytes = 160

/** Takes the lockup back by a leaf that the server can satisfy; it is published when this resolves. */
export async function takeBack(context: ServerContext, swap: BoltzSwap): Promise<void> {
  const { chain } = context
  const { transactionId, outputIndex, amountSat, script } = swap.lockup!
  const { leaf: name, fromHeight } = swap.takeBack
  const leaf = swap.tree[name]!
  const feeSat = BigInt(Math.ceil(spendingBytes * Math.max(1, await chain.feerate())))
  const transaction = new Transaction()
  transaction.version = 2
  transaction.locktime = fromHeight
  transaction.addInput(Buffer.from(transactionId, 'hex').reverse(), outputIndex, 0xfffffffd)
  transaction.addOutput(await chain.walletScript(), amountSat - feeSat)
  const sighash = transaction.hashForWitnessV1(
    0,
    [script],
    [amountSat],
    Transaction.SIGHASH_DEFAULT,
    leafHash(leaf),
  )
  const signature = curve.signSchnorr(sighash, Buffer.from(swap.secretKey, 'hex'))
  const controlBlock = Buffer.concat([
    Buffer.from([leaf.version | swap.parity]),
    Buffer.from(swap.internalKey, 'hex'),
    ...merklePath(swap.tree, name),
  ])
  transaction.setWitness(0, [signature, Buffer.from(leaf.output, 'hex'), controlBlock])
  const hex = transaction.toHex()
  await chain.publish(hex)
  swap.refund = { hex, transactionId: transaction.getId() }
}
