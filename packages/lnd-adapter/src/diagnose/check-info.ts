import { type Diagnosis, type NodeInfo, PaymentNodeError } from '@payment-node/core'
import { readInfo } from '../calls/get-info.ts'
import type { GetInfoResponse } from '../generated/messages.ts'
import { failed, failedBy, ok, warning } from './entry.ts'

/** `version`, `network`, `chain`, `graph` and `keysend`, from GetInfo. */
export function checkInfo(reply: GetInfoResponse): readonly Diagnosis[] {
  let info: NodeInfo
  try {
    info = readInfo(reply)
  } catch (error) {
    return [
      failedBy(PaymentNodeError.is(error, 'node.version-unsupported') ? 'version' : 'info', error),
    ]
  }
  return [
    info.versionWarning === undefined
      ? ok('version', `LND ${info.version}.`)
      : warning(
          'version',
          info.versionWarning,
          'Look for a newer release of @payment-node/lnd-adapter.',
        ),
    ok(
      'network',
      `${info.alias || 'The node'} is on ${info.network}, at height ${info.blockHeight}.`,
    ),
    info.isSyncedToChain
      ? ok('chain', 'Synced to the chain.')
      : failed(
          'chain',
          'Not synced to the chain.',
          "Wait; when it lasts, check LND's chain backend.",
        ),
    info.isSyncedToGraph
      ? ok('graph', 'Synced to the channel graph.')
      : warning(
          'graph',
          'Not synced to the channel graph: payments may find no route.',
          'Wait some minutes.',
        ),
    info.acceptsKeysend
      ? warning(
          'keysend',
          'The node accepts keysend payments, which no invoice asked for; they are never credited.',
          'Set accept-keysend=false in lnd.conf.',
        )
      : ok('keysend', 'Keysend payments are refused.'),
  ]
}
