import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { bech32 } from '@scure/base'
import { isAnyAnswerLie, type LnurlLie, lieInstead } from './lies.ts'

/** What the server asks its node for. */
export interface LnurlInvoiceTerms {
  readonly amountMsat: bigint | null
  /** SHA-256 of the metadata. */
  readonly descriptionHash: Uint8Array
  /** Seconds. */
  readonly expirySeconds: number
}

/** Options of {@link startLnurlServer}. */
export interface LnurlServerOptions {
  /** Makes an invoice of the payee's node: `createInvoice` of a simulated node fits. */
  readonly makeInvoice: (
    terms: LnurlInvoiceTerms,
  ) => { readonly paymentRequest: string } | Promise<{ readonly paymentRequest: string }>
  /** From the start; see {@link LnurlServer.lieWith}. Default: honest. */
  readonly lie?: LnurlLie
}

/** An LNURL-pay server on 127.0.0.1, without TLS, for every user name. */
export interface LnurlServer {
  /** `127.0.0.1:port`. */
  readonly host: string
  readonly port: number
  /** For `options.http.allow`. */
  readonly allowed: {
    readonly host: string
    readonly port: number
    readonly insecure: true
    readonly for: readonly ['lnurl']
  }
  /** A Lightning address, as it is understood on regtest and simnet: `bob@127.0.0.1:port`. */
  address(user: string): string
  /** The bech32 LNURL of a user. */
  lnurl(user: string): string
  /** From now on; undefined: honest again. `stage` limits lies that fit both answers to one. */
  lieWith(lie: LnurlLie | undefined, stage?: LnurlStage): void
  /** Path and query of every request so far. */
  readonly requests: readonly string[]
  /** Every invoice it has given out. */
  readonly invoices: readonly string[]
  /** Ends the server and its connections. */
  stop(): Promise<void>
}

/** The first answer (LUD-06 payRequest), or the one to the callback. */
export type LnurlStage = 'offer' | 'invoice'

/**
 * An LNURL-pay server (LUD-06, LUD-16) that can be told to lie in each way that a payer must notice.
 *
 * @example
 * ```ts
 * import { createSimulatedNetwork, createVirtualClock, startLnurlServer } from '@payment-node/testkit'
 *
 * const network = createSimulatedNetwork({ clock: createVirtualClock(), seed: 1 })
 * const payee = network.addNode('payee')
 * const server = await startLnurlServer({ makeInvoice: (terms) => payee.createInvoice(terms) })
 * server.lieWith('other-amount')
 * await server.stop()
 * ```
 */
export async function startLnurlServer(options: LnurlServerOptions): Promise<LnurlServer> {
  const { makeInvoice } = options
  const requests: string[] = []
  const invoices: string[] = []
  let lie = options.lie
  let lyingStage: LnurlStage | undefined

  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      response.writeHead(500).end(String(error))
    })
  })

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    requests.push(request.url ?? '')
    const url = new URL(request.url ?? '/', `http://${host}`)
    const user = decodeURIComponent(url.pathname.split('/').at(-1) ?? '')
    const isCallback = url.pathname.startsWith('/callback/')
    const stage = isCallback ? 'invoice' : 'offer'
    if (lie && isAnyAnswerLie(lie) && (lyingStage ?? stage) === stage)
      return lieInstead(lie, response, host)
    const told = isCallback ? await invoiceFor(user, url.searchParams) : offerFor(user)
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify(told))
  }

  const metadataOf = (user: string): string => {
    const named = lie === 'other-identifier' ? 'mallory' : user
    return JSON.stringify([
      ['text/plain', `For ${user}: thank you`],
      ['text/identifier', `${named}@${host}`],
    ])
  }

  function offerFor(user: string): object {
    const tags = { 'wrong-tag': 'payLink', 'withdraw-tag': 'withdrawRequest' }
    return {
      tag: lie === 'wrong-tag' || lie === 'withdraw-tag' ? tags[lie] : 'payRequest',
      callback:
        lie === 'callback-elsewhere'
          ? 'https://[::ffff:127.0.0.1]/callback'
          : `http://${host}/callback/${user}?session=a%20b&keep=%2B`,
      minSendable: lie === 'crossed-limits' ? 2_000_000_000 : 1000,
      maxSendable: lie === 'crossed-limits' ? 1_000_000_000 : 100_000_000_000,
      metadata: metadataOf(user),
      commentAllowed: 0,
    }
  }

  async function invoiceFor(user: string, query: URLSearchParams): Promise<object> {
    if (query.get('session') !== 'a b' || query.get('keep') !== '+')
      return { status: 'ERROR', reason: 'the query of the callback was lost' }
    const asked = BigInt(query.get('amount') ?? '0')
    if (lie === 'first-invoice-again' && invoices[0]) return { pr: invoices[0], routes: [] }
    const promised = lie === 'other-hash' ? `${metadataOf(user)} ` : metadataOf(user)
    const { paymentRequest } = await makeInvoice({
      amountMsat: amountFor(asked),
      descriptionHash: createHash('sha256').update(promised).digest(),
      expirySeconds: lie === 'expires-at-once' ? 1 : 3600,
    })
    invoices.push(paymentRequest)
    return {
      pr: written(paymentRequest),
      routes: [],
      successAction: { tag: 'message', message: 'Thank\u0007 you' },
    }
  }

  const amountFor = (asked: bigint): bigint | null => {
    if (lie === 'no-amount') return null
    if (lie === 'other-amount') return asked + 1000n
    return lie === 'tenfold-amount' ? asked * 10n : asked
  }

  const written = (paymentRequest: string): string => {
    if (lie === 'no-invoice') return 'bob@example.com'
    if (lie === 'damaged-invoice')
      return paymentRequest.replace(/.$/, (last) => (last === 'q' ? 'p' : 'q'))
    const isMain = /^lnbc(?!rt)/.test(paymentRequest)
    return lie === 'other-network'
      ? paymentRequest.replace(/^ln(bcrt|bc|tbs|tb|sb)/, isMain ? 'lntb' : 'lnbc')
      : paymentRequest
  }

  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const { port } = server.address() as AddressInfo
  const host = `127.0.0.1:${port}`
  return {
    host,
    port,
    allowed: { host: '127.0.0.1', port, insecure: true, for: ['lnurl'] },
    address: (user) => `${user}@${host}`,
    lnurl: (user) => {
      const url = `http://${host}/.well-known/lnurlp/${user}`
      return bech32.encode('lnurl', bech32.toWords(new TextEncoder().encode(url)), false)
    },
    lieWith(next, stage) {
      lie = next
      lyingStage = stage
    },
    requests,
    invoices,
    stop: () =>
      new Promise((stopped) => {
        server.close(() => stopped())
        server.closeAllConnections()
      }),
  }
}
