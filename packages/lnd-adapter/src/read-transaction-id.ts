import { createHash } from 'node:crypto'
import { RawOldTx, RawTx } from '@scure/btc-signer/script.js'

/** The id of a transaction from its bytes, in display order: the hash of all but its witnesses (BIP141). */
export function readTransactionId(rawTransaction: Uint8Array): string {
  const stripped = RawOldTx.encode(RawTx.decode(rawTransaction))
  return hash(hash(stripped)).reverse().toString('hex')
}

function hash(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest()
}
