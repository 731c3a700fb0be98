import { createHash, randomBytes } from 'node:crypto'
import * as musig from '@scure/btc-signer/musig2.js'
import { Transaction } from 'bitcoinjs-lib'
import * as curve from 'tiny-secp256k1'
import type { BoltzAnswer, BoltzRequest, SwapTree } from '../../src/boltz-server/index.ts'

/*
 * A client of the API that believes everything: what the server does to it is what a client without checks loses. It
 * shares no code with the server but bitcoinjs-lib, and none with the product.
 */

/** A way to the server: over a socket, or without one. */
export type Ask = (request: BoltzRequest) => Promise<BoltzAnswer>

export interface Told {
  readonly id: string
  readonly invoice: string
  readonly swapTree: SwapTree
  readonly lockupAddress: string
  readonly refundPublicKey: string
  readonly timeoutBlockHeight: number
  readonly onchainAmount?: number
  readonly minerFeeInvoice?: string
}

export interface ClientSwap {
  readonly told: Told
  readonly preimage: Buffer
  readonly paymentHash: string
  readonly secretKey: Buffer
  readonly publicKey: Buffer
}

export interface Lockup {
  readonly id: string
  readonly hex: string
}

/** The answer's JSON; throws `status: error` for what is none. */
export async function ask<Result>(
  way: Ask,
  method: string,
  path: string,
  body?: object,
): Promise<Result> {
  const request = { method, path: `/v2${path}`, ...(body && { body: JSON.stringify(body) }) }
  const answer = await way(request)
  if (answer.kind !== 'answer') throw new Error(answer.kind)
  if (answer.status >= 300) throw new Error(`${answer.status}: ${answer.body}`)
  return JSON.parse(answer.body) as Result
}

/** Creates a swap; `fields` replace those of the request. */
export async function createSwap(
  way: Ask,
  invoiceAmount: number,
  fields: object = {},
  secretKey: Buffer = randomBytes(32),
): Promise<ClientSwap> {
  const preimage = randomBytes(32)
  const paymentHash = sha256(preimage).toString('hex')
  const publicKey = Buffer.from(curve.pointFromScalar(secretKey, true)!)
  const told = await ask<Told>(way, 'POST', '/swap/reverse', {
    from: 'BTC',
    to: 'BTC',
    preimageHash: paymentHash,
    claimPublicKey: publicKey.toString('hex'),
    invoiceAmount,
    ...fields,
  })
  return { told, preimage, paymentHash, secretKey, publicKey }
}

/** The output key of what the server told. */
export function outputOf({ told, publicKey }: ClientSwap): {
  readonly script: Buffer
  readonly internalKey: Buffer
  readonly parity: number
  readonly tweak: Buffer
  readonly keys: readonly Buffer[]
} {
  const keys = [Buffer.from(told.refundPublicKey, 'hex'), publicKey]
  const internalKey = Buffer.from(musig.keyAggExport(musig.keyAggregate(keys)))
  const leaves = [told.swapTree.claimLeaf, told.swapTree.refundLeaf].map(leafHash)
  const tweak = tagged('TapTweak', internalKey, tagged('TapBranch', ...leaves.sort(Buffer.compare)))
  const tweaked = curve.xOnlyPointAddTweak(internalKey, tweak)!
  const script = Buffer.concat([Buffer.from([0x51, 32]), tweaked.xOnlyPubkey])
  return { script, internalKey, parity: tweaked.parity, tweak, keys }
}

/** The output of the lockup that pays the swap's script. */
export function findOutput(swap: ClientSwap, hex: string): { index: number; value: bigint } {
  const { script } = outputOf(swap)
  const outputs = Transaction.fromHex(hex).outs
  const index = outputs.findIndex((output) => script.equals(output.script))
  if (index < 0) throw new Error('the lockup does not pay the swap')
  return { index, value: outputs[index]!.value }
}

/** A claim without witness, paying `destination` all but `feeSat`. */
function makeClaim(
  swap: ClientSwap,
  lockupHex: string,
  destination: Uint8Array,
  feeSat = 300n,
): { readonly transaction: Transaction; readonly value: bigint } {
  const { index, value } = findOutput(swap, lockupHex)
  const transaction = new Transaction()
  transaction.version = 2
  transaction.addInput(Transaction.fromHex(lockupHex).getHash(), index, 0xfffffffd)
  transaction.addOutput(destination, value - feeSat)
  return { transaction, value }
}

/** Claims with the server's half; returns the whole transaction. */
export async function claimTogether(
  way: Ask,
  swap: ClientSwap,
  lockupHex: string,
  destination: Uint8Array,
  feeSat?: bigint,
): Promise<Transaction> {
  const { transaction, value } = makeClaim(swap, lockupHex, destination, feeSat)
  const { script, keys, tweak } = outputOf(swap)
  const message = transaction.hashForWitnessV1(0, [script], [value], 0)
  const aggregated = musig.keyAggExport(musig.keyAggregate([...keys], [tweak], [true]))
  const ours = musig.nonceGen(swap.publicKey, swap.secretKey, aggregated, message)
  const half = await ask<{ pubNonce?: string; partialSignature?: string }>(
    way,
    'POST',
    `/swap/reverse/${swap.told.id}/claim`,
    {
      index: 0,
      transaction: transaction.toHex(),
      preimage: swap.preimage.toString('hex'),
      pubNonce: Buffer.from(ours.public).toString('hex'),
    },
  )
  if (half.pubNonce === undefined) throw new Error('no partial signature')
  const nonces = [Buffer.from(half.pubNonce, 'hex'), ours.public]
  const together = musig.nonceAggregate(nonces)
  const session = new musig.Session(together, [...keys], message, [tweak], [true])
  const theirs = Buffer.from(half.partialSignature!, 'hex')
  if (!session.partialSigVerify(theirs, nonces, 0)) throw new Error('bad partial signature')
  const own = session.sign(ours.secret, swap.secretKey)
  transaction.setWitness(0, [session.partialSigAgg([theirs, own])])
  return transaction
}

/** Claims by the claim leaf, without the server. */
export function claimAlone(
  swap: ClientSwap,
  lockupHex: string,
  destination: Uint8Array,
  feeSat?: bigint,
): Transaction {
  const { transaction, value } = makeClaim(swap, lockupHex, destination, feeSat)
  const { script, internalKey, parity } = outputOf(swap)
  const { claimLeaf, refundLeaf } = swap.told.swapTree
  const sighash = transaction.hashForWitnessV1(0, [script], [value], 0, leafHash(claimLeaf))
  transaction.setWitness(0, [
    curve.signSchnorr(sighash, swap.secretKey),
    swap.preimage,
    Buffer.from(claimLeaf.output, 'hex'),
    Buffer.concat([Buffer.from([claimLeaf.version | parity]), internalKey, leafHash(refundLeaf)]),
  ])
  return transaction
}

function leafHash({ version, output }: { version: number; output: string }): Buffer {
  const script = Buffer.from(output, 'hex')
  return tagged('TapLeaf', Buffer.from([version, script.length]), script)
}

function tagged(tag: string, ...parts: readonly Uint8Array[]): Buffer {
  const name = sha256(Buffer.from(tag))
  return sha256(Buffer.concat([name, name, ...parts]))
}

function sha256(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest()
}
