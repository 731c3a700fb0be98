import { invalid } from '../errors.ts'
import type { Random } from '../ports/random.ts'
import { readText } from '../read-input.ts'

/** A secret as it is kept; null: until another takes its place. */
export interface StoredSecret {
  readonly secret: string
  readonly createdAt: number
  readonly expiresAt: number | null
}

const prefix = 'whsec_'

/** Standard Webhooks 1.0.0: a symmetric secret has 24 to 64 bytes. */
const fewest = 24
const most = 64

/** `whsec_` and base64 of 32 random bytes. */
export function newSecret(random: Random): string {
  return prefix + Buffer.from(random.bytes(32)).toString('base64')
}

/** Checks the form of a secret and gives it back. Throws `input.invalid`, without a word of the secret. */
export function readSecret(value: unknown, field: string): string {
  const secret = readText(value, field, { maximum: 255 })
  const says = `expected ${prefix} and base64 of ${fewest} to ${most} bytes`
  if (!secret.startsWith(prefix)) throw invalid(field, 'malformed', says)
  const bytes = secretBytes(secret)
  const isBase64 = Buffer.from(bytes).toString('base64') === secret.slice(prefix.length)
  if (!isBase64) throw invalid(field, 'malformed', says)
  if (bytes.length < fewest) throw invalid(field, 'too-short', says)
  if (bytes.length > most) throw invalid(field, 'too-long', says)
  return secret
}

/** The key of the HMAC. */
export function secretBytes(secret: string): Uint8Array {
  return new Uint8Array(Buffer.from(secret.slice(prefix.length), 'base64'))
}

/** The secrets that sign at this moment (milliseconds since 1970), newest first. */
export function validSecrets(stored: unknown, now: number): readonly StoredSecret[] {
  return (stored as readonly StoredSecret[]).filter(
    ({ expiresAt }) => expiresAt === null || expiresAt > now,
  )
}
