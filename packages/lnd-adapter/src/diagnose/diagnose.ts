import type { Diagnosis } from '@payment-node/core'
import { getInfoCall } from '../calls/get-info.ts'
import type { Connection } from '../connection.ts'
import type { GetInfoResponse } from '../generated/messages.ts'
import { checkBackups } from './check-backups.ts'
import { checkBuild } from './check-build.ts'
import { checkConnection } from './check-connection.ts'
import { checkInfo } from './check-info.ts'
import { checkPermissions } from './check-permissions.ts'
import { failedBy, ok } from './entry.ts'

/**
 * What an operator should know about this connection. Never throws. Stops early where the rest
 * would only repeat the same problem: without a connection, or while LND is not ready.
 */
export async function diagnose(
  connection: Connection,
  signal: AbortSignal | undefined,
): Promise<readonly Diagnosis[]> {
  const first = await checkConnection(connection, signal)
  if (first.some((entry) => entry.result === 'failed')) return first
  const { entry, info } = await checkMacaroon(connection, signal)
  const rest = await Promise.all([
    info ? checkInfo(info) : [],
    entry.result === 'failed' ? [] : checkBuild(connection, signal),
    entry.result === 'failed' ? [] : checkPermissions(connection, signal),
    entry.result === 'failed' ? [] : checkBackups(connection, signal),
  ])
  return [...first, entry, ...rest.flat()]
}

async function checkMacaroon(
  connection: Connection,
  signal: AbortSignal | undefined,
): Promise<{ entry: Diagnosis; info?: GetInfoResponse }> {
  try {
    const info = await connection.unary(getInfoCall, {}, { signal })
    return { entry: ok('macaroon', 'LND accepts the macaroon.'), info }
  } catch (error) {
    return { entry: failedBy('macaroon', error) }
  }
}
