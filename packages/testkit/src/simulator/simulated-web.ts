import { type HttpRequest, type HttpResponse, PaymentNodeError } from '@payment-node/core'

/** What a server answers; `silence`: never anything. */
export type WebAnswer = HttpResponse | 'silence'

/** A server of the simulated web. */
export type WebServer = (request: HttpRequest) => Promise<WebAnswer>

/** The whole web of a world: servers by host name. */
export interface SimulatedWeb {
  /** Puts a server at a host name. */
  serve(host: string, server: WebServer): void
  /** A request arrives at its server; rejects where there is none. */
  ask(request: HttpRequest): Promise<WebAnswer>
}

/** A web without any server. */
export function createSimulatedWeb(): SimulatedWeb {
  const servers = new Map<string, WebServer>()
  return {
    serve: (host, server) => void servers.set(host, server),
    async ask(request) {
      const { hostname } = new URL(request.url)
      const server = servers.get(hostname)
      if (!server) throw webFailure(hostname, 'name-not-found', 'none')
      return server(request)
    },
  }
}

/** An answer as servers give it. */
export function webAnswer(
  status: number,
  body: string,
  headers: Readonly<Record<string, string>> = {},
): HttpResponse {
  return { status, headers: { 'content-type': 'application/json', ...headers }, body }
}

/** What the port says when nothing usable came back. */
export function webFailure(
  host: string,
  reason: string,
  outcome: 'none' | 'unknown',
): PaymentNodeError<'http.failed'> {
  return new PaymentNodeError('http.failed', `${host} gave no usable answer (simulated).`, {
    host,
    reason,
    outcome,
  })
}
