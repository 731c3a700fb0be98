import { invalid, type OutputConfirmation, type WatchedOutput } from '@payment-node/core'
import type { Call } from '../call.ts'
import type { Connection } from '../connection.ts'
import type { ConfEvent, ConfRequest } from '../generated/messages.ts'
import { readNumber } from '../read-number.ts'
import { readTransactionId } from '../read-transaction-id.ts'
import { readHeightHint, readScript, watchChain } from '../watch-chain.ts'
import { transactionIdBytes } from '../wire-values.ts'

export const registerConfirmationsCall: Call<'/chainrpc.ChainNotifier/RegisterConfirmationsNtfn'> =
  {
    path: '/chainrpc.ChainNotifier/RegisterConfirmationsNtfn',
    uri: 'uri:/chainrpc.ChainNotifier/RegisterConfirmationsNtfn',
    roles: ['swaps'],
    effect: 'read',
    otherRefusals: 'refused',
  }

/** LND looks no deeper than its limit for reorganizations. */
const mostConfirmations = 144

export async function* registerConfirmations(
  connection: Connection,
  watched: WatchedOutput,
  signal: AbortSignal,
): AsyncGenerator<OutputConfirmation, void, undefined> {
  const request = toRequest(watched)
  yield* watchChain(connection, registerConfirmationsCall, request, signal, readConfirmation)
}

function toRequest({
  script,
  transactionId,
  confirmations,
  fromHeight,
}: WatchedOutput): ConfRequest {
  if (transactionId !== undefined && !/^[0-9a-f]{64}$/.test(transactionId)) {
    throw invalid('transactionId', 'malformed', 'must be 64 lower-case hex digits')
  }
  return {
    ...(transactionId === undefined ? {} : { txid: transactionIdBytes(transactionId) }),
    script: readScript(script),
    num_confs: readNumber(confirmations, 'confirmations', 1, mostConfirmations),
    height_hint: readHeightHint(fromHeight),
  }
}

/** undefined: a reorganization. */
function readConfirmation({ conf }: ConfEvent): OutputConfirmation | undefined {
  if (!conf) return undefined
  return {
    kind: 'confirmed',
    transactionId: readTransactionId(conf.raw_tx),
    rawTransaction: conf.raw_tx,
    blockHeight: conf.block_height,
  }
}
