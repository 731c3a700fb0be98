import { idOf, makeKey, opens, type StoredKey, withoutHash } from './api-key.ts'
import type { ApiKeyStore } from './api-keys.ts'

/** Keys that end with the process: for tests and the sandbox. `random` gives their bits (default: the system's). */
export function memoryKeys(random?: (bytes: number) => Uint8Array): ApiKeyStore {
  const keys = new Map<string, StoredKey>()
  return {
    async find(text) {
      const stored = keys.get(idOf(text) ?? '')
      return stored && opens(stored, text) ? withoutHash(stored) : undefined
    },
    async create(request) {
      const { stored, text } = makeKey(request, random)
      keys.set(stored.id, stored)
      return { key: withoutHash(stored), text }
    },
    list: async () => [...keys.values()].map(withoutHash),
    async revoke(id) {
      const stored = keys.get(id)
      if (stored === undefined) return undefined
      const revoked = { ...stored, revokedAt: stored.revokedAt ?? Date.now() }
      keys.set(id, revoked)
      return withoutHash(revoked)
    },
  }
}
