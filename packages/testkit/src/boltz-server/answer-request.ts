import { routeRequest } from './route-request.ts'
import { BoltzRefusal, type ServerContext } from './server-context.ts'

/** A request as it comes. */
export interface BoltzRequest {
  readonly method: string
  /** With the prefix `/v2`, and the query. */
  readonly path: string
  readonly body?: string
}

/**
 * What goes back. `cut`: the connection ends before or in the middle of the answer. `never`: it stays open, and
 * nothing comes.
 */
export type BoltzAnswer =
  | {
      readonly kind: 'answer'
      readonly status: number
      readonly headers: Readonly<Record<string, string>>
      readonly body: string
    }
  | { readonly kind: 'cut'; readonly sent: string }
  | { readonly kind: 'never' }

/** Where the API begins. */
export const pathPrefix = '/v2'
const lateMilliseconds = 90_000
const hugeBytes = 10 * 1024 * 1024
const json = { 'content-type': 'application/json' }

/** Answers a request, or does what a fault does instead. */
export async function answerRequest(
  context: ServerContext,
  request: BoltzRequest,
): Promise<BoltzAnswer> {
  const { faults, clock } = context
  if (!context.isReachable || faults.strike('vanished')) return { kind: 'cut', sent: '' }
  if (faults.strike('silent')) return { kind: 'never' }
  const instead = answerInstead(context)
  if (instead) return instead
  const answer = await answerHonestly(context, request)
  if (faults.strike('late')) await clock.sleep(lateMilliseconds)
  if (answer.kind !== 'answer') return answer
  const isCreation = request.method === 'POST' && request.path === `${pathPrefix}/swap/reverse`
  if (isCreation && answer.status === 201 && faults.strike('creation-answer-lost')) {
    return { kind: 'cut', sent: '' }
  }
  return faults.strike('cut-answer')
    ? { kind: 'cut', sent: answer.body.slice(0, answer.body.length / 2) }
    : answer
}

function answerInstead({ faults }: ServerContext): BoltzAnswer | undefined {
  const say = (
    status: number,
    body: string,
    headers: Record<string, string> = json,
  ): BoltzAnswer => ({
    kind: 'answer',
    status,
    headers,
    body,
  })
  if (faults.strike('server-error')) return say(500, '{"error":"internal error"}')
  if (faults.strike('too-many-requests')) {
    return say(429, '{"error":"too many requests"}', { ...json, 'retry-after': '30' })
  }
  if (faults.strike('not-json')) {
    return say(200, '<html><body>It works!</body></html>', { 'content-type': 'text/html' })
  }
  if (faults.strike('empty-answer')) return say(200, '')
  if (faults.strike('huge-answer')) return say(200, `{"id":"${'a'.repeat(hugeBytes)}"}`)
  if (faults.strike('deep-answer')) return say(200, '['.repeat(100_000) + ']'.repeat(100_000))
  return faults.strike('redirected')
    ? say(302, '', { location: 'http://192.0.2.1/v2/swap/reverse' })
    : undefined
}

async function answerHonestly(
  context: ServerContext,
  { method, path, body = '' }: BoltzRequest,
): Promise<BoltzAnswer> {
  const say = (status: number, told: unknown, headers = {}): BoltzAnswer => ({
    kind: 'answer',
    status,
    headers: { ...json, ...headers },
    body: JSON.stringify(told),
  })
  try {
    if (!path.startsWith(`${pathPrefix}/`)) throw new BoltzRefusal('not found', 404)
    const routed = await routeRequest(context, {
      method,
      path: path.slice(pathPrefix.length),
      body,
    })
    if (routed === 'never')
      return context.isReachable ? { kind: 'never' } : { kind: 'cut', sent: '' }
    return say(routed.status, routed.body)
  } catch (error) {
    if (!(error instanceof BoltzRefusal)) throw error
    return say(error.httpStatus, { error: error.message }, error.headers)
  }
}
