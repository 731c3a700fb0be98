import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { expect, test } from 'vitest'
import { run } from '../../src/program.ts'
import { runSandbox } from '../../src/sandbox/run-sandbox.ts'

const entry = join(import.meta.dirname, '..', '..', 'src', 'index.ts')

/** A client of the API. */
function clientOf(url: string, key: string | undefined) {
  // biome-ignore lint/suspicious/noExplicitAny: what a client sees
  return async (method: string, path: string, body?: unknown): Promise<any> => {
    const answer = await fetch(`${url}${path}`, {
      method,
      headers: {
        ...(key !== undefined && { authorization: `Bearer ${key}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        'idempotency-key': 'test',
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    return { status: answer.status, ...((await answer.json()) as object) }
  }
}

test('the program is up on one port, sells, is paid, pays out, and ends when it is told to', async () => {
  const start = performance.now()
  const argv = ['--conditions=dev-source', entry, 'sandbox', '--port', '0', '--json']
  const program = spawn(process.execPath, argv, { stdio: ['ignore', 'pipe', 'inherit'] })
  const closed = once(program, 'close')
  try {
    const [line] = (await once(createInterface(program.stdout), 'line')) as [string]
    const { url, operatorKey } = JSON.parse(line)
    console.log(`payment-node sandbox: up after ${Math.round(performance.now() - start)} ms`)
    const api = clientOf(url, operatorKey)
    expect(await api('GET', '/readyz')).toMatchObject({ status: 200, state: 'ready' })
    await api('PUT', '/v1/partners/bakery', {})
    const sold = await api('POST', '/v1/invoices', { partner: 'bakery', amount: '25000 sat' })
    const { paymentRequest } = sold
    expect(await api('POST', '/sandbox/pay', { paymentRequest })).toMatchObject({
      status: 200,
      state: 'succeeded',
      amount: '25000 sat',
    })
    expect(await api('POST', '/sandbox/pay', { paymentRequest })).toMatchObject({ state: 'failed' })
    const bill = await api('POST', '/sandbox/bills', { amount: '10000 sat', isHeld: true })
    const payout = await api('POST', '/v1/payouts', {
      partner: 'bakery',
      destination: bill.paymentRequest,
    })
    expect(payout).toMatchObject({ status: 202 })
    await api('POST', '/sandbox/advance', { seconds: 60 })
    expect(await api('GET', `/v1/payouts/${payout.id}`)).toMatchObject({ state: 'sending' })
    await api('POST', `/sandbox/bills/${bill.paymentHash}/settle`)
    await api('POST', '/sandbox/advance', { seconds: 10 })
    expect(await api('GET', `/v1/payouts/${payout.id}`)).toMatchObject({ state: 'succeeded' })
    expect(await api('GET', '/v1/balances')).toMatchObject({ sum: '0 sat' })
  } finally {
    program.kill('SIGTERM')
  }
  expect(await closed).toEqual([0, null])
})

test('its own routes: time, blocks, faults and keys, for the operator’s key alone', async () => {
  const sandbox = await runSandbox(0, 'routes')
  try {
    const api = clientOf(sandbox.url, sandbox.operatorKey)
    const { faults } = await api('GET', '/sandbox/faults')
    expect(Object.keys(faults)).toContain('lnd-down')
    await api('POST', '/sandbox/faults', { fault: 'lnd-down' })
    await api('POST', '/sandbox/advance', { seconds: 30 })
    expect(await api('GET', '/readyz')).toMatchObject({ status: 503, state: 'degraded' })
    expect(await api('DELETE', '/sandbox/faults')).toMatchObject({ status: 200 })
    await api('POST', '/sandbox/advance', { seconds: 60 })
    expect(await api('GET', '/readyz')).toMatchObject({ status: 200 })
    expect(await api('POST', '/sandbox/mine', { blocks: 3 })).toMatchObject({ blockHeight: 503 })

    const bakery = await api('POST', '/sandbox/keys', { scope: 'partner:bakery' })
    expect(bakery).toMatchObject({ status: 201, scope: 'partner:bakery' })
    const refusals: [string, string, unknown, string][] = [
      ['POST', '/sandbox/faults', { fault: 'nonsense' }, 'fault'],
      ['POST', '/sandbox/keys', { scope: 'root' }, 'scope'],
      ['POST', '/sandbox/advance', { seconds: 1e12 }, 'seconds'],
      ['POST', '/sandbox/advance', { seconds: -1 }, 'seconds'],
      ['POST', '/sandbox/mine', { blocks: 0 }, 'blocks'],
      ['POST', `/sandbox/bills/${'0'.repeat(64)}/settle`, undefined, 'paymentHash'],
    ]
    for (const [method, path, body, field] of refusals) {
      const refused = await api(method, path, body)
      expect(refused, path).toMatchObject({ status: 400, details: { field } })
    }
    const described = await api('GET', '/openapi.json')
    const paths = Object.keys(described.paths).filter((path) => path.startsWith('/sandbox'))
    expect(paths.length).toBeGreaterThan(5)
    for (const [text, status] of [
      [undefined, 401],
      [bakery.text, 403],
    ] as const) {
      const other = clientOf(sandbox.url, text)
      for (const path of paths) {
        const [method] = Object.keys(described.paths[path])
        expect(await other(method!.toUpperCase(), path), path).toMatchObject({ status })
      }
    }
  } finally {
    await sandbox.stop()
  }
})

test('the same seed gives the same key; what it prints can be pasted', async () => {
  const [one, two] = [await runSandbox(0, 'a'), await runSandbox(0, 'a')]
  const other = await runSandbox(0, 'b')
  expect(one.operatorKey).toBe(two.operatorKey)
  expect(one.operatorKey).not.toBe(other.operatorKey)
  await Promise.all([one, two, other].map((sandbox) => sandbox.stop()))
})

test('a port that is taken is said, with what to do', async () => {
  const taken = createServer().listen(0, '127.0.0.1')
  await once(taken, 'listening')
  const { port } = taken.address() as AddressInfo
  let says = ''
  const stderr = { write: (text: string) => (says += text) }
  const surroundings = { stdout: { write: () => undefined }, stderr, cwd: '/', env: {} }
  expect(await run(['sandbox', '--port', String(port)], surroundings)).toBe(1)
  expect(says).toBe(`Port ${port} is in use; choose another with --port.\n`)
  taken.close()
})

test('for people it prints steps that work when they are pasted into a shell', async () => {
  let printed = ''
  let stop = (): void => undefined
  const stopping = new Promise<void>((resolve) => {
    stop = resolve
  })
  const isUp = new Promise<void>((resolve) => {
    const write = (text: string): void => {
      printed += text
      if (printed.includes('Ctrl-C ends it.\n')) resolve()
    }
    const stdout = { write, isTTY: false }
    const stderr = { write: (text: string) => console.error(text) }
    void run(['sandbox', '--port', '0'], { stdout, stderr, cwd: '/', env: {}, stopping })
  })
  await isUp
  const steps = printed.split('\n').filter((line) => /^ {2}(export|api)/.test(line))
  expect(steps).toHaveLength(7)
  // The one thing that a person copies from one answer to the next.
  const script = steps
    .join('\n')
    .replace(/api \$URL\/v1\/invoices .*/, (line) => `SOLD=$(${line.trim()})\necho "$SOLD"`)
    .replace(
      `'{"paymentRequest":"…"}'`,
      `"{\\"paymentRequest\\":\\"$(echo "$SOLD" | sed 's/.*"paymentRequest":"\\([a-z0-9]*\\)".*/\\1/')\\"}"`,
    )
  const shell = spawn('sh', ['-e'], { stdio: ['pipe', 'pipe', 'inherit'] })
  shell.stdin.end(`${script}\n`)
  let output = ''
  shell.stdout.setEncoding('utf8').on('data', (text) => (output += text))
  await once(shell, 'close')
  stop()
  expect(output).toContain('"state":"succeeded"')
  expect(output).toContain('"available":"25000 sat"')
})
