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

/** Hex digits of the largest transaction that a block can hold (4,000,000 weight units). */
const longestTransaction = 8_000_000

/** Undefined for what is no transaction. */
export function readTransaction(transaction: unknown): ReadTransaction | undefined {
  if (typeof transaction !== 'string' || transaction.length > longestTransaction) return undefined
  try {
    const { version, inputs, outputs, lockTime } = RawTx.decode(hexToBytes(transaction))
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
