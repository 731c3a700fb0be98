import { pipeline, Readable } from 'node:stream'
import { PaymentNodeError } from '@payment-node/core'
import { expect, test } from 'vitest'
import { fetchRanking, rankingUrl } from '../../src/peers/fetch-ranking.ts'
import { readRanking } from '../../src/peers/read-ranking.ts'
import { openServer, rankingPath } from './ranking-server.ts'
import { keyOf, sampleRanking } from './sample-ranking.ts'

async function refusalOf(work: () => unknown): Promise<PaymentNodeError<'peer-list.invalid'>> {
  try {
    await work()
  } catch (error) {
    if (PaymentNodeError.is(error, 'peer-list.invalid')) return error
    throw error
  }
  throw new Error('nothing was refused')
}

test('a ranking is read, whatever else its rows say', () => {
  const [first, ...more] = sampleRanking()
  const text = `\ufeff${JSON.stringify([{ ...first, publicKey: first!.publicKey.toUpperCase() }, ...more])}`
  const nodes = readRanking(text, 'ranking')
  expect(nodes).toHaveLength(10)
  expect(nodes[0]).toEqual({
    place: 1,
    publicKey: keyOf(100),
    alias: 'River Bend',
    channels: 2908,
    capacitySat: 36_010_516_297n,
    firstSeenAt: 1_522_941_222_000,
  })
})

test('a ranking that is not as it should be is refused, naming the row and the field', async () => {
  const good = sampleRanking(3)
  /** The third row, with one thing wrong. */
  const third = (more: Record<string, unknown>): string =>
    JSON.stringify([good[0], good[1], { ...good[2], ...more }])
  const rows: [text: string, row: number | null, field: string, reason: string, says: string][] = [
    ['', null, 'json', 'not-json', 'it begins with ""'],
    ['<!DOCTYPE html><html>…', null, 'json', 'not-json', '"<!DOCTYPE html>'],
    ['{"topByCapacity": []}', null, 'json', 'wrong-type', 'not an array'],
    ['null', null, 'json', 'wrong-type', 'not an array'],
    ['[]', null, 'rows', 'empty', 'has no rows'],
    [`[${'0,'.repeat(10_000)}0]`, null, 'rows', 'too-many', '10001 rows'],
    [JSON.stringify([good[0], 7]), 2, 'row', 'wrong-type', 'not an object'],
    [JSON.stringify([good[0], null]), 2, 'row', 'wrong-type', 'not an object'],
    [JSON.stringify([good[0], []]), 2, 'row', 'wrong-type', 'not an object'],
    ...['publicKey', 'alias', 'channels', 'capacity', 'firstSeen', 'updatedAt'].map(
      (field): [string, number, string, string, string] => [
        third({ [field]: undefined }),
        3,
        field,
        'missing',
        `${field} is missing`,
      ],
    ),
    [third({ publicKey: 'x' }), 3, 'publicKey', 'malformed', 'public key'],
    [third({ publicKey: `04${'1'.repeat(64)}` }), 3, 'publicKey', 'malformed', 'public key'],
    [third({ publicKey: good[0]!.publicKey }), 3, 'publicKey', 'duplicate', 'row 1'],
    [third({ alias: null }), 3, 'alias', 'malformed', 'not text, but null'],
    [third({ channels: '12' }), 3, 'channels', 'malformed', 'whole number'],
    [third({ channels: -1 }), 3, 'channels', 'malformed', 'whole number'],
    [third({ capacity: 1.5 }), 3, 'capacity', 'malformed', 'satoshi'],
    [third({ capacity: 1e300 }), 3, 'capacity', 'malformed', 'satoshi'],
    [third({ firstSeen: null }), 3, 'firstSeen', 'malformed', 'seconds since 1970'],
    [third({ firstSeen: 0 }), 3, 'firstSeen', 'malformed', 'seconds since 1970'],
    [third({ firstSeen: 1_522_941_222_000 }), 3, 'firstSeen', 'malformed', 'seconds since 1970'],
    [third({ updatedAt: '2026-11-22' }), 3, 'updatedAt', 'malformed', 'seconds since 1970'],
  ]
  const wrong: string[] = []
  for (const [text, row, field, reason, says] of rows) {
    const error = await refusalOf(() => readRanking(text, 'ranking.json'))
    const place = row === null ? 'ranking.json: ' : `ranking.json, row ${row}: `
    const { details, message } = error
    const isRight =
      details.entry === row &&
      details.field === field &&
      details.reason === reason &&
      message.startsWith(place) &&
      message.includes(says) &&
      message.includes('Nothing was changed')
    if (!isRight) wrong.push(`${text.slice(-200)}: ${JSON.stringify(details)} ${message}`)
  }
  expect(wrong).toEqual([])
})

test('the address of the ranking is that of the network, or of a server of one’s own', async () => {
  const at = (server: string | undefined, network: 'mainnet' | 'signet' | 'testnet' = 'mainnet') =>
    rankingUrl(server, network)
  expect([
    at(undefined),
    at(undefined, 'testnet'),
    at(undefined, 'signet'),
    at('http://umbrel.local:3006'),
    at('https://mempool.example/lightning/', 'signet'),
  ]).toEqual([
    `https://mempool.space${rankingPath}`,
    `https://mempool.space/testnet${rankingPath}`,
    `https://mempool.space/signet${rankingPath}`,
    `http://umbrel.local:3006${rankingPath}`,
    `https://mempool.example/lightning${rankingPath}`,
  ])
  expect((await refusalOf(() => rankingUrl(undefined, 'regtest'))).message).toContain('regtest')
  for (const nonsense of ['mempool.space', 'ftp://mempool.space', 'file:///etc', '']) {
    const error = await refusalOf(() => rankingUrl(nonsense, 'mainnet'))
    expect(error.details.reason, nonsense).toBe('malformed')
  }
  const withPassword = await refusalOf(() => rankingUrl('https://me:secret@m.example', 'mainnet'))
  expect(withPassword.message).not.toContain('secret')
})

test('the ranking is fetched with one request', async () => {
  const text = JSON.stringify(sampleRanking())
  await using server = await openServer(text)
  expect(await fetchRanking(rankingUrl(server.url, 'regtest'))).toBe(text)
  expect(server.asked).toEqual([`GET ${rankingPath}`])
})

test('a server that refuses is told in words, and not asked again', async () => {
  const rows: [status: number, headers: Record<string, string>, reason: string, says: string][] = [
    [429, { 'retry-after': '120' }, 'busy', 'It asks to wait 120 seconds.'],
    [429, {}, 'busy', 'was asked too often (429)'],
    [503, {}, 'not-ready', 'is not ready (503)'],
    [404, {}, 'not-found', 'no ranking at this address (404)'],
    [500, {}, 'status', 'answered with status 500'],
    [403, {}, 'status', 'answered with status 403'],
  ]
  for (const [status, headers, reason, says] of rows) {
    await using server = await openServer((_, response) => {
      response.writeHead(status, headers).end('<html>no</html>')
    })
    const error = await refusalOf(() => fetchRanking(server.url))
    expect({ status, reason: error.details.reason }).toEqual({ status, reason })
    expect(error.message).toContain(says)
    expect(server.asked).toHaveLength(1)
  }
})

test('an answer that is too long, too slow or cut is no answer', async () => {
  await using endless = await openServer((_, response) => {
    function* forever(): Generator<string> {
      for (;;) yield 'x'.repeat(10_000)
    }
    pipeline(Readable.from(forever()), response, () => {})
  })
  const bounds = { timeout: 20_000, maximumBytes: 50_000 }
  const tooLong = await refusalOf(() => fetchRanking(endless.url, bounds))
  expect(tooLong.details.reason).toBe('too-large')

  await using silent = await openServer(() => {})
  const brief = { timeout: 100, maximumBytes: 50_000 }
  const tooSlow = await refusalOf(() => fetchRanking(silent.url, brief))
  expect(tooSlow.message).toContain('no whole answer within 0.1 seconds')

  await using halting = await openServer((_, response) => void response.write('[{'))
  expect((await refusalOf(() => fetchRanking(halting.url, brief))).details.reason).toBe('timeout')

  await using cut = await openServer((_, response) => {
    response.writeHead(200, { 'content-length': '1000' }).write('[{')
    setImmediate(() => response.destroy())
  })
  expect((await refusalOf(() => fetchRanking(cut.url, bounds))).details.reason).toBe('unreachable')

  await using dead = await openServer((_, response) => void response.destroy())
  expect((await refusalOf(() => fetchRanking(dead.url, bounds))).details.reason).toBe('unreachable')
  expect(dead.asked).toHaveLength(1)

  let gone: string
  {
    await using server = await openServer('[]')
    gone = server.url
  }
  const away = await refusalOf(() => fetchRanking(gone, bounds))
  expect(away.message).toMatch(/cannot be reached: .*ECONNREFUSED/)
})
