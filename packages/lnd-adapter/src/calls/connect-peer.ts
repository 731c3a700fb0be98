import { setTimeout } from 'node:timers/promises'
import { invalid, PaymentNodeError } from '@payment-node/core'
import type { Call } from '../call.ts'
import type { Connection } from '../connection.ts'
import { readPublicKey } from '../read-public-key.ts'
import { isConnected } from './list-peers.ts'

export const connectPeerCall: Call<'/lnrpc.Lightning/ConnectPeer'> = {
  path: '/lnrpc.Lightning/ConnectPeer',
  uri: 'uri:/lnrpc.Lightning/ConnectPeer',
  roles: ['channels'],
  effect: 'write',
  otherRefusals: 'refused',
  waitsForPeer: true,
}

/** How long LND tries. A circuit through Tor can take most of a minute. */
const dialSeconds = 10n
const torDialSeconds = 60n
/** How often, and with which pauses, LND is asked whether it has the peer. */
const looks = 40
const pauseMilliseconds = 100

/** Connecting again is always safe: LND answers "already connected", which is success. */
export async function connectPeer(
  connection: Connection,
  peer: string,
  address: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const pubkey = readPublicKey(peer, 'peer')
  if (typeof address !== 'string' || !/^\S+:\d{1,5}$/.test(address)) {
    throw invalid('address', 'malformed', 'must be host:port')
  }
  // Not `perm`, with which LND only queues the attempt and goes on trying for good.
  const timeout = /\.onion:\d+$/i.test(address) ? torDialSeconds : dialSeconds
  const request = { addr: { pubkey, host: address }, perm: false, timeout }
  try {
    await connection.unary(connectPeerCall, request, { signal })
  } catch (error) {
    if (isAlreadyConnected(error)) return
    throw error
  }
  await waitUntilListed(connection, pubkey, signal)
}

function isAlreadyConnected(error: unknown): boolean {
  return PaymentNodeError.is(error, 'node.refused') && error.details.reason === 'already-connected'
}

/**
 * LND answers when the handshake is done, before it counts the peer among its peers: an open in
 * between would find it offline. One that is never counted ended the connection at once.
 */
async function waitUntilListed(
  connection: Connection,
  publicKey: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  for (let look = 1; look <= looks; look++) {
    if (await isConnected(connection, publicKey, signal)) return
    await setTimeout(pauseMilliseconds)
  }
  throw new PaymentNodeError(
    'node.refused',
    `The node ${publicKey} answered and ended the connection.`,
    { call: connectPeerCall.path, reason: 'peer-unreachable' },
  )
}
