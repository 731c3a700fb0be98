import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import { type PaymentNode, PaymentNodeError, traceparentOf } from '@payment-node/core'
import type { Context, MiddlewareHandler, Next } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { ApiError } from './api-error.ts'
import { type Caller, requireAccess } from './caller.ts'
import type { ApiEnvironment } from './create-api.ts'
import type { Call, Route } from './route.ts'
import { refusal } from './schemas/values.ts'

/** What every route is given. */
export interface Surroundings {
  readonly node: PaymentNode
  identify(request: Request, environment: unknown): Promise<Caller>
  readonly maximumBodyBytes: number
}

/** Adds a route: who may call it is looked at before its body is read. */
export function mountRoute(
  app: OpenAPIHono<ApiEnvironment>,
  route: Route,
  { node, identify, maximumBodyBytes }: Surroundings,
): void {
  const guard = async (context: Context<ApiEnvironment>, next: Next): Promise<void> => {
    if (route.access !== 'anyone') {
      const caller = await identify(context.req.raw, context.env)
      context.set('caller', caller)
      requireAccess(caller, route.access)
    }
    await next()
  }
  const middleware = route.body === undefined ? [guard] : [guard, ...readBody(maximumBodyBytes)]
  app.openapi(describeRoute(route, middleware), handler as never, (result) => {
    if (!result.success) throw refuseInput(result.error)
  })

  async function handler(context: Context<ApiEnvironment>): Promise<Response> {
    const input = context.req as unknown as { valid(target: string): never }
    const call: Call<never, never, never> = {
      node,
      caller: context.get('caller') ?? { keyId: '', partner: '' },
      parameters: input.valid('param'),
      query: input.valid('query'),
      body: route.body === undefined ? (undefined as never) : input.valid('json'),
      idempotencyKey: context.req.header('idempotency-key'),
      traceparent: traceparentOf(context.req.header('traceparent')),
    }
    const answer = await route.handle(call)
    return answer instanceof Response ? answer : context.json(answer, route.status ?? 200)
  }
}

function readBody(maximumBytes: number): MiddlewareHandler[] {
  return [
    bodyLimit({
      maxSize: maximumBytes,
      onError: () => {
        throw new ApiError('api.body-too-large', `The body is larger than ${maximumBytes} bytes.`, {
          details: { maximumBytes },
        })
      },
    }),
    async ({ req }, next) => {
      if (!/^application\/json *(;|$)/i.test(req.header('content-type') ?? '')) {
        throw new ApiError('api.media-type-unsupported', 'The body must be application/json.')
      }
      await next()
    },
  ]
}

/** The library's own form of a refused parameter, with its reasons. */
function refuseInput({ issues }: z.ZodError): PaymentNodeError<'input.invalid'> {
  const issue = issues[0]!
  const isUnknown = issue.code === 'unrecognized_keys'
  const field = [...issue.path, ...(isUnknown ? issue.keys.slice(0, 1) : [])].join('.') || 'body'
  const isMissing = issue.code === 'invalid_type' && /received undefined/.test(issue.message)
  const reason = isUnknown
    ? 'unknown-option'
    : isMissing
      ? 'missing'
      : issue.code === 'invalid_value'
        ? 'unknown-value'
        : 'wrong-type'
  const says = issue.message.replace(/^Invalid input: /, '')
  return new PaymentNodeError('input.invalid', `${field}: ${says}`, { field, reason })
}

/** The route as OpenAPI has it. */
function describeRoute(route: Route, middleware: MiddlewareHandler[]) {
  const { answer, idempotency } = route
  const isRequired = idempotency === 'required'
  const content =
    answer instanceof z.ZodType
      ? { 'application/json': { schema: answer } }
      : { [(answer as { text: string }).text]: { schema: z.string() } }
  return createRoute({
    method: route.method,
    path: route.path,
    operationId: nameOf(route),
    tags: [route.room],
    summary: route.summary,
    description: {
      anyone: 'No key.',
      partner: "The operator's keys, and partners' for what is theirs.",
      operator: "The operator's keys.",
    }[route.access],
    ...(route.access === 'anyone' ? { security: [] } : { security: [{ key: [] }] }),
    request: {
      params: route.parameters ?? z.object({}),
      query: route.query ?? z.object({}),
      ...(idempotency && {
        headers: z.object({
          'idempotency-key': isRequired ? z.string() : z.string().optional(),
        }),
      }),
      ...(route.body && {
        body: { required: true, content: { 'application/json': { schema: route.body } } },
      }),
    },
    responses: {
      [route.status ?? 200]: { description: 'Done.', content },
      default: { description: 'Refused.', content: { 'application/json': { schema: refusal } } },
    },
    middleware: middleware as never,
  })
}

/** Unique and speaking, for generated clients: `postInvoicesCancel`. */
function nameOf({ method, path }: Route): string {
  const words = path.split('/').filter((part) => part !== '' && part !== 'v1')
  const named = words.map((word) =>
    word
      .replace(/^\{(.*)\}$/, 'by-$1')
      .replace(/(^|[-.])(.)/g, (_, __, letter) => letter.toUpperCase()),
  )
  return `${method}${named.join('')}`
}
