import type { Http } from '../ports/http.ts'
import { createHttp } from './create-http.ts'
import { type HttpOptions, readHttpOptions } from './http-options.ts'

/**
 * The guarded door to the web, for a plugin that asks a server of its own: public addresses over https,
 * and what `options.allow` excepts for the purpose of a request. Loads its client with the first request.
 * Throws `input.invalid`.
 */
export function openHttp(options?: HttpOptions | Http): Http {
  return createHttp(readHttpOptions(options))
}
