import { createHmac } from 'node:crypto'
import { secretBytes } from './webhook-secret.ts'

/** What is signed, as it is sent. */
export interface SignedMessage {
  readonly id: string
  /** Seconds since 1970, as decimal text. */
  readonly timestamp: string
  readonly body: string | Uint8Array
}

/** Standard Webhooks 1.0.0: HMAC-SHA256 over `id.timestamp.body`. */
export function signMessage(secret: string, { id, timestamp, body }: SignedMessage): Uint8Array {
  const hmac = createHmac('sha256', secretBytes(secret))
  return new Uint8Array(hmac.update(`${id}.${timestamp}.`).update(body).digest())
}

/** The headers of a signed request; one signature per secret, so that a receiver can change over in peace. */
export function signWebhook(
  secrets: readonly string[],
  message: SignedMessage,
): Record<string, string> {
  const signatures = secrets.map(
    (secret) => `v1,${Buffer.from(signMessage(secret, message)).toString('base64')}`,
  )
  return {
    'content-type': 'application/json',
    'webhook-id': message.id,
    'webhook-timestamp': message.timestamp,
    'webhook-signature': signatures.join(' '),
  }
}
