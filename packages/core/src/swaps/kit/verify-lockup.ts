import { equalBytes } from '@scure/btc-signer/utils.js'
import { readTransaction } from './read-transaction.ts'
import type { VerifiedSwap } from './verify-reverse-terms.ts'

/** The output that a swap is claimed from. */
export interface Lockup {
  /** Hex, as block explorers show it. */
  readonly txid: string
  readonly vout: number
  readonly valueSat: bigint
}

/** One name per check. */
export type LockupRefusalReason =
  | 'transaction-malformed'
  | 'txid-differs'
  | 'coinbase'
  | 'output-missing'
  | 'output-type-differs'
  | 'output-twice'
  | 'amount-too-small'

export interface LockupRefusal {
  readonly reason: LockupRefusalReason
  /** For people. */
  readonly says: string
}

export type LockupVerdict =
  | { readonly ok: true; readonly lockup: Lockup }
  | { readonly ok: false; readonly refusal: LockupRefusal }

const maximumSat = 2_100_000_000_000_000n

/**
 * Finds the swap's output in a raw transaction (bytes, or hex): exactly one, with exactly the locally built
 * Taproot script. The same key in an output of another type could not be claimed. That the transaction
 * is confirmed is for our own node to say; `expectedTxid` is the one that it said it of.
 */
export function verifyLockup(
  verified: VerifiedSwap,
  transaction: string | Uint8Array,
  expectedTxid?: string,
): LockupVerdict {
  const read = readTransaction(transaction)
  if (!read) return no('transaction-malformed', 'it is no transaction')
  if (expectedTxid !== undefined && read.txid !== expectedTxid)
    return no('txid-differs', `it is transaction ${read.txid}`)
  const { script, outputKey } = verified.tree
  const found = read.outputs.flatMap((output, vout) =>
    equalBytes(output.script, script) ? [{ vout, valueSat: output.valueSat }] : [],
  )
  const [first, second] = found
  if (!first) {
    const lookalike = read.outputs.some((output) => contains(output.script, outputKey))
    return lookalike
      ? no('output-type-differs', 'it pays to our key in a kind of output that cannot be claimed')
      : no('output-missing', 'no output pays to the swap')
  }
  if (second) return no('output-twice', 'more than one output pays to the swap')
  if (read.isCoinbase) return no('coinbase', 'new coins cannot be spent for 100 blocks')
  const { valueSat } = first
  if (valueSat < verified.onchainAmountSat || valueSat > maximumSat) {
    const says = `${valueSat} sat are locked up, and ${verified.onchainAmountSat} sat were agreed`
    return no('amount-too-small', says)
  }
  return { ok: true, lockup: { txid: read.txid, vout: first.vout, valueSat } }
}

function contains(script: Uint8Array, part: Uint8Array): boolean {
  return Buffer.from(script).includes(Buffer.from(part))
}

function no(reason: LockupRefusalReason, says: string): LockupVerdict {
  return { ok: false, refusal: { reason, says } }
}
