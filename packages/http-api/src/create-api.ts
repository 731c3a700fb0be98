import { OpenAPIHono } from '@hono/zod-openapi'
import { type Logger, type PaymentNode, silentLogger } from '@payment-node/core'
import { answerError } from './answer-error.ts'
import { ApiError } from './api-error.ts'
import { authenticate, type Gate } from './authenticate.ts'
import type { Access, Caller } from './caller.ts'
import { describeApi } from './describe-api.ts'
import type { ApiKeys } from './keys/api-keys.ts'
import { limitRequests, type RateLimit } from './limit-requests.ts'
import type { PrometheusMetrics } from './metrics/prometheus-metrics.ts'
import { mountRoute } from './mount-route.ts'
import { observeRequests } from './observe-requests.ts'
import { readAddress } from './read-address.ts'
import type { Route } from './route.ts'
import { channelRoutes } from './routes/channels.ts'
import { descriptionRoute } from './routes/description.ts'
import { eventRoutes } from './routes/events.ts'
import { invoiceRoutes } from './routes/invoices.ts'
import { keeperRoutes } from './routes/keeper.ts'
import { ledgerRoutes } from './routes/ledger.ts'
import { liquidityRoutes } from './routes/liquidity.ts'
import { metricsRoute } from './routes/metrics.ts'
import { partnerRoutes } from './routes/partners.ts'
import { payoutRoutes } from './routes/payouts.ts'
import { peerRoutes } from './routes/peers.ts'
import { probeRoutes } from './routes/probes.ts'
import { routingRoutes } from './routes/routing.ts'
import { safetyRoutes } from './routes/safety.ts'
import { swapRoutes } from './routes/swaps.ts'
import { webhookRoutes } from './routes/webhooks.ts'

/** What the API is made of. */
export interface ApiOptions {
  /** Started and stopped by whoever made it. */
  readonly node: PaymentNode
  readonly keys: ApiKeys
  /** Served at `/metrics` to the operator's keys; requests are counted in it. */
  readonly metrics?: PrometheusMetrics
  readonly limits?: {
    /** Per key; default 1200 in 60 seconds. */
    readonly perKey?: RateLimit | false
    /** Unknown keys, per address; default 30 in 60 seconds. */
    readonly failuresPerAddress?: RateLimit | false
  }
  /** Larger bodies are refused; default 100,000 bytes. */
  readonly maximumBodyBytes?: number
  /**
   * Whom failures are counted against. Default: the address of the connection, which behind a proxy is the
   * proxy's; read the header there that your proxy sets.
   */
  readonly addressOf?: (request: Request) => string
  /** Routes of your own, behind the same keys and in the same description: `defineRoute({ … })`. */
  readonly routes?: readonly Route[]
  /** One line per request, without anything secret. Default: none. */
  readonly logger?: Logger
}

/** The HTTP API of a node: a handler of standard requests. */
export interface Api {
  /** For any server or framework that speaks `Request` and `Response`; {@link serveApi} is one. */
  fetch(request: Request, environment?: object): Promise<Response>
  /** Every route, in the order in which they are tried. */
  readonly routes: readonly ApiRoute[]
}

/** One route, as a proxy's rules or a test need it. */
export interface ApiRoute {
  readonly method: string
  /** OpenAPI's form: `/v1/invoices/{invoice}`. */
  readonly path: string
  readonly access: Access
}

/** Invoices, payouts, partners, books and events of a node over HTTP, by API keys; described at `/openapi.json`. */
export function createApi(options: ApiOptions): Api {
  const { node, metrics, limits = {}, logger = silentLogger } = options
  const gate: Gate = {
    keys: options.keys,
    requests: limitRequests(limits.perKey ?? { requests: 1200, seconds: 60 }),
    failures: limitRequests(limits.failuresPerAddress ?? { requests: 30, seconds: 60 }),
  }
  const routes: readonly Route[] = [
    ...probeRoutes,
    descriptionRoute(() => describeApi(app)),
    ...(metrics ? [metricsRoute(metrics)] : []),
    ...invoiceRoutes,
    ...payoutRoutes,
    ...partnerRoutes,
    ...ledgerRoutes,
    ...eventRoutes,
    ...safetyRoutes,
    ...webhookRoutes,
    ...channelRoutes,
    ...keeperRoutes,
    ...peerRoutes,
    ...routingRoutes,
    ...swapRoutes,
    ...liquidityRoutes,
    ...(options.routes ?? []),
  ]
  const app = new OpenAPIHono<ApiEnvironment>()
  app.use(observeRequests(logger, metrics?.meter))
  app.onError((error, context) => {
    const { status, body, headers } = answerError(error, context.get('caller'), logger)
    return Response.json(body, { status, headers })
  })
  const identify = async (request: Request, environment: unknown): Promise<Caller> => {
    const address = options.addressOf?.(request) ?? readAddress(environment)
    return authenticate(gate, request.headers.get('authorization') ?? undefined, address)
  }
  for (const route of routes) {
    mountRoute(app, route, {
      node,
      identify,
      maximumBodyBytes: options.maximumBodyBytes ?? 100_000,
    })
  }
  app.notFound(async (context) => {
    // Whoever has no key does not learn either what there is.
    context.set('caller', await identify(context.req.raw, context.env))
    throw new ApiError('api.route-not-found', 'There is no such route.', {
      advice: '/openapi.json lists all of them.',
    })
  })
  return {
    fetch: async (request, environment) => app.fetch(request, environment),
    routes: routes.map(({ method, path, access }) => ({
      method: method.toUpperCase(),
      path,
      access,
    })),
  }
}

/** What the framework carries along with a request. */
export interface ApiEnvironment {
  Variables: {
    /** Who calls; undefined until the key was looked at. */
    caller: Caller | undefined
  }
}
