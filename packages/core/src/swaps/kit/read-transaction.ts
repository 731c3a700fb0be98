import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js'
import { RawTx } from '@scure/btc-signer'

/** A transaction from outside, as far as a swap looks at it. */
export interface ReadTransaction {
  /** Computed from the bytes, never believed. */
  readonly txid: string
  /** Its outputs can only be spent after 100 blocks. */
  readonly isCoinbase: boolean
  readonly outputs: readonly { readonly script: Uint8Array; readonly valueSat: bigint }[]
}

/** Bytes of the largest transaction that a block can hold (4,000,000 weight units). */
const longestTransaction = 4_000_000

/** Reads bytes, or hex. Undefined for what is no transaction. */
export function readTransaction(transaction: string | Uint8Array): ReadTransaction | undefined {
  const isHex = typeof transaction === 'string'
  if (!isHex && !(transaction instanceof Uint8Array)) return undefined
  if (transaction.length > (isHex ? 2 : 1) * longestTransaction) return undefined
  try {
    const bytes = isHex ? hexToBytes(transaction) : transaction
    const { version, inputs, outputs, lockTime } = RawTx.decode(bytes)
    const [first] = inputs
    if (!first || outputs.length === 0) return undefined
    const stripped = { version, inputs, outputs, lockTime, segwitFlag: false }
    return {
      txid: bytesToHex(sha256(sha256(RawTx.encode(stripped))).reverse()),
      isCoinbase: first.txid.every((byte: number) => byte === 0),
      outputs: outputs.map(({ script, amount }) => ({ script, valueSat: amount })),
    }
  } catch {
    return undefined
  }
}
