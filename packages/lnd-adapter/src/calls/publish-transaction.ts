import { invalid, PaymentNodeError } from '@payment-node/core'
import type { Call } from '../call.ts'
import type { Connection } from '../connection.ts'
import { getTransactions } from './get-transactions.ts'

export const publishTransactionCall: Call<'/walletrpc.WalletKit/PublishTransaction'> = {
  path: '/walletrpc.WalletKit/PublishTransaction',
  uri: 'uri:/walletrpc.WalletKit/PublishTransaction',
  roles: ['onchain'],
  effect: 'write',
  otherRefusals: 'unknown',
}

const longestLabel = 500

/** LND itself answers "already known" and "already confirmed" with success. */
export async function publishTransaction(
  connection: Connection,
  rawTransaction: Uint8Array,
  label: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  if (!(rawTransaction instanceof Uint8Array) || rawTransaction.length === 0) {
    throw invalid('rawTransaction', 'malformed', 'must be bytes')
  }
  if (typeof label !== 'string' || Buffer.byteLength(label) > longestLabel) {
    throw invalid('label', 'too-long', `must be text of at most ${longestLabel} bytes`)
  }
  try {
    await connection.unary(publishTransactionCall, { tx_hex: rawTransaction, label }, { signal })
  } catch (error) {
    if (!isSpent(error) || !(await isConfirmed(connection, rawTransaction, signal))) throw error
  }
}

function isSpent(error: unknown): boolean {
  return PaymentNodeError.is(error, 'node.refused') && error.details.reason === 'input-spent'
}

/**
 * The chain backend forgets a transaction whose outputs are all spent; its inputs are then spent by
 * itself. The wallet remembers it.
 */
async function isConfirmed(
  connection: Connection,
  rawTransaction: Uint8Array,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const transactions = await getTransactions(connection, 0, signal)
  return transactions.some(
    (one) => one.confirmations > 0 && Buffer.compare(one.rawTransaction, rawTransaction) === 0,
  )
}
