import type { Http } from '../ports/http.ts'
import { systemClock } from '../system-clock.ts'
import type { HttpSettings } from './http-options.ts'

/**
 * The door to the web. The client is loaded at the first request: a node that never asks the web
 * does not pay for it. Its deadlines are in real time, since real servers know no other.
 */
export function createHttp(settings: HttpSettings): Http {
  if ('replacement' in settings) return settings.replacement
  let client: Promise<Http> | undefined
  return {
    contractVersion: 1,
    async request(request) {
      client ??= import('./guarded-http.ts').then(({ guardedHttp }) =>
        guardedHttp({ clock: systemClock, allow: settings.allow }),
      )
      return (await client).request(request)
    },
  }
}
