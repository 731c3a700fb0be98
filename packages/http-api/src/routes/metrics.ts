import type { PrometheusMetrics } from '../metrics/prometheus-metrics.ts'
import { defineRoute, type Route } from '../route.ts'

/** What Prometheus scrapes, with an operator's key as its bearer token. */
export function metricsRoute(metrics: PrometheusMetrics): Route {
  return defineRoute({
    method: 'get',
    path: '/metrics',
    access: 'operator',
    room: 'probes',
    summary: 'Metrics in the text form of Prometheus',
    answer: { text: 'text/plain' },
    handle: async ({ node }) =>
      new Response(await metrics.write(node), { headers: { 'Content-Type': metrics.contentType } }),
  })
}
