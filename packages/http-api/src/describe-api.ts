import type { OpenAPIHono } from '@hono/zod-openapi'
import type { ApiEnvironment } from './create-api.ts'

/** The OpenAPI 3.1 document, made from the routes themselves. */
export function describeApi(app: OpenAPIHono<ApiEnvironment>): object {
  const document = app.getOpenAPI31Document({
    openapi: '3.1.0',
    info: {
      title: 'payment-node',
      version: '1',
      description:
        'Take Lightning payments for partners, and pay them out. Amounts are text with their unit ' +
        '("25000 sat"), times are milliseconds since 1970. Every refusal has the form of Error.',
    },
    servers: [{ url: '/' }],
  })
  return {
    ...document,
    components: {
      ...document.components,
      securitySchemes: {
        key: { type: 'http', scheme: 'bearer', description: 'An API key: pnk_…' },
      },
    },
  }
}
