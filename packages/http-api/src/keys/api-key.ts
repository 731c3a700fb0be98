import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'

/** Whom a key speaks for: the operator, or one partner. */
export type Scope = 'operator' | `partner:${string}`

/** A key without its secret. Times are milliseconds since 1970. */
export interface ApiKey {
  readonly id: string
  readonly scope: Scope
  /** For people. */
  readonly name: string | null
  readonly createdAt: number
  /** From then on it opens nothing; null while it is good. */
  readonly revokedAt: number | null
}

/** A key as it is stored: SHA-256 of its text, which has 256 random bits and so needs no slow hash. */
export interface StoredKey extends ApiKey {
  readonly hash: string
}

/** A key that was just made; its text cannot be had again. */
export interface NewKey {
  readonly key: ApiKey
  /** What the caller sends: `Authorization: Bearer pnk_…`. */
  readonly text: string
}

const form = /^pnk_([0-9a-f]{16})_[A-Za-z0-9_-]{43}$/

/** Makes a key for a scope from 256 random bits. Throws a RangeError for a scope that is none. */
export function makeKey(
  { scope, name = null }: { readonly scope: Scope; readonly name?: string | null },
  random: (bytes: number) => Uint8Array = randomBytes,
): { readonly stored: StoredKey; readonly text: string } {
  readScope(scope)
  const id = Buffer.from(random(8)).toString('hex')
  const text = `pnk_${id}_${Buffer.from(random(32)).toString('base64url')}`
  const stored = { id, scope, name, createdAt: Date.now(), revokedAt: null, hash: hashOf(text) }
  return { stored, text }
}

/** The partner of a scope; undefined for the operator's. Throws a RangeError for text that is no scope. */
export function readScope(scope: string): string | undefined {
  if (scope === 'operator') return undefined
  // The ids that core takes.
  const [, partner] = /^partner:([\x21-\x7e]{1,255})$/.exec(scope) ?? []
  if (partner !== undefined) return partner
  throw new RangeError(`${JSON.stringify(scope)} is no scope: operator, or partner:<id>`)
}

/** The id that a key's text names; undefined when it is no key. */
export function idOf(text: string): string | undefined {
  return form.exec(text)?.[1]
}

/** Whether that text is this key, in constant time; a revoked one never is. */
export function opens(stored: StoredKey, text: string): boolean {
  const isSame = timingSafeEqual(Buffer.from(stored.hash, 'hex'), Buffer.from(hashOf(text), 'hex'))
  return isSame && stored.revokedAt === null
}

/** A stored key as it may be shown. */
export function withoutHash({ hash: _, ...key }: StoredKey): ApiKey {
  return key
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
