import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { type FeeSource, mempoolSpace, PaymentNodeError } from '../../src/index.ts'

const servers: Server[] = []
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
})

type Answers = Readonly<Record<string, unknown>>

/** A source over the real guarded client, asking a server on this machine. */
async function sourceOf(answers: Answers | (() => Answers), asked: string[] = []) {
  const server = createServer((request, response) => {
    asked.push(request.url!)
    const known = typeof answers === 'function' ? answers() : answers
    const answer = known[request.url!]
    if (answer === undefined) response.writeHead(404).end('no such thing')
    else response.end(typeof answer === 'string' ? answer : JSON.stringify(answer))
  })
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const source = mempoolSpace({
    url: `http://127.0.0.1:${port}/api/`,
    http: { allow: [{ host: '127.0.0.1', port, insecure: true }] },
  })
  return { source, port }
}

async function failureOf(work: Promise<unknown>): Promise<PaymentNodeError> {
  const error = await work.catch((thrown: unknown) => thrown)
  if (PaymentNodeError.is(error)) return error
  throw new Error(`expected a failure, got ${JSON.stringify(error)}`)
}

const recommended = '/api/v1/fees/recommended'
const fees = { fastestFee: 21.5, halfHourFee: 15, hourFee: 8, economyFee: 2, minimumFee: 1 }
const history = (period: string): string => `/api/v1/mining/blocks/fee-rates/${period}`

test('the estimate is the one for so many blocks, seen now', async () => {
  const asked: string[] = []
  const { source, port } = await sourceOf({ [recommended]: fees }, asked)
  const expected: readonly [blocks: number, satPerVbyte: number][] = [
    [1, 21.5],
    [2, 21.5],
    [3, 15],
    [5, 15],
    [6, 8],
    [143, 8],
    [144, 2],
    [1008, 2],
  ]
  for (const [blocks, satPerVbyte] of expected) {
    const before = Date.now()
    const estimate = await source.feerate(blocks)
    expect(estimate.satPerVbyte, `${blocks} blocks`).toBe(satPerVbyte)
    expect(estimate.at).toBeGreaterThanOrEqual(before)
    expect(estimate.at).toBeLessThanOrEqual(Date.now())
  }
  expect(new Set(asked)).toEqual(new Set([recommended]))
  expect(source).toMatchObject({
    contractVersion: 1,
    name: `mempool.space API at 127.0.0.1:${port}`,
  })
  for (const blocks of [0, 1.5, Number.NaN, 1009]) {
    expect((await failureOf(source.feerate(blocks))).code).toBe('input.invalid')
  }
})

test('what cannot be a feerate is no estimate', async () => {
  let answer: unknown
  const { source } = await sourceOf(() => ({ [recommended]: answer }))
  const lies: readonly [what: string, answer: unknown, reason: string][] = [
    ['negative', { ...fees, hourFee: -1 }, 'absurd'],
    ['nothing', { ...fees, hourFee: 0 }, 'absurd'],
    ['text', { ...fees, hourFee: '8' }, 'absurd'],
    ['null, as NaN is written', { ...fees, hourFee: null }, 'absurd'],
    ['endless', '{"hourFee":1e999}', 'absurd'],
    ['enormous', { ...fees, hourFee: 10_001 }, 'absurd'],
    ['missing', {}, 'absurd'],
    ['a list', [8], 'absurd'],
    ['nobody', 'null', 'absurd'],
    ['a page', '<html></html>', 'malformed'],
    ['empty', '', 'malformed'],
    ['nothing there', undefined, 'status'],
    ['endless text', `{"hourFee":8,"more":"${'x'.repeat(4_100_000)}"}`, 'body-too-large'],
  ]
  for (const [what, said, reason] of lies) {
    answer = said
    const error = await failureOf(source.feerate(6))
    expect({ code: error.code, details: error.details }, what).toMatchObject({
      code: 'http.failed',
      details: { reason },
    })
  }
  answer = { ...fees, hourFee: 10_000 }
  expect((await source.feerate(6)).satPerVbyte).toBe(10_000)
})

test('the history covers what was asked for, oldest first, and no more', async () => {
  const asked: string[] = []
  const hour = 3_600_000
  const now = Date.now()
  const block = (hoursAgo: number, avgFee_10: number) => ({
    avgHeight: 800_000,
    timestamp: Math.floor((now - hoursAgo * hour) / 1000),
    avgFee_0: 0,
    avgFee_10,
    avgFee_50: 99,
  })
  const rows = [block(1, 3), block(30, 9), block(2, 0), block(20, 4.5)]
  const answers = Object.fromEntries(
    ['24h', '3d', '1w', '1m', '3m'].map((period) => [history(period), rows]),
  )
  const { source } = await sourceOf(answers, asked)
  const found = await source.history!(now - 24 * hour + 1000)
  expect(found.map(({ satPerVbyte }) => satPerVbyte)).toEqual([4.5, 1, 3])
  expect(found[2]!.at).toBe(rows[0]!.timestamp * 1000)
  for (const days of [2, 6, 20, 80, 365]) await source.history!(now - days * 24 * hour)
  expect(asked.map((path) => path.split('/').at(-1))).toEqual(['24h', '3d', '1w', '1m', '3m', '3m'])
})

test('one row that cannot be makes the whole history useless', async () => {
  let row: unknown
  const good = { timestamp: Math.floor(Date.now() / 1000) - 60, avgFee_10: 2 }
  const { source } = await sourceOf(() => ({ [history('24h')]: [good, row] }))
  const ask = (): ReturnType<NonNullable<FeeSource['history']>> =>
    source.history!(Date.now() - 3_600_000)
  const lies: readonly unknown[] = [
    { ...good, avgFee_10: -1 },
    { ...good, avgFee_10: '2' },
    { ...good, avgFee_10: 1e9 },
    { ...good, timestamp: good.timestamp + 86_400 },
    { ...good, timestamp: -1 },
    { ...good, timestamp: 1.5 },
    { ...good, timestamp: 'now' },
    null,
    'a block',
    {},
  ]
  for (row of lies) {
    expect((await failureOf(ask())).details, JSON.stringify(row)).toMatchObject({
      reason: 'absurd',
    })
  }
  row = good
  expect(await ask()).toHaveLength(2)
  const other = await sourceOf({ [history('24h')]: { rows: [] } })
  expect((await failureOf(other.source.history!(Date.now()))).code).toBe('http.failed')
})

test('a server of the own network is asked only where an exception names it', async () => {
  const { port } = await sourceOf({ [recommended]: fees })
  const url = `http://127.0.0.1:${port}/api`
  expect((await failureOf(mempoolSpace({ url }).feerate(6))).code).toBe('http.refused')
})

test('an aborted question ends', async () => {
  const { source } = await sourceOf({ [recommended]: fees })
  const ending = new AbortController()
  ending.abort()
  expect((await failureOf(source.feerate(6, ending.signal))).code).toBe('http.failed')
})

test('the address is required, and is an address', () => {
  const wrong: readonly unknown[] = [
    undefined,
    {},
    { url: '' },
    { url: 'mempool.space/api' },
    { url: 'ftp://mempool.space/api' },
    { url: 'https://mempool.space/api?key=1' },
    { url: 'https://me:secret@mempool.space/api' },
    { url: 'https://mempool.space/api', htpp: {} },
  ]
  for (const options of wrong) {
    let error: unknown
    try {
      mempoolSpace(options as never)
    } catch (thrown) {
      error = thrown
    }
    expect(PaymentNodeError.is(error, 'input.invalid'), JSON.stringify(options)).toBe(true)
    expect(String(error)).not.toContain('secret')
  }
})
