import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { rootCertificates } from 'node:tls'
import { inspect } from 'node:util'
import { createPaymentNode, type Logger } from '@payment-node/core'
import { createApi, memoryKeys, prometheusMetrics } from '@payment-node/http-api'
import { lnd } from '@payment-node/lnd-adapter'
import { sqlite } from '@payment-node/storage-sqlite'
import { expect, test } from 'vitest'

test('N2: neither the macaroon nor the invoice key is in any answer or log, while LND fails', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'reference-server-test-'))
  const written: string[] = []
  const write = (message: string, fields?: unknown): void => {
    written.push(`${message} ${inspect(fields, { depth: 20, showHidden: true })}`)
  }
  const logger: Logger = { debug: write, info: write, warn: write, error: write }
  const [macaroon, invoiceKey] = [randomBytes(120), randomBytes(32)]
  // Something listens where LND should be, and is none.
  const stranger = createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'))
  await new Promise<void>((resolve) => stranger.listen(0, '127.0.0.1', resolve))
  const { port } = stranger.address() as { port: number }
  const metrics = prometheusMetrics()
  const node = createPaymentNode({
    lightning: lnd({
      address: `127.0.0.1:${port}`,
      certificate: Buffer.from(rootCertificates[0]!),
      macaroon,
    }),
    storage: sqlite({ file: join(folder, 'payments.db') }),
    keys: { invoices: invoiceKey },
    meter: metrics.meter,
    logger,
  })
  const keys = memoryKeys()
  const { text: key } = await keys.create({ scope: 'operator' })
  const api = createApi({ node, keys, metrics, logger })
  const failed = await node.start().catch((error: unknown) => error)
  written.push(inspect(failed, { depth: 20 }), JSON.stringify(failed) ?? '')
  const statuses = new Set<number>()
  for (const { method, path } of api.routes) {
    const body = ['GET', 'DELETE'].includes(method) ? {} : { body: '{}' }
    const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' }
    const url = `http://127.0.0.1${path.replace(/\{\w+\}/, 'x')}`
    const answer = await api.fetch(new Request(url, { method, headers, ...body }))
    statuses.add(answer.status)
    written.push(`${await answer.text()} ${JSON.stringify([...answer.headers])}`)
  }
  await node.stop()
  stranger.close()
  rmSync(folder, { recursive: true })
  expect(statuses).toContain(503)
  expect(written.length).toBeGreaterThan(api.routes.length * 2)
  const forms = ['hex', 'base64', 'base64url'] as const
  const everything = written.join('\n')
  for (const secret of [macaroon, invoiceKey]) {
    for (const form of forms) expect(everything).not.toContain(secret.toString(form).slice(0, 30))
    // As inspect shows bytes.
    expect(everything).not.toContain(inspect(secret.subarray(0, 12)).slice(8, 40))
  }
  expect(everything).not.toContain(key.slice(21))
}, 60_000)
