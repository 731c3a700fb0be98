import type { Call } from '../call.ts'
import type { Connection } from '../connection.ts'
import { notReady } from '../error-meanings/wallet-state.ts'
import type { WalletState } from '../generated/messages.ts'

/** Answers without a macaroon, and while the wallet is locked. */
export const getStateCall: Call<'/lnrpc.State/GetState'> = {
  path: '/lnrpc.State/GetState',
  roles: [],
  effect: 'read',
  otherRefusals: 'refused',
}

export async function getState(
  connection: Connection,
  context: { signal?: AbortSignal | undefined; besideStreams?: boolean } = {},
): Promise<WalletState> {
  return (await connection.unary(getStateCall, {}, context)).state
}

/** Throws `node.unavailable` with the reason unless LND can be used. */
export async function requireReady(
  connection: Connection,
  context: { signal?: AbortSignal | undefined; besideStreams?: boolean } = {},
): Promise<void> {
  const problem = notReady(await getState(connection, context))
  if (problem) throw problem
}
