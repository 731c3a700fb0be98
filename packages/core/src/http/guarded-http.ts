import ky from 'ky'
import { Agent, type Response, fetch as undiciFetch } from 'undici'
import type { Clock } from '../ports/clock.ts'
import type { Http, HttpPurpose, HttpRequest, HttpResponse } from '../ports/http.ts'
import { explainFailure, failedRequest } from './http-errors.ts'
import { type AllowedHost, allowedFor } from './http-options.ts'
import { bareHost, requireUrl } from './judge-url.ts'
import { openSocket } from './open-socket.ts'
import { pinnedConnector, type Resolution } from './pinned-connector.ts'
import { readBody } from './read-body.ts'

export interface GuardedHttpOptions extends Resolution {
  /** Measures the deadlines. */
  readonly clock: Clock
  readonly allow: readonly AllowedHost[]
}

/** The door with sockets, which only a replacement may lack. */
export type GuardedHttp = Required<Http>

/** The exceptions of a purpose, and the connections that were opened under them. */
interface Door {
  readonly allow: readonly AllowedHost[]
  readonly dispatcher: Agent
}

/** Bytes of all headers of an answer. */
const maximumHeaderSize = 16_384

/**
 * The door to the web that trusts nobody behind it: see the port. Sends no cookies, heeds no proxy of
 * the environment, repeats nothing.
 */
export function guardedHttp(options: GuardedHttpOptions): GuardedHttp {
  const { clock } = options
  const doors = new Map<HttpPurpose | undefined, Door>()

  /** One per purpose: a connection that was opened under an exception serves nobody without it. */
  function doorFor(purpose: HttpPurpose | undefined): Door {
    const known = doors.get(purpose)
    if (known) return known
    const allow = allowedFor(options.allow, purpose)
    const connect = pinnedConnector(allow, options)
    const door = { allow, dispatcher: new Agent({ connect, maxHeaderSize: maximumHeaderSize }) }
    doors.set(purpose, door)
    return door
  }

  async function ask(
    url: URL,
    request: HttpRequest,
    dispatcher: Agent,
    signal: AbortSignal,
  ): Promise<Response> {
    const init = {
      method: request.method,
      headers: { 'accept-encoding': 'identity', 'user-agent': 'payment-node', ...request.headers },
      ...(request.body !== undefined && { body: request.body }),
      redirect: 'manual' as const,
      signal,
    }
    // The agent knows undici's own requests only, so the plain values go to it.
    const fetch = (): Promise<globalThis.Response> =>
      undiciFetch(url, { ...init, dispatcher }) as unknown as Promise<globalThis.Response>
    const answer = await ky(url, {
      ...init,
      fetch,
      retry: 0,
      timeout: false,
      throwHttpErrors: false,
    })
    return answer as unknown as Response
  }

  async function follow(request: HttpRequest, signal: AbortSignal): Promise<HttpResponse> {
    const { allow, dispatcher } = doorFor(request.purpose)
    let url = requireUrl(request.url, allow)
    const host = bareHost(url.hostname)
    for (let left = request.redirects; ; left--) {
      const response = await ask(url, request, dispatcher, signal)
      const isFollowed = request.redirects > 0 && request.method === 'GET' && isRedirect(response)
      if (!isFollowed) {
        const { status, headers } = response
        return {
          status,
          headers: Object.fromEntries(headers),
          body: await readBody(host, response, request.maximumBytes),
        }
      }
      await response.body?.cancel()
      if (left === 0)
        throw failedRequest(host, 'too-many-redirects', 'it redirects on and on', 'unknown')
      const to = redirected(host, url, response.headers.get('location')!)
      url = requireUrl(to.href, allow)
    }
  }

  function redirected(host: string, from: URL, location: string): URL {
    const to = URL.canParse(location, from.href) ? new URL(location, from.href) : undefined
    if (!to || to.host !== from.host || to.protocol !== from.protocol)
      throw failedRequest(host, 'redirect-elsewhere', 'it redirects to another host', 'unknown')
    return to
  }

  return {
    contractVersion: 1,
    openSocket: (request) => openSocket(request, options),
    async request(request) {
      const ending = new AbortController()
      const over = new AbortController()
      const host = hostOf(request.url)
      const end = (reason: string, says: string): void =>
        ending.abort(failedRequest(host, reason, says, 'unknown'))
      const abort = (): void => end('aborted', 'the caller gave up')
      if (request.signal?.aborted)
        throw failedRequest(host, 'aborted', 'the caller gave up', 'none')
      request.signal?.addEventListener('abort', abort, { once: true })
      const deadline = clock.sleep(request.timeout, over.signal).then(() => {
        if (!over.signal.aborted) end('deadline', `not within ${request.timeout} ms`)
      })
      try {
        return await follow(request, ending.signal)
      } catch (error) {
        throw explainFailure(host, ending.signal.aborted ? ending.signal.reason : error)
      } finally {
        over.abort()
        request.signal?.removeEventListener('abort', abort)
        await deadline
      }
    },
  }
}

function isRedirect({ status, headers }: Response): boolean {
  return [301, 302, 303, 307, 308].includes(status) && headers.has('location')
}

function hostOf(url: string): string {
  return URL.canParse(url) ? bareHost(new URL(url).hostname) : ''
}
