import { ApiError } from './api-error.ts'
import type { Caller } from './caller.ts'
import { readScope } from './keys/api-key.ts'
import type { ApiKeys } from './keys/api-keys.ts'
import type { RequestLimiter } from './limit-requests.ts'

/** What recognises callers. */
export interface Gate {
  readonly keys: ApiKeys
  /** Per key. */
  readonly requests: RequestLimiter
  /** Per address: keys that were not known. */
  readonly failures: RequestLimiter
}

/**
 * The only way in: `Authorization: Bearer pnk_…`. No key, nonsense, an unknown and a revoked key are
 * answered alike. Failures are counted per address, after the key was looked up: whoever shares an
 * address with somebody who guesses is not kept out.
 */
export async function authenticate(
  { keys, requests, failures }: Gate,
  authorization: string | undefined,
  address: string,
): Promise<Caller> {
  const [, text] = /^Bearer ([\x21-\x7e]{1,200})$/i.exec(authorization ?? '') ?? []
  const key = text === undefined ? undefined : await keys.find(text)
  if (key === undefined) {
    await failures.count(address)
    throw new ApiError('api.unauthenticated', 'This needs an API key.', {
      advice: 'Send the header Authorization: Bearer pnk_…',
    })
  }
  await requests.count(key.id)
  return { keyId: key.id, partner: readScope(key.scope) }
}
