import { X509Certificate } from 'node:crypto'
import { isIP } from 'node:net'
import { checkServerIdentity } from 'node:tls'
import { type ChannelOptions, Client, credentials, Metadata } from '@grpc/grpc-js'
import { PaymentNodeError } from '@payment-node/core'
import type { ReadOptions } from './options.ts'
import type { Credentials } from './read-credentials.ts'

/** Channels to one LND with one set of credentials. */
export interface Session {
  readonly credentials: Credentials
  /** Unary calls. */
  readonly calls: Client
  /** Streams: apart, so that a burst of replies does not delay events, nor the other way round. */
  readonly streams: Client
  readonly metadata: Metadata
}

/** Opens nothing yet: gRPC connects at the first call. Throws when the certificate is none. */
export function createSession(options: ReadOptions, given: Credentials): Session {
  const channel = channelOptions(options)
  const secure = credentials.createSsl(readCertificate(given.certificate), null, null, {
    checkServerIdentity: (_name, shown) => checkServerIdentity(serverName(options), shown),
  })
  const metadata = new Metadata()
  metadata.set('macaroon', given.macaroon.toString('hex'))
  return {
    credentials: given,
    calls: new Client(options.address, secure, channel),
    streams: new Client(options.address, secure, channel),
    metadata,
  }
}

function channelOptions(options: ReadOptions): ChannelOptions {
  return {
    // gRPC's default of 4 MiB is less than a page of payments can have.
    'grpc.max_receive_message_length': -1,
    // Without pings a connection that was cut silently keeps its streams open for days.
    'grpc.keepalive_time_ms': options.keepaliveAfterMilliseconds,
    'grpc.keepalive_timeout_ms': options.keepaliveTimeoutMilliseconds,
    // LND ends connections that ping without a call.
    'grpc.keepalive_permit_without_calls': 0,
    'grpc.initial_reconnect_backoff_ms': 500,
    'grpc.max_reconnect_backoff_ms': 10_000,
    // One connection per channel, not shared between the two.
    'grpc.use_local_subchannel_pool': 1,
    // A DNS text record must not be able to make gRPC repeat calls.
    'grpc.service_config_disable_resolution': 1,
    // TLS can ask for a name only, and Node refuses an address there. LND shows the same certificate
    // whatever it is asked for; that it is made for the address is checked in createSession.
    'grpc.ssl_target_name_override': isIP(serverName(options)) ? 'localhost' : serverName(options),
  }
}

/** The name or address that the certificate must be made for. */
function serverName({ address, serverName }: ReadOptions): string {
  return serverName ?? address.slice(0, address.lastIndexOf(':')).replace(/^\[(.*)\]$/, '$1')
}

/** Takes no more calls; those that run come to their end. */
export function retireSession(session: Session): void {
  session.calls.close()
  session.streams.close()
}

/** Node takes bytes that hold no certificate without a word and then trusts nobody. */
function readCertificate(bytes: Buffer): Buffer {
  try {
    const first = new X509Certificate(bytes)
    return bytes.includes('-----BEGIN') ? bytes : Buffer.from(first.toString())
  } catch (cause) {
    throw new PaymentNodeError(
      'node.certificate-rejected',
      'The certificate given for LND is not a PEM certificate.',
      { reason: 'unreadable' },
      { advice: "Give lnd() the content of LND's tls.cert.", cause },
    )
  }
}
