import { X509Certificate } from 'node:crypto'
import { isIP } from 'node:net'
import { checkServerIdentity } from 'node:tls'
import { Client, credentials, Metadata } from '@grpc/grpc-js'
import type { ReadOptions } from './options.ts'
import { failed } from './provider-failed.ts'
import type { Credentials } from './read-credentials.ts'

/** A channel to one loopd with one set of credentials. */
export interface Session {
  readonly client: Client
  readonly metadata: Metadata
}

/** More than any list of swaps that a daemon can have made in years. */
const largestAnswer = 64 * 2 ** 20

/** Opens nothing yet: gRPC connects at the first call. Throws when the certificate is none. */
export function createSession(options: ReadOptions, given: Credentials): Session {
  const { serverName } = options
  const secure = credentials.createSsl(readCertificate(options, given.certificate), null, null, {
    checkServerIdentity: (_name, shown) => checkServerIdentity(serverName, shown),
  })
  const metadata = new Metadata()
  metadata.set('macaroon', given.macaroon.toString('hex'))
  const client = new Client(options.address, secure, {
    'grpc.max_receive_message_length': largestAnswer,
    // Without pings a connection that was cut silently keeps the stream of changes open for days.
    'grpc.keepalive_time_ms': 30_000,
    'grpc.keepalive_timeout_ms': 10_000,
    'grpc.keepalive_permit_without_calls': 0,
    'grpc.initial_reconnect_backoff_ms': 500,
    'grpc.max_reconnect_backoff_ms': 10_000,
    // A DNS text record must not be able to make gRPC repeat calls: a second LoopOut is a second swap.
    'grpc.service_config_disable_resolution': 1,
    'grpc.enable_retries': 0,
    // TLS can ask for a name only; whether the certificate is made for the address is checked above.
    'grpc.ssl_target_name_override': isIP(serverName) ? 'localhost' : serverName,
  })
  return { client, metadata }
}

/** Node takes bytes that hold no certificate without a word and then trusts nobody. */
function readCertificate({ name }: ReadOptions, bytes: Buffer): Buffer {
  try {
    const first = new X509Certificate(bytes)
    return bytes.includes('-----BEGIN') ? bytes : Buffer.from(first.toString())
  } catch (cause) {
    const says = 'The certificate given for loopd is not a PEM certificate.'
    throw failed(name, 'certificate-rejected', 'none', says, cause)
  }
}
