import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, rmdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { expect, test } from 'vitest'
import { waitUntil } from '../wait-until.ts'

const main = join(import.meta.dirname, '..', '..', 'examples', 'reference-server', 'src', 'main.ts')

test('server --regtest: one command, a payment in and one out by HTTP, and nothing left behind', {
  timeout: 300_000,
}, async () => {
  const home = mkdtempSync(join(tmpdir(), 'payment-node-regtest-server-'))
  const argv = ['--conditions=dev-source', main, '--regtest', '--port', '0']
  const server = spawn(process.execPath, argv, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, TMPDIR: home, NODE_OPTIONS: '' },
  })
  const ended = once(server, 'close')
  const errors: string[] = []
  server.stderr.setEncoding('utf8').on('data', (text: string) => errors.push(text))
  try {
    const call = asCaller(await readAddress(server.stdout, () => errors.join('')))
    expect(await call('GET', '/v1/status')).toMatchObject({
      state: 'ready',
      node: { network: 'simnet' },
    })
    await call('PUT', '/v1/partners/bakery', {})
    const invoice = await call('POST', '/v1/invoices', { partner: 'bakery', amount: '25000 sat' })
    const { paymentRequest } = invoice
    const paid = await call('POST', '/sandbox/pay', { paymentRequest })
    expect(paid).toMatchObject({ state: 'succeeded' })
    await untilState(() => call('GET', `/v1/invoices/${invoice.id}`), 'settled')
    expect(await call('GET', '/v1/partners/bakery')).toMatchObject({ available: '25000 sat' })

    const bill = await call('POST', '/sandbox/bills', { amount: '10000 sat' })
    const payout = await call('POST', '/v1/payouts', {
      partner: 'bakery',
      destination: bill.paymentRequest,
    })
    await untilState(() => call('GET', `/v1/payouts/${payout.id}`), 'succeeded')
    expect((await call('GET', '/v1/channels')).items).toHaveLength(2)
    expect((await call('GET', '/v1/routing/fees')).items).toHaveLength(2)
  } finally {
    server.kill('SIGTERM')
  }
  expect([await ended, errors.join('').includes('a worker ended')]).toEqual([[0, null], false])
  // Its nodes, their folders, its books and keys.
  await waitUntil(`${home} to be empty`, () => readdirSync(home).length === 0)
  rmdirSync(home)
})

interface Address {
  readonly url: string
  readonly key: string
}

async function readAddress(output: NodeJS.ReadableStream, errors: () => string): Promise<Address> {
  for await (const line of createInterface({ input: output })) {
    const [, url, key] = /export URL=(\S+) KEY=(\S+)/.exec(line) ?? []
    if (url !== undefined && key !== undefined) return { url, key }
  }
  throw new Error(`the server ended early: ${errors()}`)
}

function asCaller({ url, key }: Address) {
  return async (method: string, path: string, body?: object): Promise<Answer> => {
    const answer = await fetch(`${url}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${key}`,
        'content-type': 'application/json',
        'idempotency-key': path,
      },
      ...(body && { body: JSON.stringify(body) }),
    })
    const text = await answer.text()
    expect([path, answer.ok, answer.ok || text]).toEqual([path, true, true])
    return JSON.parse(text) as Answer
  }
}

// biome-ignore lint/suspicious/noExplicitAny: what a client sees
type Answer = any

async function untilState(look: () => Promise<Answer>, state: string): Promise<void> {
  await waitUntil(`the state ${state}`, async () => (await look()).state === state)
}
