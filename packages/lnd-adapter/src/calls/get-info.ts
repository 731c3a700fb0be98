import type { Network, NodeInfo } from '@payment-node/core'
import type { Call } from '../call.ts'
import type { Connection } from '../connection.ts'
import type { GetInfoResponse } from '../generated/messages.ts'
import { judgeVersion } from '../version.ts'
import { requireReady } from './get-state.ts'

export const getInfoCall: Call<'/lnrpc.Lightning/GetInfo'> = {
  path: '/lnrpc.Lightning/GetInfo',
  uri: 'uri:/lnrpc.Lightning/GetInfo',
  roles: ['readonly', 'receive', 'pay', 'channels', 'onchain', 'swaps'],
  effect: 'read',
  otherRefusals: 'refused',
}

export async function getInfo(
  connection: Connection,
  signal: AbortSignal | undefined,
): Promise<NodeInfo> {
  // Before its server is active LND answers GetInfo with half the truth.
  await requireReady(connection, { signal })
  return readInfo(await connection.unary(getInfoCall, {}, { signal }))
}

/** Throws `node.version-unsupported`. */
export function readInfo(reply: GetInfoResponse): NodeInfo {
  const { warning } = judgeVersion(reply.version)
  return {
    publicKey: reply.identity_pubkey,
    alias: reply.alias,
    network: (reply.chains[0]?.network ?? '') as Network,
    version: reply.version,
    ...(warning === undefined ? {} : { versionWarning: warning }),
    blockHeight: reply.block_height,
    isSyncedToChain: reply.synced_to_chain,
    isSyncedToGraph: reply.synced_to_graph,
    // BOLT9: 54/55 keysend. Bit 31 (AMP) is always set by LND, whatever accept-amp says.
    acceptsKeysend: hasFeature(reply, 55),
  }
}

/** `odd` is the optional bit of a pair; the even one below it requires the feature. */
function hasFeature({ features }: GetInfoResponse, odd: number): boolean {
  return String(odd) in features || String(odd - 1) in features
}
