import { randomBytes, timingSafeEqual } from 'node:crypto'
import { serveApi } from '@payment-node/http-api'
import { type Context, Hono } from 'hono'
import { streamSSE } from 'hono/streaming'
import { renderLivePage } from '../report/render-shops-page.ts'
import { type Button, buttons } from '../two-shops/press.ts'
import type { LiveShops } from './run-live.ts'

/** The page of the running shops, on this machine only. */
export interface LiveServer {
  /** With the token that its buttons need. */
  readonly url: string
  close(): Promise<void>
}

/** Nothing from elsewhere, and nobody may put the page into another one. */
const policy = [
  "default-src 'none'",
  "script-src 'unsafe-inline'",
  "style-src 'unsafe-inline'",
  "connect-src 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
].join('; ')

/** Serves on 127.0.0.1; port 0 takes a free one. */
export async function serveLive(live: LiveShops, port = 0): Promise<LiveServer> {
  const token = randomBytes(16).toString('hex')
  const ending = new AbortController()
  let own = ''
  const app = new Hono()

  app.use(async (context, next) => {
    if (!isAllowed(context, own, token)) return context.text('not for you', 403)
    context.header('content-security-policy', policy)
    context.header('referrer-policy', 'no-referrer')
    context.header('cache-control', 'no-store')
    return next()
  })
  app.get('/', (context) => context.html(renderLivePage(live.state, token)))
  app.get('/state', (context) => context.json(live.state))
  app.get('/changes', (context) =>
    streamSSE(context, async (stream) => {
      const over = Promise.withResolvers<void>()
      const stop = live.onState((state) => {
        stream.writeSSE({ data: JSON.stringify(state) }).catch(over.resolve)
      })
      stream.onAbort(() => over.resolve())
      ending.signal.addEventListener('abort', () => over.resolve(), { once: true })
      await over.promise
      stop()
    }),
  )
  app.get('/explain/:marker', async (context) => {
    const explained = await live.explain(Number(context.req.param('marker')))
    return explained ? context.json(explained) : context.json({ error: 'no such mark' }, 404)
  })
  app.post('/press/:button', (context) => {
    const button = context.req.param('button')
    if (!Object.hasOwn(buttons, button)) return context.json({ error: 'no such button' }, 404)
    live.press(button as Button)
    return context.json({ pressed: button }, 202)
  })

  const server = await serveApi({ fetch: async (request) => app.fetch(request) }, { port })
  own = new URL(server.url).host
  return {
    url: `${server.url}/?token=${token}`,
    async close() {
      ending.abort()
      await server.close()
    },
  }
}

/**
 * Other sites may send requests here, too: they do not know the token, they cannot send the header, and a name of
 * theirs that leads to 127.0.0.1 is another host than ours.
 */
function isAllowed({ req }: Context, own: string, token: string): boolean {
  const origin = req.header('origin')
  if (req.header('host') !== own) return false
  if (origin !== undefined && origin !== `http://${own}`) return false
  const shown = req.method === 'GET' ? (req.query('token') ?? '') : ''
  const given = Buffer.from(req.header('x-demo-token') ?? shown)
  return given.length === token.length && timingSafeEqual(given, Buffer.from(token))
}
