import {
  Metadata,
  Server,
  ServerCredentials,
  type ServerUnaryCall,
  type ServerWritableStream,
  type sendUnaryData,
  status,
} from '@grpc/grpc-js'
import { generate } from 'selfsigned'
import type { LoopFault } from './faults.ts'
import { type LoopSwap, newSwap, statusOf } from './loop-swap.ts'
import { loadService } from './looprpc.ts'
import { judgeLoopOut, type LoopTerms, type Refusal, refuse } from './start-swap.ts'

/** A fake loopd: the protocol with its states and failures; it pays and sweeps nothing. */
export interface LoopServer extends AsyncDisposable {
  /** `host:port`, for `loop({ address })`. */
  readonly address: string
  /** PEM, self-signed, as loopd makes one. */
  readonly certificate: Uint8Array
  /** The only one that is accepted. */
  readonly macaroon: Uint8Array
  readonly terms: LoopTerms
  /** May be changed at any time. */
  readonly faults: Set<LoopFault>
  /** All swaps, oldest first. */
  readonly swaps: readonly LoopSwap[]
  /** Names of the methods and their requests, in the order in which they came. */
  readonly received: readonly { readonly method: string; readonly request: Request }[]
  /** Moves a swap on and tells everybody who listens. */
  advance(swap: LoopSwap, to: Partial<Pick<LoopSwap, 'state' | 'failure'>> & Costs): void
  /** Adds a swap that somebody else has made. */
  add(swap: Partial<LoopSwap> & { readonly label: string; readonly amountSat: bigint }): LoopSwap
  /** Lets calls be answered that wait for `late`. */
  letAnswer(): void
  /** As after a restart: swaps go on that were stopped by TEMPORARY or in no list. */
  restart(): void
  stop(): Promise<void>
}

type Costs = Partial<Pick<LoopSwap, 'serverSat' | 'onchainSat' | 'offchainSat'>>
type Request = Readonly<Record<string, unknown>>
type Stream = ServerWritableStream<Request, object>

/** What {@link startLoopServer} takes. */
export interface LoopServerOptions {
  readonly faults?: readonly LoopFault[]
  readonly terms?: Partial<LoopTerms>
  /** Runs when a swap was started, before the answer: a test lets real money move. */
  readonly onSwap?: (swap: LoopSwap) => void | Promise<void>
}

/** Starts a fake loopd on a free port of 127.0.0.1. */
export async function startLoopServer(options: LoopServerOptions = {}): Promise<LoopServer> {
  const { certificate, key } = await makeCertificate()
  const macaroon = Buffer.from('0201046c6f6f70', 'hex')
  const terms: LoopTerms = {
    minimumSat: 250_000n,
    maximumSat: 10_000_000n,
    feeSat: 3000n,
    prepaySat: 1000n,
    minerSat: 700n,
    network: 'regtest',
    ...options.terms,
  }
  const faults = new Set<LoopFault>(options.faults)
  const has = (fault: LoopFault): boolean => faults.has(fault)
  const swaps: LoopSwap[] = []
  const received: { method: string; request: Request }[] = []
  const streams = new Set<Stream>()
  let waiting: (() => void)[] = []
  let changes = 0

  const tell = (swap: LoopSwap): void => {
    if (has('monitor-silent')) return
    for (const stream of streams) stream.write(statusOf(swap, has))
  }
  const listed = (): LoopSwap[] => (has('forgets') ? [] : swaps.filter((one) => one.isListed))

  const methods: Record<string, (request: Request) => object | Promise<object>> = {
    GetInfo: () => ({
      version: '0.34.0-beta',
      network: has('other-network')
        ? 'testnet'
        : has('unknown-network')
          ? 'moonnet'
          : terms.network,
    }),
    GetLiquidityParams: () => {
      if (has('no-liquidity-parameters')) throw refuse('unknown method', status.UNIMPLEMENTED)
      return { autoloop: has('autoloop'), easy_autoloop: has('easy-autoloop') }
    },
    LoopOutTerms: () => ({
      min_swap_amount: has('negative-terms')
        ? '-1'
        : String(has('reversed-terms') ? terms.maximumSat + 1n : terms.minimumSat),
      max_swap_amount: String(terms.maximumSat),
    }),
    LoopOutQuote: (request) => {
      const amountSat = BigInt(String(request.amt))
      if (amountSat < terms.minimumSat) throw refuse('swap amount too low')
      if (amountSat > terms.maximumSat) throw refuse('swap amount too high')
      return {
        swap_fee_sat: has('huge-quote') ? '9223372036854775807' : String(terms.feeSat),
        prepay_amt_sat: String(has('prepay-above-fee') ? terms.feeSat + 1n : terms.prepaySat),
        htlc_sweep_fee_sat: String(terms.minerSat),
        swap_payment_dest: Buffer.alloc(33, 2),
        conf_target: request.conf_target,
      }
    },
    ListSwaps: ({ list_swap_filter: filter }) => {
      const { label = '', swap_type: type = 'ANY' } = (filter ?? {}) as Record<string, string>
      const isAsked = (swap: LoopSwap): boolean =>
        has('ignores-filter') ||
        // loopd's own looseness: whatever contains the label.
        (swap.label.includes(label) && (type !== 'LOOP_OUT' || swap.type === 0))
      return {
        swaps: listed()
          .filter(isAsked)
          .map((swap) => statusOf(swap, has)),
      }
    },
    LoopOut: async (request) => {
      if (has('dies-before')) throw breakOff()
      const refusal = judgeLoopOut(request, terms, has)
      if (refusal) throw refusal
      const made = [newSwap(request), ...(has('two-swaps') ? [newSwap(request)] : [])]
      for (const swap of made) {
        swap.changed = ++changes
        swap.isListed = !has('slow-list')
        if (has('temporary')) Object.assign(swap, { state: 'FAILED', failure: 'TEMPORARY' })
        swaps.push(swap)
        await options.onSwap?.(swap)
        tell(swap)
      }
      if (has('lost-reply')) throw breakOff()
      const id = Buffer.from(made[0]!.id, 'hex')
      return {
        id: made[0]!.id,
        id_bytes: has('no-id') ? Buffer.alloc(0) : id.subarray(0, has('short-id') ? 20 : 32),
        server_message: '',
      }
    },
  }

  /** What a client sees when the connection goes while it waits. */
  const breakOff = (): Refusal => refuse('Connection dropped', status.UNAVAILABLE)

  const admit = (method: string, request: Request, metadata: Metadata): void => {
    received.push({ method, request })
    const [shown] = metadata.get('macaroon')
    if (has('macaroon-rejected') || shown !== macaroon.toString('hex'))
      throw refuse('verification failed: signature mismatch after caveat verification')
  }

  const unary =
    (method: string) =>
    async (call: ServerUnaryCall<Request, object>, send: sendUnaryData<object>) => {
      try {
        admit(method, call.request, call.metadata)
        if (has('silent')) return
        if (has('late')) await new Promise<void>((resolve) => waiting.push(resolve))
        send(null, await methods[method]!(call.request))
      } catch (error) {
        send(asStatus(error))
      }
    }

  const monitor = (stream: Stream): void => {
    try {
      admit('Monitor', stream.request, stream.metadata)
    } catch (error) {
      stream.emit('error', asStatus(error))
      return
    }
    for (const swap of swaps) swap.isListed = true
    const known = listed().sort((one, other) => one.changed - other.changed)
    if (has('replays')) known.push(...known)
    if (has('replays')) known.reverse()
    if (!has('monitor-silent') && !has('silent'))
      for (const swap of known) stream.write(statusOf(swap, has))
    if (has('monitor-ends')) {
      stream.end()
      return
    }
    streams.add(stream)
    stream.on('cancelled', () => streams.delete(stream))
  }

  const server = new Server()
  const implementation = Object.fromEntries(
    Object.keys(methods).map((method) => [method, unary(method)]),
  )
  server.addService(loadService(), { ...implementation, Monitor: monitor } as never)
  const secure = ServerCredentials.createSsl(null, [{ cert_chain: certificate, private_key: key }])
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', secure, (error, bound) =>
      error ? reject(error) : resolve(bound),
    )
  })
  const letAnswer = (): void => {
    const going = waiting
    waiting = []
    for (const go of going) go()
  }
  const stop = async (): Promise<void> => {
    letAnswer()
    server.forceShutdown()
  }
  return {
    address: `127.0.0.1:${port}`,
    certificate,
    macaroon,
    terms,
    faults,
    swaps,
    received,
    advance(swap, to) {
      Object.assign(swap, to, { changed: ++changes })
      tell(swap)
    },
    add(given) {
      const base = newSwap({ label: given.label, amt: given.amountSat, dest: '' })
      const swap = { ...base, ...given, changed: ++changes }
      swaps.push(swap)
      tell(swap)
      return swap
    },
    letAnswer,
    restart() {
      for (const stream of streams)
        stream.emit('error', asStatus(refuse('server is shutting down')))
      streams.clear()
      for (const swap of swaps) {
        swap.isListed = true
        if (swap.failure === 'TEMPORARY')
          Object.assign(swap, { state: 'INITIATED', failure: 'NONE' })
      }
    },
    stop,
    [Symbol.asyncDispose]: stop,
  }
}

let usual: Promise<{ certificate: Buffer; key: Buffer }> | undefined

/** Made once per process: it takes longer than most tests. */
function makeCertificate(): Promise<{ certificate: Buffer; key: Buffer }> {
  usual ??= generate([{ name: 'commonName', value: 'loop' }], {
    keyType: 'ec',
    algorithm: 'sha256',
    notBeforeDate: new Date(Date.now() - 86_400_000),
    notAfterDate: new Date(Date.now() + 365 * 86_400_000),
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
  }).then((made) => ({ certificate: Buffer.from(made.cert), key: Buffer.from(made.private) }))
  return usual
}

function asStatus(error: unknown): Refusal & { metadata: Metadata } {
  const isKnown = typeof error === 'object' && error !== null && 'code' in error
  const refusal = isKnown ? (error as Refusal) : refuse(String(error), status.INTERNAL)
  return { ...refusal, metadata: new Metadata() }
}
