import { createHash } from 'node:crypto'
import { address, script } from 'bitcoinjs-lib'

/** A leaf as the protocol tells it. */
export interface ToldLeaf {
  readonly version: number
  /** The script, hex. */
  readonly output: string
}

/** A script tree of two leaves, or of three. */
export interface SwapTree {
  readonly claimLeaf: ToldLeaf
  readonly refundLeaf: ToldLeaf
  /** A leaf that no honest tree has; it hangs beside the branch of the other two. */
  readonly extraLeaf?: ToldLeaf
}

/** What a tree is built of. */
export interface TreeTerms {
  /** SHA-256 of the preimage, hex. */
  readonly paymentHash: string
  /** Compressed, hex. */
  readonly claimPublicKey: string
  readonly refundPublicKey: string
  readonly timeoutHeight: number
}

/** BIP342. */
export const tapscriptVersion = 0xc0
const ops = script.OPS

/** `SIZE 32 EQUALVERIFY HASH160 <h> EQUALVERIFY <claim key> CHECKSIG` */
export function claimScript(
  paymentHash: string,
  claimPublicKey: string,
  { checksSize = true }: { readonly checksSize?: boolean } = {},
): string {
  const size = [ops.OP_SIZE, Buffer.from([32]), ops.OP_EQUALVERIFY]
  const hash = createHash('ripemd160').update(Buffer.from(paymentHash, 'hex')).digest()
  return compile([
    ...(checksSize ? size : []),
    ops.OP_HASH160,
    hash,
    ops.OP_EQUALVERIFY,
    xOnly(claimPublicKey),
    ops.OP_CHECKSIG,
  ])
}

/** `<refund key> CHECKSIGVERIFY <timeout> CHECKLOCKTIMEVERIFY` */
export function refundScript(refundPublicKey: string, timeoutHeight: number): string {
  return compile([
    xOnly(refundPublicKey),
    ops.OP_CHECKSIGVERIFY,
    script.number.encode(timeoutHeight),
    ops.OP_CHECKLOCKTIMEVERIFY,
  ])
}

/** `<key> CHECKSIG`: whoever has the key takes it at once. */
export function keyScript(publicKey: string): string {
  return compile([xOnly(publicKey), ops.OP_CHECKSIG])
}

/** The tree of an honest swap. */
export function honestTree(terms: TreeTerms): SwapTree {
  const { paymentHash, claimPublicKey, refundPublicKey, timeoutHeight } = terms
  return {
    claimLeaf: { version: tapscriptVersion, output: claimScript(paymentHash, claimPublicKey) },
    refundLeaf: { version: tapscriptVersion, output: refundScript(refundPublicKey, timeoutHeight) },
  }
}

/** Hash of a leaf (BIP341). */
export function leafHash({ version, output }: ToldLeaf): Uint8Array {
  const bytes = Buffer.from(output, 'hex')
  if (bytes.length > 252) throw new Error('The leaf is longer than this server writes any')
  return tagged('TapLeaf', Buffer.from([version, bytes.length]), bytes)
}

/** Root of the tree, hex. */
export function merkleRoot(tree: SwapTree): string {
  const pair = branch(leafHash(tree.claimLeaf), leafHash(tree.refundLeaf))
  const root = tree.extraLeaf ? branch(pair, leafHash(tree.extraLeaf)) : pair
  return Buffer.from(root).toString('hex')
}

/** The hashes beside the way from a leaf to the root. */
export function merklePath(tree: SwapTree, leaf: keyof SwapTree): readonly Uint8Array[] {
  const { claimLeaf, refundLeaf, extraLeaf } = tree
  if (leaf === 'extraLeaf') return [branch(leafHash(claimLeaf), leafHash(refundLeaf))]
  const sibling = leafHash(leaf === 'claimLeaf' ? refundLeaf : claimLeaf)
  return extraLeaf ? [sibling, leafHash(extraLeaf)] : [sibling]
}

/** The output script of a taproot output key (x only, hex). */
export function taprootScript(outputKey: string): Uint8Array {
  return script.compile([ops.OP_1, Buffer.from(outputKey, 'hex')])
}

const prefixes = { mainnet: 'bc', regtest: 'bcrt', simnet: 'sb' } as const

/** The address of a segwit output script (BIP350). */
export function segwitAddress(output: Uint8Array, network: keyof typeof prefixes): string {
  const version = output[0] === 0 ? 0 : output[0]! - 0x50
  return address.toBech32(output.subarray(2), version, prefixes[network])
}

function branch(one: Uint8Array, other: Uint8Array): Uint8Array {
  const sorted = [one, other].sort((a, b) => Buffer.compare(a, b))
  return tagged('TapBranch', ...sorted)
}

/** BIP340's tagged hash. */
export function tagged(tag: string, ...parts: readonly Uint8Array[]): Uint8Array {
  const name = createHash('sha256').update(tag).digest()
  return createHash('sha256')
    .update(Buffer.concat([name, name, ...parts]))
    .digest()
}

function compile(chunks: (number | Uint8Array)[]): string {
  return Buffer.from(script.compile(chunks)).toString('hex')
}

function xOnly(publicKey: string): Uint8Array {
  return Buffer.from(publicKey, 'hex').subarray(1)
}
