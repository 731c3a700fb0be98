import type { WalletTransaction } from '@payment-node/core'
import type { Call } from '../call.ts'
import type { Connection } from '../connection.ts'
import type { Transaction } from '../generated/messages.ts'
import { readNumber } from '../read-number.ts'
import { integer } from '../wire-values.ts'

export const getTransactionsCall: Call<'/lnrpc.Lightning/GetTransactions'> = {
  path: '/lnrpc.Lightning/GetTransactions',
  uri: 'uri:/lnrpc.Lightning/GetTransactions',
  roles: ['readonly', 'onchain'],
  effect: 'read',
  otherRefusals: 'refused',
}

const unconfirmedToo = -1

export async function getTransactions(
  connection: Connection,
  fromHeight: number,
  signal: AbortSignal | undefined,
): Promise<readonly WalletTransaction[]> {
  const start_height = readNumber(fromHeight, 'fromHeight', 0, 2 ** 31 - 1)
  const request = { start_height, end_height: unconfirmedToo }
  const { transactions } = await connection.unary(getTransactionsCall, request, { signal })
  return newestOfEach([...transactions].sort(byAge)).map(readTransaction)
}

/** After a reorganization LND lists a transaction once per block that had it; the last one counts. */
function newestOfEach(oldestFirst: readonly Transaction[]): Transaction[] {
  const newest = new Map(oldestFirst.map((transaction) => [transaction.tx_hash, transaction]))
  return oldestFirst.filter((transaction) => newest.get(transaction.tx_hash) === transaction)
}

/** LND sorts by confirmations only. Unconfirmed ones have no block and come last. */
function byAge(one: Transaction, other: Transaction): number {
  const [height, otherHeight] = [one, other].map(
    ({ block_height }) => block_height || Number.MAX_SAFE_INTEGER,
  ) as [number, number]
  return height - otherHeight || Number(integer(one.time_stamp) - integer(other.time_stamp))
}

function readTransaction(transaction: Transaction): WalletTransaction {
  const { block_height } = transaction
  return {
    transactionId: transaction.tx_hash,
    amountSat: integer(transaction.amount),
    feeSat: integer(transaction.total_fees),
    // A wallet that lags behind its backend would count below zero.
    confirmations: Math.max(0, transaction.num_confirmations),
    ...(block_height > 0 ? { blockHeight: block_height } : {}),
    label: transaction.label,
    spends: transaction.previous_outpoints.map(({ outpoint }) => outpoint),
    outputsSat: transaction.output_details.reduce((sum, { amount }) => sum + integer(amount), 0n),
    rawTransaction: Buffer.from(transaction.raw_tx_hex, 'hex'),
  }
}
