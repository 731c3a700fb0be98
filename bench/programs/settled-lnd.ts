import { createHash } from 'node:crypto'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import {
  Server,
  ServerCredentials,
  type ServerUnaryCall,
  type ServerWritableStream,
  type ServiceDefinition,
  type sendUnaryData,
} from '@grpc/grpc-js'
import { loadSync } from '@grpc/proto-loader'
import { generate } from 'selfsigned'
import { readArgument, say } from './parent.ts'

/** Told by the parent: pays all invoices that are open. Answered with {@link Settled}. */
export interface Settle {
  readonly settle: true
  /** One after the other at this rate; default: all at once. */
  readonly perSecond?: number
}

/** First word of this program. */
export interface Listening {
  readonly address: string
  /** PEM. */
  readonly certificate: string
}

/** How many invoices are settled now and what they brought in all; msat as a decimal string. */
export interface Settled {
  readonly count: number
  readonly sumMsat: string
  /** When each was told to subscribers, by payment hash (hex); milliseconds since 1970. Only at a rate. */
  readonly at?: Readonly<Record<string, number>>
}

interface Invoice {
  readonly memo: string
  readonly r_hash: Buffer
  readonly creation_date: string
  readonly payment_request: string
  readonly expiry: string
  readonly value_msat: string
  readonly add_index: string
  state: 'OPEN' | 'SETTLED'
  settle_index: string
  settle_date: string
  amt_paid_msat: string
}
type Request = Readonly<Record<string, string>>
type Subscription = ServerWritableStream<Request, Invoice>

// The bytes of an LND whose invoices were all paid while nobody listened: it keeps what AddInvoice was
// given, and replays on SubscribeInvoices what was settled after the given index, as LND does.
readArgument()
const invoices: Invoice[] = []
const settled: Invoice[] = []
const subscriptions = new Set<Subscription>()

const bech32 = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l'

/** Of the length of LND's, with a right timestamp; nobody decodes the rest. */
function writePaymentRequest(seconds: number, hash: Buffer): string {
  let time = ''
  for (let digit = 0, rest = seconds; digit < 7; digit++, rest = Math.floor(rest / 32)) {
    time = bech32[rest % 32]! + time
  }
  const filler = [...hash, ...hash, ...hash, ...hash, ...hash, ...hash, ...hash, ...hash]
  return `lnbcrt1${time}${filler.map((byte) => bech32[byte % 32]).join('')}`
}

function addInvoice(request: {
  memo: string
  r_preimage: Buffer
  value_msat: string
  expiry: string
}) {
  const now = Math.floor(Date.now() / 1000)
  const hash = createHash('sha256').update(request.r_preimage).digest()
  const invoice: Invoice = {
    memo: request.memo,
    r_hash: hash,
    creation_date: String(now),
    payment_request: writePaymentRequest(now, hash),
    expiry: request.expiry,
    value_msat: request.value_msat,
    add_index: String(invoices.length + 1),
    state: 'OPEN',
    settle_index: '0',
    settle_date: '0',
    amt_paid_msat: '0',
  }
  invoices.push(invoice)
  return invoice
}

function settleOne(invoice: Invoice): void {
  settled.push(invoice)
  invoice.state = 'SETTLED'
  invoice.settle_index = String(settled.length)
  invoice.settle_date = String(Math.floor(Date.now() / 1000))
  invoice.amt_paid_msat = invoice.value_msat
  for (const stream of subscriptions) stream.write(invoice)
}

async function settleAtRate(perSecond: number): Promise<Settled> {
  const at: Record<string, number> = {}
  const start = performance.now()
  let count = 0
  for (const invoice of invoices) {
    if (invoice.state === 'SETTLED') continue
    await sleep(Math.max(0, start + (1000 * count++) / perSecond - performance.now()))
    at[invoice.r_hash.toString('hex')] = performance.timeOrigin + performance.now()
    settleOne(invoice)
  }
  return { ...settleAll(), at }
}

function settleAll(): Settled {
  for (const invoice of invoices) if (invoice.state === 'OPEN') settleOne(invoice)
  const sum = settled.reduce((total, { amt_paid_msat }) => total + BigInt(amt_paid_msat), 0n)
  return { count: settled.length, sumMsat: sum.toString() }
}

function listInvoices({ index_offset, num_max_invoices, reversed }: Request) {
  const offset = Number(index_offset)
  const limit = Number(num_max_invoices)
  const end = offset === 0 ? invoices.length : offset - 1
  return reversed
    ? { invoices: invoices.slice(Math.max(0, end - limit), end) }
    : { invoices: invoices.slice(offset, offset + limit) }
}

async function subscribeInvoices(stream: Subscription): Promise<void> {
  const after = Number(stream.request.settle_index)
  let goOn = (): void => {}
  stream.on('drain', () => goOn())
  stream.on('cancelled', () => {
    subscriptions.delete(stream)
    goOn()
  })
  // Index 0: nothing is replayed.
  for (let next = after; after > 0 && next < settled.length && !stream.cancelled; next++) {
    if (stream.write(settled[next]!)) continue
    await new Promise<void>((resolve) => {
      goOn = resolve
    })
  }
  if (!stream.cancelled) subscriptions.add(stream)
}

const channel = {
  active: true,
  remote_pubkey: `03${'cd'.repeat(32)}`,
  channel_point: `${'ef'.repeat(32)}:0`,
  chan_id: '1',
  capacity: '1000000000',
  local_balance: '0',
  remote_balance: '1000000000',
}

const answers: Readonly<Record<string, (request: never) => object>> = {
  GetState: () => ({ state: 'SERVER_ACTIVE' }),
  GetInfo: () => ({
    identity_pubkey: `02${'ab'.repeat(32)}`,
    alias: 'bench',
    version: '0.21.2-beta',
    block_height: 100,
    synced_to_chain: true,
    synced_to_graph: true,
    chains: [{ network: 'regtest' }],
  }),
  AddInvoice: addInvoice,
  ListInvoices: listInvoices,
  ListPayments: () => ({ payments: [] }),
  GetTransactions: () => ({ transactions: [] }),
  ListChannels: () => ({ channels: [channel] }),
  PendingChannels: () => ({}),
  ClosedChannels: () => ({ channels: [] }),
  WalletBalance: () => ({ confirmed_balance: '0' }),
}

async function listen(): Promise<Listening> {
  const adapter = dirname(
    fileURLToPath(import.meta.resolve('@payment-node/lnd-adapter/package.json')),
  )
  const protocol = loadSync(['lightning.proto', 'state.proto'], {
    includeDirs: [join(adapter, 'proto')],
    keepCase: true,
    longs: String,
    enums: String,
    defaults: true,
  })
  const server = new Server()
  for (const name of ['lnrpc.Lightning', 'lnrpc.State']) {
    const service = protocol[name] as ServiceDefinition
    const unary = Object.keys(service).filter((method) => answers[method])
    server.addService(service, {
      ...Object.fromEntries(
        unary.map((method) => [
          method,
          ({ request }: ServerUnaryCall<never, object>, send: sendUnaryData<object>) =>
            send(null, answers[method]!(request)),
        ]),
      ),
      ...('SubscribeInvoices' in service && {
        SubscribeInvoices: subscribeInvoices,
        // Open for as long as the client wants, and never a word.
        SubscribeChannelEvents: () => {},
      }),
    })
  }
  const { cert, private: key } = await generate([{ name: 'commonName', value: 'lnd' }], {
    keyType: 'ec',
    algorithm: 'sha256',
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      {
        name: 'subjectAltName',
        altNames: [
          { type: 2, value: 'localhost' },
          { type: 7, ip: '127.0.0.1' },
        ],
      },
    ],
  })
  const pair = { cert_chain: Buffer.from(cert), private_key: Buffer.from(key) }
  return new Promise((resolve, reject) => {
    const credentials = ServerCredentials.createSsl(null, [pair])
    server.bindAsync('127.0.0.1:0', credentials, (error, port) =>
      error ? reject(error) : resolve({ address: `127.0.0.1:${port}`, certificate: cert }),
    )
  })
}

const listening = await listen()
process.on('message', async ({ perSecond }: Settle) => {
  await say(perSecond === undefined ? settleAll() : await settleAtRate(perSecond))
})
await say(listening)
