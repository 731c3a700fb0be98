import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { lnd } from '../src/index.ts'
import { collect, errorOf } from './collect.ts'
import { macaroon, requestsOf, startFakeLnd } from './fake-lnd.ts'
import { makeCertificate } from './make-certificate.ts'
import { hash, info, invoice, payment, paymentRequest } from './samples.ts'
import { startTcpProxy } from './tcp-proxy.ts'

test('a macaroon that LND rejects is read again once, and the call repeated', async () => {
  await using server = await startFakeLnd({ answers: { '/lnrpc.Lightning/GetInfo': () => info } })
  let reads = 0
  const fresh = Buffer.from('0203', 'hex')
  const node = lnd(
    server.options({
      macaroon: async () => {
        reads += 1
        return reads === 1 ? macaroon : fresh
      },
    }),
  )
  expect((await node.getInfo()).alias).toBe('alice')
  server.macaroons.clear()
  server.macaroons.add(fresh.toString('hex'))
  expect((await node.getInfo()).alias).toBe('alice')
  expect(reads).toBe(2)

  // The same bytes again: not worth a second call.
  server.macaroons.clear()
  const before = requestsOf(server, '/lnrpc.Lightning/GetInfo').length
  const error = await errorOf(node.getInfo())
  expect(error).toMatchObject({ code: 'node.macaroon-rejected', details: { reason: 'invalid' } })
  expect(requestsOf(server, '/lnrpc.Lightning/GetInfo')).toHaveLength(before + 1)
  await node.close()
})

test('a burst of calls with a rejected macaroon shares one new session', async () => {
  await using server = await startFakeLnd({
    answers: { '/lnrpc.Lightning/LookupInvoice': () => invoice },
  })
  await using proxy = await startTcpProxy(server.port)
  const fresh = Buffer.from('0203', 'hex')
  let current = macaroon
  const address = `127.0.0.1:${proxy.port}`
  let reads = 0
  const source = async (): Promise<Uint8Array> => {
    reads += 1
    // The second reading lasts until the whole burst has reached LND and was rejected.
    if (reads === 2) {
      while (server.received.length < 21) await nextTurn()
      for (let turn = 0; turn < 200; turn++) await nextTurn()
    }
    return current
  }
  const node = lnd(server.options({ address, macaroon: source }))
  await node.lookupInvoice(hash)
  current = fresh
  server.macaroons.clear()
  server.macaroons.add(fresh.toString('hex'))
  const found = await Promise.all(Array.from({ length: 20 }, () => node.lookupInvoice(hash)))
  expect(found).toHaveLength(20)
  expect({ reads, connections: proxy.connections() }).toEqual({ reads: 2, connections: 2 })
  await node.close()
})

test('a payment whose macaroon is rejected is sent once LND accepts the new one', async () => {
  await using server = await startFakeLnd({
    answers: {
      '/routerrpc.Router/SendPaymentV2': (write) => write({ ...payment, status: 'SUCCEEDED' }),
    },
  })
  const fresh = Buffer.from('0203', 'hex')
  const answers = [macaroon, fresh]
  const node = lnd(server.options({ macaroon: async () => answers.shift() ?? fresh }))
  server.macaroons.clear()
  server.macaroons.add(fresh.toString('hex'))
  const updates = await collect(node.pay({ paymentRequest, feeLimitMsat: 0n, timeoutSeconds: 5 }))
  expect(updates.map(({ state }) => state)).toEqual(['succeeded'])
  await node.close()
})

test('a certificate that was renewed is read again from its file', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'lnd-adapter-'))
  const path = join(folder, 'tls.cert')
  const first = await startFakeLnd({ answers: { '/lnrpc.Lightning/GetInfo': () => info } })
  await writeFile(path, first.certificate.certificate)
  const node = lnd(first.options({ certificate: { path } }))
  await node.getInfo()
  await first.stop()

  const renewed = await makeCertificate()
  await using second = await startFakeLnd({
    port: first.port,
    certificate: renewed,
    answers: { '/lnrpc.Lightning/GetInfo': () => info },
  })
  const error = await untilNot('node.unavailable', () => node.getInfo())
  expect(error).toMatchObject({
    code: 'node.certificate-rejected',
    details: { reason: 'untrusted' },
  })
  expect(second.received).toEqual([])
  await writeFile(path, renewed.certificate)
  expect((await node.getInfo()).alias).toBe('alice')
  await node.close()
  await rm(folder, { recursive: true })
})

test('a certificate for another name is refused, unless serverName says that name', async () => {
  const certificate = await makeCertificate(['lnd.internal'])
  await using server = await startFakeLnd({
    certificate,
    answers: { '/lnrpc.Lightning/GetInfo': () => info },
  })
  const strict = lnd(server.options())
  expect(await errorOf(strict.getInfo())).toMatchObject({
    code: 'node.certificate-rejected',
    details: { reason: 'name-mismatch' },
  })
  const named = lnd(server.options({ serverName: 'lnd.internal' }))
  expect((await named.getInfo()).alias).toBe('alice')
  await Promise.all([strict.close(), named.close()])
})

test('credentials that cannot be read or are none are named', async () => {
  await using server = await startFakeLnd()
  const cases: readonly [what: object, expected: object, words: RegExp][] = [
    [
      { macaroon: { path: '/nowhere/a.macaroon' } },
      { code: 'node.unavailable', details: { reason: 'misconfigured', outcome: 'none' } },
      /macaroon at \/nowhere\/a\.macaroon cannot be read \(ENOENT\)/,
    ],
    [
      { macaroon: async () => Promise.reject(new Error('the vault is sealed')) },
      { code: 'node.unavailable', details: { reason: 'misconfigured', outcome: 'none' } },
      /macaroon cannot be read/,
    ],
    [
      { certificate: async () => new Uint8Array() },
      { code: 'node.unavailable', details: { reason: 'misconfigured', outcome: 'none' } },
      /certificate is empty/,
    ],
    [
      { certificate: Buffer.from('not a certificate') },
      { code: 'node.certificate-rejected', details: { reason: 'unreadable' } },
      /not a PEM certificate/,
    ],
  ]
  for (const [more, expected, words] of cases) {
    const error = await errorOf(lnd(server.options(more)).getInfo())
    expect(error).toMatchObject(expected)
    expect(error.message).toMatch(words)
  }
})

test('no error shows the macaroon', async () => {
  await using server = await startFakeLnd()
  server.macaroons.clear()
  const error = await errorOf(lnd(server.options()).getInfo())
  const shown = JSON.stringify(error) + String(error.stack) + JSON.stringify(error.cause)
  expect(shown).not.toContain(macaroon.toString('hex'))
})

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

/** The first error of another code: gRPC needs a moment to see that a server has gone. */
async function untilNot(code: string, call: () => Promise<unknown>): ReturnType<typeof errorOf> {
  for (;;) {
    const error = await errorOf(call())
    if (error.code !== code) return error
  }
}
