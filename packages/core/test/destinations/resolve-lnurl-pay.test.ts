import { createHash } from 'node:crypto'
import {
  type Http,
  type HttpRequest,
  type LightningNode,
  PaymentNodeError,
} from '@payment-node/core'
import {
  anyAnswerLies,
  createSimulatedNetwork,
  createVirtualClock,
  invoiceLies,
  type LnurlLie,
  type LnurlServer,
  type LnurlStage,
  offerLies,
  type SimulatedNode,
  startLnurlServer,
} from '@payment-node/testkit'
import { expect, onTestFinished, test } from 'vitest'
import type { Context } from '../../src/context.ts'
import { readDestination } from '../../src/destinations/read-destination.ts'
import { type LnurlDestination, resolveLnurlPay } from '../../src/destinations/resolve-lnurl-pay.ts'
import { guardedHttp } from '../../src/http/guarded-http.ts'
import { systemClock } from '../../src/system-clock.ts'

interface Stand {
  readonly server: LnurlServer
  readonly payer: SimulatedNode
  readonly payee: SimulatedNode
  readonly clock: ReturnType<typeof createVirtualClock>
  /** Milliseconds; shorter than what is asked for, so that a test need not wait. */
  patience: number
  /** Every request as it was asked for. */
  readonly asked: HttpRequest[]
  resolve(destination?: string, amountMsat?: bigint): ReturnType<typeof resolveLnurlPay>
}

/** A real server behind the real guarded client, with nodes of the simulated network. */
async function openStand({ isOwn = false }: { readonly isOwn?: boolean } = {}): Promise<Stand> {
  const clock = createVirtualClock({ isAutomatic: true })
  const network = createSimulatedNetwork({ clock, seed: 3 })
  const payer = network.addNode('payer')
  const payee = network.addNode('payee')
  const server = await startLnurlServer({
    makeInvoice: (terms) => (isOwn ? payer : payee).createInvoice(terms),
  })
  onTestFinished(() => server.stop())
  const guarded = guardedHttp({ clock: systemClock, allow: [server.allowed] })
  const asked: HttpRequest[] = []
  const context = {
    lightning: payer.lightning as LightningNode,
    clock,
    settings: { expiryMargin: 60_000 },
    live: { state: 'ready', identity: { publicKey: payer.publicKey, network: 'regtest' } },
    http: {
      contractVersion: 1,
      request(request: HttpRequest) {
        asked.push(request)
        return guarded.request({ ...request, timeout: Math.min(request.timeout, stand.patience) })
      },
    },
  } as unknown as Context
  const stand: Stand = {
    patience: 10_000,
    server,
    payer,
    payee,
    clock,
    asked,
    resolve: async (destination = server.address('bob'), amountMsat = 12_345_678n) =>
      resolveLnurlPay(
        context,
        readDestination(destination, 'regtest') as LnurlDestination,
        amountMsat,
      ),
  }
  return stand
}

const reasonOf = (error: unknown): string => {
  if (!PaymentNodeError.is(error)) return String(error)
  const { field, reason, kind } = error.details as Record<string, string | undefined>
  return [error.code, field, reason ?? kind].filter(Boolean).join(' ')
}

const outcome = (work: Promise<unknown>): Promise<string> => work.then(() => 'accepted', reasonOf)

test('an honest server gives an invoice for the exact amount, with its words as text', async () => {
  const { server, payer, resolve, asked } = await openStand()
  for (const destination of [
    server.address('bob'),
    server.lnurl('bob'),
    `lnurlp://${server.host}/.well-known/lnurlp/bob`,
  ]) {
    const { paymentRequest, metadata, host, successMessage } = await resolve(destination)
    expect(paymentRequest).toBe(server.invoices.at(-1))
    expect(host).toBe(server.host)
    expect(successMessage).toBe('Thank  you')
    const invoice = await payer.lightning.decodeInvoice(paymentRequest)
    expect(invoice.amountMsat).toBe(12_345_678n)
    expect(invoice.descriptionHash).toBe(createHash('sha256').update(metadata).digest('hex'))
  }
  expect(server.requests.at(-1)).toBe('/callback/bob?session=a%20b&keep=%2B&amount=12345678')
  for (const { timeout, maximumBytes, method } of asked)
    expect([timeout, maximumBytes, method]).toEqual([10_000, 65_536, 'GET'])
  await resolve(`bob+tips@${server.host}`)
})

test('amounts outside of what the server takes are refused before an invoice is asked for', async () => {
  const { server, resolve } = await openStand()
  const invalid = 'payout.destination-invalid amount'
  expect(await outcome(resolve(undefined, 999n))).toBe(`${invalid} below-minimum`)
  expect(await outcome(resolve(undefined, 100_000_000_001n))).toBe(`${invalid} above-maximum`)
  expect(await outcome(resolve(undefined, 1000n))).toBe('accepted')
  expect(server.invoices).toHaveLength(1)
})

const invalid = 'payout.destination-invalid destination'
const unreachable = 'payout.destination-unreachable'

/** What each lie is found out as. */
const foundOut: Readonly<Record<LnurlLie, string>> = {
  nothing: `${invalid} malformed`,
  malformed: `${invalid} malformed`,
  'not-an-object': `${invalid} malformed`,
  error: `${invalid} server-refuses`,
  down: `${unreachable} status-503`,
  'broken-off': `${unreachable} broken-off`,
  silence: `${unreachable} deadline`,
  dribble: `${unreachable} deadline`,
  'ten-megabytes': `${invalid} body-too-large`,
  'redirect-to-loopback': `${invalid} redirect-elsewhere`,
  'redirect-in-circles': `${invalid} too-many-redirects`,
  'wrong-tag': `${invalid} wrong-tag`,
  'withdraw-tag': 'payout.destination-unsupported lnurl-withdraw',
  'crossed-limits': `${invalid} limits`,
  'other-identifier': `${invalid} identifier-differs`,
  'callback-elsewhere': `${invalid} address`,
  'other-amount': `${invalid} amount-differs`,
  'tenfold-amount': `${invalid} amount-differs`,
  'no-amount': `${invalid} amount-missing`,
  'other-hash': `${invalid} hash-differs`,
  'other-network': `${invalid} wrong-network`,
  'no-invoice': `${invalid} no-invoice`,
  'damaged-invoice': `${invalid} checksum`,
  'expires-at-once': `${invalid} expires-too-soon`,
  'first-invoice-again': `${invalid} expired`,
}

test('every lie of an LNURL server is found out, in either answer, by its reason', async () => {
  const wrong: string[] = []
  const judge = async (lie: LnurlLie, stage?: LnurlStage): Promise<void> => {
    const stand = await openStand()
    const { server, resolve, clock } = stand
    if (lie === 'first-invoice-again') {
      await resolve()
      await clock.sleep(3_600_000)
    }
    server.lieWith(lie, stage)
    if (foundOut[lie].endsWith('deadline')) stand.patience = 100
    const found = await outcome(resolve())
    if (found !== foundOut[lie]) wrong.push(`${lie} ${stage ?? ''}: ${found}`)
    server.lieWith(undefined)
    stand.patience = 10_000
    const honest = await outcome(resolve())
    if (honest !== 'accepted') wrong.push(`after ${lie}: ${honest}`)
  }
  for (const lie of anyAnswerLies) {
    await judge(lie, 'offer')
    await judge(lie, 'invoice')
  }
  for (const lie of [...offerLies, ...invoiceLies]) await judge(lie)
  expect(wrong).toEqual([])
})

test('O10: whatever else a resolver answers each time, only an invoice over the asked amount and the promised metadata is taken', async () => {
  const { server, payer, resolve } = await openStand()
  const honest = [await resolve(), await resolve()]
  expect(new Set(honest.map(({ paymentRequest }) => paymentRequest)).size).toBe(2)
  for (const { paymentRequest } of honest)
    expect((await payer.lightning.decodeInvoice(paymentRequest)).amountMsat).toBe(12_345_678n)
  for (const [lie, reason] of [
    ['other-amount', 'amount-differs'],
    ['tenfold-amount', 'amount-differs'],
    ['no-amount', 'amount-missing'],
    ['other-hash', 'hash-differs'],
  ] as const) {
    server.lieWith(lie)
    expect(await outcome(resolve())).toBe(`${invalid} ${reason}`)
  }
})

test('an invoice of the own node and a server that nobody allowed are refused', async () => {
  const { resolve } = await openStand({ isOwn: true })
  expect(await outcome(resolve())).toBe(`${invalid} own-node`)
  const stranger = await startLnurlServer({ makeInvoice: () => ({ paymentRequest: '' }) })
  onTestFinished(() => stranger.stop())
  expect(await outcome(resolve(stranger.address('bob')))).toBe(`${invalid} insecure`)
  expect(stranger.requests).toEqual([])
})

test('a callback without https is not asked off regtest, whoever is allowed', async () => {
  const asked: (readonly [string, string | undefined])[] = []
  const metadata = JSON.stringify([['text/identifier', 'bob@shop.example']])
  const callback = 'http://10.0.0.5:8332/wallet'
  const offer = { tag: 'payRequest', callback, minSendable: 1, maxSendable: 1e11, metadata }
  const http: Http = {
    contractVersion: 1,
    async request({ url, purpose }) {
      asked.push([url, purpose])
      return { status: 200, headers: {}, body: JSON.stringify(offer) }
    },
  }
  const identity = { publicKey: '02'.padEnd(66, '1'), network: 'mainnet' }
  const context = { http, live: { state: 'ready', identity } } as unknown as Context
  const destination = readDestination('bob@shop.example', 'mainnet') as LnurlDestination
  await expect(resolveLnurlPay(context, destination, 1000n)).rejects.toMatchObject({
    code: 'payout.destination-invalid',
    details: { reason: 'insecure' },
    message: expect.not.stringContaining('10.0.0.5'),
  })
  expect(asked).toEqual([['https://shop.example/.well-known/lnurlp/bob', 'lnurl']])
})
