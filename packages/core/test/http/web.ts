import type { LookupAddress } from 'node:dns'
import { createServer, type RequestListener, type Server } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { Http, HttpRequest, HttpResponse } from '@payment-node/core'
import { PaymentNodeError } from '@payment-node/core'
import { generate } from 'selfsigned'
import { onTestFinished } from 'vitest'
import { guardedHttp } from '../../src/http/guarded-http.ts'
import type { AllowedHost } from '../../src/http/http-options.ts'
import type { Resolution } from '../../src/http/pinned-connector.ts'
import { systemClock } from '../../src/system-clock.ts'

/** A public address; in tests every connection to it goes to this machine. */
export const publicAddress: LookupAddress = { address: '93.184.215.14', family: 4 }

/** A real server on 127.0.0.1, ended with the test. */
export interface Web {
  readonly port: number
  readonly server: Server
  /** Path of every request. */
  readonly requests: string[]
}

export function openWeb(answer: RequestListener): Promise<Web> {
  return listen(createServer(), answer)
}

/** With TLS, for one host name. */
export async function openSecureWeb(
  name: string,
  answer: RequestListener,
): Promise<Web & { readonly authority: string }> {
  const made = await generate([{ name: 'commonName', value: name }], {
    keyType: 'ec',
    algorithm: 'sha256',
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'subjectAltName', altNames: [{ type: 2, value: name }] },
    ],
  })
  const web = await listen(createTlsServer({ cert: made.cert, key: made.private }), answer)
  return { ...web, authority: made.cert }
}

async function listen(server: Server, answer: RequestListener): Promise<Web> {
  const requests: string[] = []
  server.on('request', (request, response) => {
    requests.push(request.url ?? '')
    answer(request, response)
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  onTestFinished(
    () =>
      new Promise<void>((stopped) => {
        server.close(() => stopped())
        server.closeAllConnections()
      }),
  )
  return { port: (server.address() as AddressInfo).port, server, requests }
}

/** A guarded client and short ways to ask with it. */
export interface Client {
  readonly http: Http
  get(url: string, more?: Partial<HttpRequest>): Promise<HttpResponse>
  /** `code reason outcome` of the rejection, or `accepted` with the status. */
  outcome(url: string, more?: Partial<HttpRequest>): Promise<string>
}

export function openClient(
  allow: readonly AllowedHost[] = [],
  resolution: Resolution = {},
): Client {
  const http = guardedHttp({ clock: systemClock, allow, ...resolution })
  const get: Client['get'] = (url, more = {}) =>
    http.request({
      method: 'GET',
      purpose: 'webhooks',
      url,
      timeout: 10_000,
      maximumBytes: 65_536,
      redirects: 0,
      ...more,
    })
  return {
    http,
    get,
    outcome: (url, more) => get(url, more).then(({ status }) => `accepted ${status}`, describe),
  }
}

function describe(error: unknown): string {
  if (!PaymentNodeError.is(error)) return `untyped ${String(error)}`
  const { reason, outcome } = error.details as { reason?: string; outcome?: string }
  return [error.code, reason, outcome].filter(Boolean).join(' ')
}
