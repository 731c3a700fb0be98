import { type Logger, type Meter, traceparentOf } from '@payment-node/core'
import type { MiddlewareHandler } from 'hono'
import { routePath } from 'hono/route'
import type { ApiEnvironment } from './create-api.ts'

/**
 * One line and one observation per request. The route is named as it was declared: ids, queries, headers
 * and bodies may hold what should not be kept.
 */
export function observeRequests(
  logger: Logger,
  meter: Meter | undefined,
): MiddlewareHandler<ApiEnvironment> {
  return async (context, next) => {
    const start = performance.now()
    await next()
    // Some answers hold what is given out once.
    context.header('Cache-Control', 'no-store')
    const { method } = context.req
    const { status } = context.res
    const route = routePath(context, -1).replace(/:([^/]+)/g, '{$1}')
    const milliseconds = performance.now() - start
    const key = context.get('caller')?.keyId
    const trace = traceparentOf(context.req.header('traceparent'))?.split('-')[1]
    logger.info('request', {
      method,
      route,
      status,
      milliseconds: Math.round(milliseconds),
      ...(key !== undefined && { key }),
      ...(trace !== undefined && { trace }),
    })
    meter?.record('http.server.request.duration', milliseconds / 1000, {
      'http.request.method': method,
      'http.route': route,
      'http.response.status_code': String(status),
    })
  }
}
