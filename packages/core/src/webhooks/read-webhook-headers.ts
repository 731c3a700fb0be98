import { invalid } from '../errors.ts'
import { notValid } from './verify-webhook.ts'

/** Headers of a request: the web's `Headers`, `request.headers` of node:http, or an object. */
export type WebhookHeaders =
  | {
      /** The value, whatever the case of the name; null when there is none. */
      get(name: string): string | null
    }
  | Readonly<Record<string, string | readonly string[] | undefined>>

/** What the three headers say. */
export interface ReadHeaders {
  readonly id: string
  /** Seconds since 1970, as it was signed. */
  readonly timestamp: string
  readonly signatures: readonly Uint8Array[]
}

/** More than any sender has secrets. */
const mostSignatures = 20

/** Reads the headers of Standard Webhooks 1.0.0. Throws `webhook.signature-invalid`, `input.invalid`. */
export function readWebhookHeaders(headers: WebhookHeaders): ReadHeaders {
  if (typeof headers !== 'object' || headers === null)
    throw invalid('headers', 'wrong-type', 'expected the headers of the request')
  const id = read(headers, 'webhook-id')
  const timestamp = read(headers, 'webhook-timestamp')
  const signature = read(headers, 'webhook-signature')
  const isWhole = /^[\x21-\x7e]{1,255}$/.test(id) && /^[0-9]{1,12}$/.test(timestamp)
  const parts = signature.split(' ').filter((part) => part !== '')
  if (!isWhole || parts.length === 0 || parts.length > mostSignatures) {
    throw notValid('header-malformed')
  }
  // Other versions are other schemes, which a sender may use beside this one.
  const known = parts.filter((part) => part.startsWith('v1,')).map((part) => part.slice(3))
  if (known.some((text) => !/^[A-Za-z0-9+/]{43}=$/.test(text))) throw notValid('header-malformed')
  return {
    id,
    timestamp,
    signatures: known.map((text) => new Uint8Array(Buffer.from(text, 'base64'))),
  }
}

function read(headers: WebhookHeaders, name: string): string {
  const values = valuesOf(headers, name)
  if (values.length === 0 || values[0] === '') throw notValid('header-missing')
  if (values.length > 1 || typeof values[0] !== 'string') throw notValid('header-malformed')
  return values[0]
}

function valuesOf(headers: WebhookHeaders, name: string): unknown[] {
  if (typeof headers.get === 'function') {
    const value: unknown = headers.get(name)
    return value === null || value === undefined ? [] : [value]
  }
  return Object.entries(headers)
    .filter(([written]) => written.toLowerCase() === name)
    .flatMap(([, value]) => value as unknown)
    .filter((value) => value !== undefined)
}
