import type { OutpointSpend, WatchedOutpoint } from '@payment-node/core'
import type { Call } from '../call.ts'
import type { Connection } from '../connection.ts'
import type { SpendEvent, SpendRequest } from '../generated/messages.ts'
import { readOutpoint } from '../read-outpoint.ts'
import { readHeightHint, readScript, watchChain } from '../watch-chain.ts'
import { transactionId, transactionIdBytes } from '../wire-values.ts'

export const registerSpendCall: Call<'/chainrpc.ChainNotifier/RegisterSpendNtfn'> = {
  path: '/chainrpc.ChainNotifier/RegisterSpendNtfn',
  uri: 'uri:/chainrpc.ChainNotifier/RegisterSpendNtfn',
  roles: ['swaps'],
  effect: 'read',
  otherRefusals: 'refused',
}

export async function* registerSpend(
  connection: Connection,
  watched: WatchedOutpoint,
  signal: AbortSignal,
): AsyncGenerator<OutpointSpend, void, undefined> {
  const request = toRequest(watched)
  yield* watchChain(connection, registerSpendCall, request, signal, readSpend)
}

function toRequest({ outpoint, script, fromHeight }: WatchedOutpoint): SpendRequest {
  const { transactionId, index } = readOutpoint(outpoint, 'outpoint')
  return {
    outpoint: { hash: transactionIdBytes(transactionId), index },
    script: readScript(script),
    height_hint: readHeightHint(fromHeight),
  }
}

/** undefined: a reorganization. */
function readSpend({ spend }: SpendEvent): OutpointSpend | undefined {
  if (!spend) return undefined
  return {
    kind: 'spent',
    transactionId: transactionId(spend.spending_tx_hash),
    rawTransaction: spend.raw_spending_tx,
    inputIndex: spend.spending_input_index,
    blockHeight: spend.spending_height,
  }
}
