import { createHash } from 'node:crypto'
import { script, Transaction } from 'bitcoinjs-lib'
import * as curve from 'tiny-secp256k1'
import type { SpendJudge } from '../network/real-transaction.ts'
import { tagged, tapscriptVersion } from './swap-tree.ts'

const { OPS } = script
const heightLimit = 500_000_000
const finalSequence = 0xffffffff

/**
 * Judges transactions that spend taproot outputs (BIP341, BIP342), with the few operations that swaps use: what it
 * does not know it refuses. Independent of the code that makes them.
 */
export const judgeTaprootSpending: SpendJudge = ({ rawTransaction, spent }) => {
  const transaction = Transaction.fromBuffer(rawTransaction)
  const scripts = spent.map((output) => Buffer.from(output.script, 'hex'))
  const amounts = spent.map(({ amountSat }) => amountSat)
  for (const index of transaction.ins.keys()) {
    try {
      judgeInput(transaction, index, scripts, amounts)
    } catch (error) {
      return `input ${index}: ${error instanceof Error ? error.message : error}`
    }
  }
  return undefined
}

function judgeInput(
  transaction: Transaction,
  index: number,
  scripts: readonly Uint8Array[],
  amounts: readonly bigint[],
): void {
  const output = scripts[index]!
  require(output.length === 34 && output[0] === OPS.OP_1, 'only taproot outputs can be judged')
  const outputKey = output.subarray(2)
  const { witness } = transaction.ins[index]!
  const verify = (key: Uint8Array, signature: Uint8Array, leaf?: Uint8Array): boolean => {
    const type = signature.length === 65 ? signature[64]! : Transaction.SIGHASH_DEFAULT
    const hash = transaction.hashForWitnessV1(index, [...scripts], [...amounts], type, leaf)
    return curve.verifySchnorr(hash, key, signature.subarray(0, 64))
  }
  if (witness.length === 1) {
    require(verify(outputKey, witness[0]!), 'the signature of the key path is wrong')
    return
  }
  const [leafScript, control] = witness.slice(-2) as [Uint8Array, Uint8Array]
  const version = control[0]! & 0xfe
  require(version === tapscriptVersion, 'no standard leaf version')
  const length = Buffer.from([leafScript.length])
  const leaf = tagged('TapLeaf', Buffer.from([version]), length, leafScript)
  checkCommitment(outputKey, control, leaf)
  runScript(transaction, index, leafScript, witness.slice(0, -2), (key, signature) =>
    verify(key, signature, leaf),
  )
}

function checkCommitment(outputKey: Uint8Array, control: Uint8Array, leaf: Uint8Array): void {
  const internalKey = control.subarray(1, 33)
  let hash = leaf
  for (let at = 33; at < control.length; at += 32) {
    const pair = [hash, control.subarray(at, at + 32)].sort((a, b) => Buffer.compare(a, b))
    hash = tagged('TapBranch', ...pair)
  }
  const tweaked = curve.xOnlyPointAddTweak(internalKey, tagged('TapTweak', internalKey, hash))
  require(tweaked !== null &&
    Buffer.compare(tweaked.xOnlyPubkey, outputKey) === 0 &&
    tweaked.parity === (control[0]! & 1), 'the leaf is not in the tree')
}

function runScript(
  transaction: Transaction,
  index: number,
  leafScript: Uint8Array,
  initial: readonly Uint8Array[],
  verify: (key: Uint8Array, signature: Uint8Array) => boolean,
): void {
  const stack = [...initial]
  const pop = (): Uint8Array => {
    const item = stack.pop()
    if (!item) throw new Error('the stack is empty')
    return item
  }
  const checkSignature = (): boolean => {
    const [key, signature] = [pop(), pop()]
    if (signature.length === 0) return false
    require(verify(key, signature), 'a signature is wrong')
    return true
  }
  for (const chunk of script.decompile(leafScript) ?? []) {
    if (typeof chunk !== 'number') stack.push(chunk)
    else if (chunk === OPS.OP_SIZE) {
      const item = pop()
      stack.push(item, script.number.encode(item.length))
    } else if (chunk === OPS.OP_HASH160) {
      const inner = createHash('sha256').update(pop()).digest()
      stack.push(createHash('ripemd160').update(inner).digest())
    } else if (chunk === OPS.OP_EQUALVERIFY) {
      require(Buffer.compare(pop(), pop()) === 0, 'two values differ')
    } else if (chunk === OPS.OP_CHECKSIG) {
      stack.push(checkSignature() ? Buffer.from([1]) : Buffer.alloc(0))
    } else if (chunk === OPS.OP_CHECKSIGVERIFY) {
      require(checkSignature(), 'a signature is missing')
    } else if (chunk === OPS.OP_CHECKLOCKTIMEVERIFY) {
      const wanted = script.number.decode(stack.at(-1) ?? Buffer.alloc(0), 5)
      const { locktime } = transaction
      require(wanted < heightLimit && locktime < heightLimit, 'only heights can be judged')
      require(locktime >= wanted, 'the lock time is before that of the script')
      require(transaction.ins[index]!.sequence !== finalSequence, 'the lock time has no effect')
    } else throw new Error(`operation ${chunk} is not known here`)
  }
  require(stack.length === 1 && stack[0]!.some((byte) => byte !== 0), 'the script ends false')
}

function require(holds: boolean, says: string): asserts holds {
  if (!holds) throw new Error(says)
}
