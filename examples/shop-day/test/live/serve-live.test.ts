import { request } from 'node:http'
import { setTimeout as pauseFor } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type LiveShops, runLive } from '../../src/live/run-live.ts'
import { type LiveServer, serveLive } from '../../src/live/serve-live.ts'
import type { TwoShopsState } from '../../src/two-shops/page-state.ts'
import { buttons } from '../../src/two-shops/press.ts'

let live: LiveShops
let server: LiveServer
let origin: string
let token: string

beforeAll(async () => {
  live = await runLive({ step: 600_000, pause: 1, lookEvery: 0 })
  server = await serveLive(live)
  const url = new URL(server.url)
  origin = url.origin
  token = url.searchParams.get('token')!
}, 180_000)
afterAll(() => server.close())

function call(path: string, more: RequestInit = {}): Promise<Response> {
  return fetch(`${origin}${path}`, { ...more, headers: { 'x-demo-token': token, ...more.headers } })
}

/** Until the page would show it. */
async function shown(is: (state: TwoShopsState) => boolean): Promise<TwoShopsState> {
  for (;;) {
    const state = (await (await call('/state')).json()) as TwoShopsState
    if (is(state)) return state
    await pauseFor(20)
  }
}

/** What each button leads to. */
const consequences = {
  'cheating-provider': ['invoice-hash-differs', 'lantern is disabled', 'lantern is honest again'],
  'kill-process': ['process is killed', 'the process runs again'],
  'kill-lnd': ['LND is killed', 'the shop is "degraded', 'LND is back'],
  'fee-spike': ['blocks ask 120 sat/vB', 'blocks ask 7 sat/vB again'],
  'close-channel': ['a peer closes', 'on the blacklist', 'opened: channel of 4,000,000 sat'],
} as const satisfies Readonly<Record<keyof typeof buttons, readonly string[]>>

test('each button acts on the shops that run, and the page is told what came of it', async () => {
  for (const [button, texts] of Object.entries(consequences)) {
    const { markers } = (await (await call('/state')).json()) as TwoShopsState
    const newest = markers.at(-1)!.id
    const response = await call(`/press/${button}`, { method: 'POST' })
    expect([button, response.status]).toEqual([button, 202])
    await shown((state) => {
      const later = state.markers.filter(({ id }) => id > newest)
      return texts.every((text) => later.some((marker) => marker.text.includes(text)))
    })
  }
}, 240_000)

test('a mark opens what the library says; the page and its changes are served', async () => {
  const { markers } = await shown((state) => state.markers.some(({ kind }) => kind === 'drain'))
  const drain = markers.find(({ kind }) => kind === 'drain')!
  const explained = (await (await call(`/explain/${drain.id}`)).json()) as { kind: string }[]
  expect(explained.map(({ kind }) => kind)).toEqual(['run', 'swap'])
  expect((await call('/explain/100000')).status).toBe(404)
  const page = await (await fetch(server.url)).text()
  for (const button of Object.keys(buttons)) expect(page).toContain(`data-press="${button}"`)
  expect(page.replaceAll(/<script>.*?<\/script>/gs, '')).not.toMatch(/\b(src|href)=|@import|url\(/)
  const changes = await fetch(`${origin}/changes?token=${token}`)
  const first = await changes.body!.getReader().read()
  expect(new TextDecoder().decode(first.value)).toMatch(/^data: \{"from":/)
}, 180_000)

test('nobody else may press or read: no token, another host, another site, a token in a link', async () => {
  const [host, port] = new URL(origin).host.split(':')
  const statusOf = (path: string, method: string, headers: Record<string, string>) =>
    new Promise<number | undefined>((resolve, reject) => {
      const asked = request({ host, port, path, method, headers }, (response) => {
        response.resume()
        resolve(response.statusCode)
      })
      asked.on('error', reject).end()
    })
  const known = { 'x-demo-token': token }
  const press = '/press/kill-lnd'
  const before = live.state.markers.filter(({ kind }) => kind === 'pressed').length
  const rows: [string, string, string, Record<string, string>, number][] = [
    ['no token', press, 'POST', {}, 403],
    ['no token to read', '/state', 'GET', {}, 403],
    ['a wrong token', press, 'POST', { 'x-demo-token': 'x'.repeat(32) }, 403],
    ['a token in the link', `${press}?token=${token}`, 'POST', {}, 403],
    [
      'another name of this machine',
      press,
      'POST',
      { ...known, host: `evil.example:${port}` },
      403,
    ],
    ['another site', press, 'POST', { ...known, origin: 'https://evil.example' }, 403],
    ['an unknown button', '/press/constructor', 'POST', known, 404],
    ['the page itself', '/state', 'GET', { ...known, origin }, 200],
  ]
  const wrong: string[] = []
  for (const [name, path, method, headers, status] of rows) {
    const found = await statusOf(path, method, headers)
    if (found !== status) wrong.push(`${name}: ${found} instead of ${status}`)
  }
  expect(wrong).toEqual([])
  const { to } = live.state
  const { markers } = await shown((state) => state.to > to + 1_200_000)
  expect(markers.filter(({ kind }) => kind === 'pressed')).toHaveLength(before)
}, 180_000)

test('after all that the books are right', async () => {
  const played = await live.finish()
  expect(played.faults).toEqual([])
  expect(played.state.sides.library.wanted).toBeGreaterThan(0)
}, 180_000)
