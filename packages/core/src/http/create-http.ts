import type { Http } from '../ports/http.ts'
import { systemClock } from '../system-clock.ts'
import type { GuardedHttp } from './guarded-http.ts'
import type { HttpSettings } from './http-options.ts'

/**
 * The door to the web. The client is loaded at the first request: a node that never asks the web
 * does not pay for it. Its deadlines are in real time, since real servers know no other.
 */
export function createHttp(settings: HttpSettings): Http {
  if ('replacement' in settings) return settings.replacement
  let client: Promise<GuardedHttp> | undefined
  const load = (): Promise<GuardedHttp> => {
    client ??= import('./guarded-http.ts').then(({ guardedHttp }) =>
      guardedHttp({ clock: systemClock, allow: settings.allow }),
    )
    return client
  }
  return {
    contractVersion: 1,
    request: async (request) => (await load()).request(request),
    openSocket: async (request) => (await load()).openSocket(request),
  }
}
