import type { Call } from '../call.ts'
import type { Connection } from '../connection.ts'

export const listPeersCall: Call<'/lnrpc.Lightning/ListPeers'> = {
  path: '/lnrpc.Lightning/ListPeers',
  uri: 'uri:/lnrpc.Lightning/ListPeers',
  roles: ['readonly', 'channels'],
  effect: 'read',
  otherRefusals: 'refused',
}

/** Whether LND has a connection to this node now. */
export async function isConnected(
  connection: Connection,
  publicKey: string,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const { peers } = await connection.unary(listPeersCall, { latest_error: true }, { signal })
  return peers.some(({ pub_key }) => pub_key === publicKey)
}
