import { createHash, createHmac, hkdfSync, timingSafeEqual } from 'node:crypto'
import type { Identity } from './context.ts'
import { PaymentNodeError } from './errors.ts'

/** 32 secret bytes, or a function that fetches them (a KMS); called once per start. */
export type KeySource = Uint8Array | (() => Promise<Uint8Array> | Uint8Array)

/** A purpose's key, with the public name under which rows remember it. */
export interface PurposeKey {
  readonly secret: Uint8Array
  readonly keyId: string
  readonly fingerprint: string
}

/** Fetches a key and derives its public fingerprint. Throws `options.invalid` unless it is 32 bytes. */
export async function loadKey(purpose: string, source: KeySource): Promise<PurposeKey> {
  let secret: unknown
  try {
    secret = typeof source === 'function' ? await source() : source
  } catch (cause) {
    throw new PaymentNodeError(
      'options.invalid',
      `keys.${purpose}: the function that fetches the key failed.`,
      { field: `keys.${purpose}`, reason: 'fetch-failed' },
      { advice: 'See the cause.', cause },
    )
  }
  if (!(secret instanceof Uint8Array) || secret.length !== 32) {
    throw new PaymentNodeError(
      'options.invalid',
      `keys.${purpose} must be 32 bytes.`,
      { field: `keys.${purpose}`, reason: 'not-32-bytes' },
      { advice: 'Make one with: openssl rand -hex 32' },
    )
  }
  if (secret.every((byte) => byte === secret[0])) {
    throw new PaymentNodeError(
      'options.invalid',
      `keys.${purpose} repeats one byte: it is a placeholder, not a secret.`,
      { field: `keys.${purpose}`, reason: 'not-random' },
      { advice: 'Make one with: openssl rand -hex 32' },
    )
  }
  const copy = Uint8Array.from(secret)
  const fingerprint = hex(deriveSecret(copy, `v1/fingerprint/${purpose}`, '')).slice(0, 32)
  return { secret: copy, keyId: fingerprint.slice(0, 8), fingerprint }
}

/** Whether a stored fingerprint is this key's. */
export function isSameKey(key: PurposeKey, fingerprint: string): boolean {
  const a = Buffer.from(key.fingerprint)
  const b = Buffer.from(fingerprint)
  return a.length === b.length && timingSafeEqual(a, b)
}

/** The preimage of an invoice: the same id gives the same preimage on every machine (money rule 8). */
export function invoicePreimage(
  key: PurposeKey,
  { network, publicKey }: Identity,
  invoice: string,
  time = 1,
): Uint8Array {
  const subject = time === 1 ? invoice : `${invoice}/${time}`
  return deriveSecret(key.secret, `v1/invoice-preimage/${network}/${publicKey}`, subject)
}

/** The id of an invoice with an idempotency key: 128 bits that only this key's holder can predict. */
export function invoiceId(
  key: PurposeKey,
  { network, publicKey }: Identity,
  partner: string,
  idempotencyKey: string,
): string {
  const label = `v1/invoice-id/${network}/${publicKey}`
  // The partner's length separates the two texts: no two pairs give the same input.
  return hex(
    deriveSecret(key.secret, label, `${partner.length}:${partner}:${idempotencyKey}`),
  ).slice(0, 32)
}

export function sha256Hex(bytes: Uint8Array | string): string {
  return createHash('sha256').update(bytes).digest('hex')
}

/** HKDF-SHA256 (RFC 5869) with the purpose as info, then HMAC of the subject, so that one derived key serves many subjects. */
export function deriveSecret(secret: Uint8Array, label: string, subject: string): Uint8Array {
  const purposeKey = purposeKeyOf(secret, label)
  return new Uint8Array(createHmac('sha256', purposeKey).update(subject).digest())
}

/** The same for every subject, so it is made once. */
const purposeKeys = new WeakMap<Uint8Array, Map<string, Uint8Array>>()

function purposeKeyOf(secret: Uint8Array, label: string): Uint8Array {
  const known = purposeKeys.get(secret) ?? new Map<string, Uint8Array>()
  purposeKeys.set(secret, known)
  const key =
    known.get(label) ?? new Uint8Array(hkdfSync('sha256', secret, new Uint8Array(0), label, 32))
  known.set(label, key)
  return key
}

export function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}
