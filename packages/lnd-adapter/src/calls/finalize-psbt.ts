import { invalid, type SignedTransaction } from '@payment-node/core'
import { Transaction } from '@scure/btc-signer'
import type { Call } from '../call.ts'
import type { Connection } from '../connection.ts'

export const finalizePsbtCall: Call<'/walletrpc.WalletKit/FinalizePsbt'> = {
  path: '/walletrpc.WalletKit/FinalizePsbt',
  uri: 'uri:/walletrpc.WalletKit/FinalizePsbt',
  roles: ['onchain'],
  // LND stores and publishes nothing.
  effect: 'read',
  otherRefusals: 'refused',
}

/** LND's signatures are deterministic (RFC6979, and BIP340 with a nonce made in the same way). */
export async function finalizePsbt(
  connection: Connection,
  psbt: Uint8Array,
  signal: AbortSignal | undefined,
): Promise<SignedTransaction> {
  if (!(psbt instanceof Uint8Array) || psbt.length === 0) {
    throw invalid('psbt', 'malformed', 'must be bytes')
  }
  const { raw_final_tx } = await connection.unary(
    finalizePsbtCall,
    { funded_psbt: psbt },
    { signal },
  )
  const { id, vsize } = Transaction.fromRaw(raw_final_tx, {
    allowUnknownOutputs: true,
    allowUnknownInputs: true,
    disableScriptCheck: true,
  })
  return { rawTransaction: raw_final_tx, transactionId: id, virtualBytes: vsize }
}
