import { timingSafeEqual } from 'node:crypto'
import { type Duration, readDuration } from '../domain/duration.ts'
import { invalid, PaymentNodeError } from '../errors.ts'
import { reviveAmounts } from '../events/read-event.ts'
import type { AnyEvent } from '../events.ts'
import { readInteger, readObject } from '../read-input.ts'
import { systemClock } from '../system-clock.ts'
import { readWebhookHeaders, type WebhookHeaders } from './read-webhook-headers.ts'
import type { WebhookTestEvent } from './send-test.ts'
import { signMessage } from './sign-webhook.ts'
import { readSecret } from './webhook-secret.ts'

/** How a webhook is checked. */
export interface VerifyOptions {
  /** How far its timestamp may be from now, either way. Default 5 minutes. */
  readonly tolerance?: Duration
  /** Milliseconds since 1970. Default: the machine's clock. */
  readonly now?: number
}

/** What a receiver gets. */
export type WebhookEvent = AnyEvent | WebhookTestEvent

/** Why a request is not to be believed. */
export type SignatureProblem =
  | 'header-missing'
  | 'header-malformed'
  | 'timestamp-too-old'
  | 'timestamp-too-new'
  | 'signature-mismatch'
  /** Signed, but not an event of this library. */
  | 'body-malformed'

/**
 * Checks a request by Standard Webhooks 1.0.0 and gives its event, amounts revived. `rawBody` is what
 * arrived, byte by byte: JSON that was parsed and written again has other bytes. Events come at least
 * once and in any order: keep `event.id` of what was done. Throws `webhook.signature-invalid` with a
 * `reason` for what is wrong with the request, `input.invalid` for what is wrong with the call.
 *
 * @example
 * ```ts
 * import { type WebhookEvent, verifyWebhook } from '@payment-node/core'
 *
 * export async function receive(request: Request): Promise<WebhookEvent> {
 *   const secret = process.env.WEBHOOK_SECRET ?? ''
 *   return verifyWebhook(secret, request.headers, await request.text())
 * }
 * ```
 */
export function verifyWebhook(
  secret: string | readonly string[],
  headers: WebhookHeaders,
  rawBody: string | Uint8Array,
  options: VerifyOptions = {},
): WebhookEvent {
  const secrets = (Array.isArray(secret) ? secret : [secret]).map((one) =>
    readSecret(one, 'secret'),
  )
  if (secrets.length === 0) throw invalid('secret', 'empty', 'expected at least one secret')
  readObject(options, 'options', ['tolerance', 'now'])
  const { tolerance = '5m' } = options
  const seconds = readDuration(tolerance, 'tolerance', { minimum: 1, maximum: 86_400 })
  const now =
    options.now === undefined
      ? systemClock.now()
      : readInteger(options.now, 'now', { minimum: 0, maximum: Number.MAX_SAFE_INTEGER })
  const body = readBody(rawBody)
  const { id, timestamp, signatures } = readWebhookHeaders(headers)
  const age = Math.floor(now / 1000) - Number(timestamp)
  if (age > seconds) throw notValid('timestamp-too-old')
  if (age < -seconds) throw notValid('timestamp-too-new')
  const message = { id, timestamp, body }
  // Every signature with every secret: how long it takes says nothing of which one was near.
  let isSigned = false
  for (const one of secrets) {
    const expected = signMessage(one, message)
    for (const signature of signatures) {
      if (signature.length === expected.length && timingSafeEqual(signature, expected))
        isSigned = true
    }
  }
  if (!isSigned) throw notValid('signature-mismatch')
  return readBodyEvent(body)
}

/** A refusal that says what is wrong with the request, never what would have been right. */
export function notValid(reason: SignatureProblem): PaymentNodeError<'webhook.signature-invalid'> {
  return new PaymentNodeError(
    'webhook.signature-invalid',
    `The webhook cannot be believed: ${reason}.`,
    { reason },
    { advice: 'Answer 401 and do nothing else.' },
  )
}

function readBody(value: unknown): Uint8Array {
  if (typeof value === 'string') return Buffer.from(value)
  if (value instanceof Uint8Array) return value
  throw invalid(
    'rawBody',
    'wrong-type',
    'expected the raw body, text or bytes, not what was parsed',
  )
}

function readBodyEvent(body: Uint8Array): WebhookEvent {
  try {
    const event: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body))
    if (isEvent(event)) return reviveAmounts(event)
  } catch {
    // falls through: signed or not, it is no event
  }
  throw notValid('body-malformed')
}

function isEvent(value: unknown): value is AnyEvent {
  const event = value as Partial<Record<string, unknown>> | null
  return (
    typeof event === 'object' &&
    event !== null &&
    typeof event.id === 'string' &&
    typeof event.type === 'string' &&
    typeof event.data === 'object' &&
    event.data !== null
  )
}
