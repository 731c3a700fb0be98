import type { ApiKey, NewKey, Scope } from './api-key.ts'

/** Where the API looks up keys. */
export interface ApiKeys {
  /** The key of that text; undefined when it is unknown, revoked, or no key at all. */
  find(text: string): Promise<ApiKey | undefined>
}

/** Keys that can be made and taken back. */
export interface ApiKeyStore extends ApiKeys {
  /** The only moment at which the key's text can be read. Throws a RangeError for a scope that is none. */
  create(request: { readonly scope: Scope; readonly name?: string }): Promise<NewKey>
  /** All of them, also revoked ones, in the order in which they were made. */
  list(): Promise<readonly ApiKey[]>
  /** From now on it opens nothing; undefined when there is no such key. */
  revoke(id: string): Promise<ApiKey | undefined>
}
