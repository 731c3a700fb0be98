import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { verifyWebhook } from '@payment-node/core'
import { afterAll, expect, test } from 'vitest'
import type { ToldSpan, TracedShopHears, TracedShopSays } from './programs/traced-shop.ts'

const folder = mkdtempSync(join(tmpdir(), 'traced-shop-'))
afterAll(() => rmSync(folder, { recursive: true }))

const callersTrace = '1'.repeat(32)
const traceparent = `00-${callersTrace}-${'2'.repeat(16)}-01`

/** A process that serves the API over books on disk. */
async function openShop(file: string) {
  const program = join(import.meta.dirname, 'programs', 'traced-shop.ts')
  const child = fork(program, [join(folder, file)], { execArgv: ['--conditions=dev-source'] })
  const hear = async <T extends TracedShopSays['is']>(is: T) => {
    for (;;) {
      const [word] = (await once(child, 'message')) as [TracedShopSays]
      if (word.is === is) return word as Extract<TracedShopSays, { is: T }>
    }
  }
  const tell = (word: TracedShopHears): void => void child.send(word)
  const kill = async (): Promise<void> => {
    if (child.signalCode !== null) return
    const exited = once(child, 'exit')
    child.kill('SIGKILL')
    await exited
  }
  const { url, key } = await hear('up')
  return {
    tell,
    async call(path: string, body: object, headers: Record<string, string> = {}) {
      const answer = await fetch(`${url}${path}`, {
        method: path === '/v1/partners/bakery' ? 'PUT' : 'POST',
        headers: {
          authorization: `Bearer ${key}`,
          'content-type': 'application/json',
          ...headers,
        },
        body: JSON.stringify(body),
      })
      expect(answer.ok, path).toBe(true)
      // biome-ignore lint/suspicious/noExplicitAny: what a client sees
      return (await answer.json()) as any
    },
    async spans(): Promise<readonly ToldSpan[]> {
      const heard = hear('spans')
      tell({ spans: true })
      return (await heard).spans
    },
    kill,
    [Symbol.asyncDispose]: kill,
  }
}

interface Arrived {
  readonly headers: IncomingHttpHeaders
  readonly body: string
  readonly response: ServerResponse
}

/** A receiver that leaves each answer to the test. */
async function openReceiver() {
  const arrived: Arrived[] = []
  const waiting = new Set<() => void>()
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    arrived.push({ headers: request.headers, body: Buffer.concat(chunks).toString(), response })
    for (const look of waiting) look()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    /** The request of this number, as soon as it is there. */
    request: (number: number) =>
      new Promise<Arrived>((resolve) => {
        const look = (): void => {
          const found = arrived[number]
          if (!found) return
          waiting.delete(look)
          resolve(found)
        }
        waiting.add(look)
        look()
      }),
    [Symbol.asyncDispose]: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

const traceOf = ({ headers }: Arrived): string | undefined =>
  String(headers.traceparent).split('-')[1]

test('one trace of OpenTelemetry from POST /v1/invoices to the webhook', async () => {
  await using receiver = await openReceiver()
  await using shop = await openShop('traced.db')
  await shop.call('/v1/partners/bakery', {})
  await shop.call('/v1/webhooks', { url: receiver.url, types: ['invoice.settled'] })
  const invoice = await shop.call('/v1/invoices', { partner: 'bakery' }, { traceparent })
  expect(invoice.traceparent.split('-')[1]).toBe(callersTrace)
  // What is malformed is as nothing: a trace of its own.
  const odd = await shop.call('/v1/invoices', { partner: 'bakery' }, { traceparent: '00-x' })
  expect(odd.traceparent).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/)
  expect(odd.traceparent).not.toContain(callersTrace)
  const asked = await shop.call(
    '/v1/invoices',
    { partner: 'bakery', amount: '5 sat' },
    { traceparent },
  )
  shop.tell({ pay: asked.paymentRequest })
  const arrived = await receiver.request(0)
  arrived.response.writeHead(204).end()
  expect(traceOf(arrived)).toBe(callersTrace)
  const deliverId = String(arrived.headers.traceparent).split('-')[2]
  let told: readonly ToldSpan[]
  do told = await shop.spans()
  while (!told.some(({ id }) => id === deliverId))
  const own = told.filter(({ trace }) => trace === callersTrace)
  const create = own.find(({ id }) => asked.traceparent.includes(id))
  expect(create).toMatchObject({ name: 'payment_node.invoice.create', parent: '2'.repeat(16) })
  const below = own.filter(({ parent }) => parent === create!.id).map(({ name }) => name)
  // Channels are read anew where what is known of them is seconds old: on a busy machine.
  const steps = below.filter((name) => name !== 'LightningNode/listChannels')
  expect(steps.sort()).toEqual([
    'LightningNode/createInvoice',
    'payment_node.invoice.settle',
    'payment_node.webhook.deliver',
  ])
}, 60_000)

test('killed in the middle of a delivery: the next process sends it again, same id, same bytes, same trace', async () => {
  await using receiver = await openReceiver()
  const first = await openShop('killed.db')
  await first.call('/v1/partners/bakery', {})
  const { secret } = await first.call('/v1/webhooks', {
    url: receiver.url,
    types: ['invoice.settled'],
  })
  const body = { partner: 'bakery', amount: '5 sat' }
  const invoice = await first.call('/v1/invoices', body, { traceparent })
  first.tell({ pay: invoice.paymentRequest })
  // Settled, and the request is there, but never its answer.
  const before = await receiver.request(0)
  await first.kill()

  await using second = await openShop('killed.db')
  const after = await receiver.request(1)
  after.response.writeHead(204).end()
  expect(after.headers['webhook-id']).toBe(before.headers['webhook-id'])
  expect(after.body).toBe(before.body)
  for (const one of [before, after]) {
    const event = verifyWebhook(secret, one.headers, one.body)
    expect(event).toMatchObject({ type: 'invoice.settled', data: { invoice: { id: invoice.id } } })
    expect(traceOf(one)).toBe(callersTrace)
  }
  expect((await second.spans()).map(({ trace }) => trace)).toContain(callersTrace)
}, 60_000)

test('the adapter for OpenTelemetry in the docs is the one that is tested here', () => {
  const docs = readFileSync(
    join(import.meta.dirname, '..', '..', '..', 'docs', 'metrics.md'),
    'utf8',
  )
  const adapter = readFileSync(join(import.meta.dirname, 'otel-meter.ts'), 'utf8')
  expect(docs).toContain(`\`\`\`ts\n${adapter}\`\`\`\n`)
})
