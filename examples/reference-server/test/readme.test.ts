import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { silentLogger } from '@payment-node/core'
import { createApi, memoryKeys, prometheusMetrics } from '@payment-node/http-api'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ReferenceServer, serve } from '../src/serve.ts'
import { simulatedWorld } from '../src/simulated-world.ts'
import { callsOf, isCallOf, shellBlocks } from './readme-lines.ts'

const readme = readFileSync(join(import.meta.dirname, '..', 'README.md'), 'utf8')
const folder = mkdtempSync(join(tmpdir(), 'reference-server-test-'))
const metrics = prometheusMetrics()
let server: ReferenceServer
let routes: readonly { method: string; path: string }[]

beforeAll(async () => {
  const world = await simulatedWorld({ meter: metrics.meter, folder })
  server = await serve({ world, metrics, folder, port: 0, logger: silentLogger })
  const keys = memoryKeys()
  routes = createApi({ node: world.node, keys, metrics, routes: world.routes(keys) }).routes
})
afterAll(async () => {
  await server.stop()
  rmSync(folder, { recursive: true })
})

test('the README’s lines do what they say, one after the other', async () => {
  const blocks = shellBlocks(readme)
  const script = blocks.map((block, at) => `echo "-- block ${at}"\n${block}\necho`).join('\n')
  const env = { ...process.env, URL: server.url, KEY: server.operatorKey! }
  const shell = spawn('sh', ['-e'], { env, stdio: ['pipe', 'pipe', 'pipe'] })
  const [stdout, stderr] = [text(shell.stdout), text(shell.stderr)]
  shell.stdin.end(script)
  const [exitCode] = await once(shell, 'close')
  const said = await stdout
  expect(exitCode, `${said.slice(-2000)}\n${await stderr}`).toBe(0)
  expect(await stderr).toBe('')
  expect(said.match(/^-- block \d+$/gm)).toHaveLength(blocks.length)
  const expected = [
    '"name":"The bakery"',
    '"metadata":{"order":"1041"}',
    '"state":"succeeded"',
    '"state":"canceled"',
    '"destinationKind":"bolt11"',
    '"sum":"0 sat"',
    '"type":"invoice.created"',
    '"isHalted":true',
    '"isReleased":true',
    '"when":"now"',
    '"purpose":"refund"',
    '"verdict":',
    '"ownership":"ours"',
    '"pausedReason":null',
    '"state":"blacklisted"',
    'payment-node\n',
    'payment_node_ready 1',
    '"isAcceptable":true',
    '"provider":"swaps.example","custody":"self"',
    '"claim":"9000 sat"',
    '"blocksLeft":',
    '"inboundShare":',
    '"amount":"700 sat"',
    '{"state":"degraded"}',
  ]
  expect(expected.filter((part) => !said.includes(part))).toEqual([])
  // Many small processes: a busy machine takes its time.
}, 120_000)

test('the README shows every call', () => {
  const shown = shellBlocks(readme).flatMap(callsOf)
  const missing = routes.filter((route) => !shown.some((call) => isCallOf(call, route)))
  // Shown in words: they need a payment that hangs, an invoice of another program, a daemon, a queue that stays, confirmed coins.
  const inWords = [
    '/v1/payouts/{payout}/cancel',
    '/v1/payouts/{payout}/resolve',
    '/v1/adoptions',
    '/v1/channels/openings',
    '/v1/channels/{channelPoint}/close',
    '/v1/swaps/{swap}/give-up',
  ]
  expect(inWords.filter((path) => !readme.includes(`POST ${path}`))).toEqual([])
  // Held bills are explained where the sandbox is.
  const elsewhere = ['/sandbox/bills/{paymentHash}/settle', '/sandbox/bills/{paymentHash}/cancel']
  const ofOneOpening = '/v1/channels/openings/{opening}'
  expect(readme).toContain(`GET ${ofOneOpening}`)
  const expected = [...inWords, ...elsewhere, ofOneOpening].sort()
  expect(missing.map(({ path }) => path).sort()).toEqual(expected)
  const unknown = shown.filter((call) => !routes.some((route) => isCallOf(call, route)))
  expect(unknown).toEqual([])
})

test('calls are found in lines as the README has them', () => {
  const block = [
    'X=$(api $URL/v1/a -H "K: v" \\',
    "  -d '{}')",
    'api -X PUT $URL/v1/b/$X -d "{}" | field id',
    'api "$URL/v1/c?d=e"',
    'curl -sS $URL/f # why',
  ].join('\n')
  const calls = ['POST /v1/a', 'PUT /v1/b/$X', 'GET /v1/c', 'GET /f']
  expect(callsOf(block)).toEqual(calls)
  expect(isCallOf(calls[1]!, { method: 'PUT', path: '/v1/b/{b}' })).toBe(true)
  expect(isCallOf(calls[1]!, { method: 'GET', path: '/v1/b/{b}' })).toBe(false)
})
