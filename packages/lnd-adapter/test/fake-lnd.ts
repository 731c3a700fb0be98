import {
  type handleServerStreamingCall,
  type handleUnaryCall,
  Metadata,
  Server,
  ServerCredentials,
  type ServerUnaryCall,
  type ServerWritableStream,
  type ServiceDefinition,
  type sendUnaryData,
  status,
} from '@grpc/grpc-js'
import type { MethodPath, RequestOf, StreamPath, UnaryPath } from '../src/call.ts'
import { descriptor } from '../src/generated/descriptor.ts'
import { type LndOptions, lnd } from '../src/index.ts'
import { loadProtocol } from '../src/protocol.ts'
import { makeCertificate, type TestCertificate } from './make-certificate.ts'

/** An error as LND sends it: most have code 2. */
export interface Refusal {
  readonly code: status
  readonly details: string
}

export function refuse(details: string, code: status = status.UNKNOWN): Refusal {
  return { code, details }
}

// biome-ignore lint/suspicious/noExplicitAny: replies are protobuf objects of any message
type Reply = any
type Request = Record<string, Reply>
/** Writes replies and resolves when the stream ends; throws a Refusal to end it with an error. */
export type StreamHandler = (
  write: Writer,
  request: Request,
  stream: Stream,
) => Promise<void> | void
export type Writer = (reply: Reply) => Promise<void>
type Stream = ServerWritableStream<Request, Reply>
export type UnaryHandler = (request: Request) => Reply | Promise<Reply>

export interface FakeLnd extends AsyncDisposable {
  readonly port: number
  readonly certificate: TestCertificate
  /** Path → what answers it; may be changed at any time. What is absent is UNIMPLEMENTED. */
  readonly answers: Map<string, UnaryHandler | StreamHandler>
  /** Paths and requests in the order in which they came. */
  readonly received: { readonly path: string; readonly request: Request }[]
  /** Hex of the macaroons that are accepted; others get LND's error. */
  readonly macaroons: Set<string>
  /** Options for lnd(), with `more` on top. */
  options(more?: Partial<LndOptions>): LndOptions
  stop(): Promise<void>
}

export interface FakeLndOptions {
  readonly port?: number
  readonly certificate?: TestCertificate
  readonly answers?: { readonly [P in StreamPath]?: StreamHandler } & {
    readonly [P in UnaryPath]?: UnaryHandler
  }
}

/** The macaroon of {@link FakeLnd.options}. */
export const macaroon: Buffer = Buffer.from('0201036c6e64', 'hex')

/** Made once per file: it takes longer than most tests. */
let usual: Promise<TestCertificate> | undefined

/** A server that speaks the adapter's protocol, over TLS, with LND's way of refusing. */
export async function startFakeLnd(given: FakeLndOptions = {}): Promise<FakeLnd> {
  usual ??= makeCertificate()
  const certificate = given.certificate ?? (await usual)
  const answers = new Map<string, UnaryHandler | StreamHandler>([
    ['/lnrpc.State/GetState', () => ({ state: 'SERVER_ACTIVE' })],
    ...Object.entries(given.answers ?? {}),
  ])
  const received: FakeLnd['received'] = []
  const macaroons = new Set([macaroon.toString('hex')])
  const server = new Server({ 'grpc.max_send_message_length': -1 })

  const admit = (path: string, request: Request, metadata: Metadata): void => {
    received.push({ path, request })
    const [shown] = metadata.get('macaroon')
    if (path.startsWith('/lnrpc.State/') || macaroons.has(String(shown))) return
    throw refuse('verification failed: signature mismatch after caveat verification')
  }
  const answer = (path: string): UnaryHandler | StreamHandler => {
    const found = answers.get(path)
    if (!found) throw refuse(`unknown method ${path}`, status.UNIMPLEMENTED)
    return found
  }
  const unary =
    (path: string): handleUnaryCall<Request, Reply> =>
    async (call: ServerUnaryCall<Request, Reply>, send: sendUnaryData<Reply>) => {
      try {
        admit(path, call.request, call.metadata)
        send(null, await (answer(path) as UnaryHandler)(call.request))
      } catch (error) {
        send(asStatus(error))
      }
    }
  const streaming =
    (path: string): handleServerStreamingCall<Request, Reply> =>
    async (stream: Stream) => {
      const write: Writer = (reply) =>
        new Promise((resolve) => stream.write(reply, () => resolve()))
      try {
        admit(path, stream.request, stream.metadata)
        await (answer(path) as StreamHandler)(write, stream.request, stream)
        stream.end()
      } catch (error) {
        stream.emit('error', asStatus(error))
      }
    }

  const protocol = loadProtocol()
  for (const [name, { nested = {} }] of Object.entries(descriptor.nested)) {
    for (const [service, { methods }] of Object.entries(nested)) {
      if (!methods) continue
      const implementation = Object.fromEntries(
        Object.entries(methods).map(([method, { responseStream }]) => {
          const path = `/${name}.${service}/${method}`
          return [method, responseStream ? streaming(path) : unary(path)]
        }),
      )
      server.addService(protocol[`${name}.${service}`] as ServiceDefinition, implementation)
    }
  }
  const port = await listen(server, certificate, given.port ?? 0)
  const stop = async (): Promise<void> => server.forceShutdown()
  return {
    port,
    certificate,
    answers,
    received,
    macaroons,
    options: (more = {}) => ({
      address: `127.0.0.1:${port}`,
      certificate: certificate.certificate,
      macaroon,
      ...more,
    }),
    stop,
    [Symbol.asyncDispose]: stop,
  }
}

/** A fake LND and an adapter that talks to it. */
export async function startPair(
  answers: NonNullable<FakeLndOptions['answers']> = {},
  more: Partial<LndOptions> = {},
): Promise<{ server: FakeLnd; node: ReturnType<typeof lnd> } & AsyncDisposable> {
  const server = await startFakeLnd({ answers })
  const node = lnd(server.options(more))
  return {
    server,
    node,
    async [Symbol.asyncDispose]() {
      await node.close()
      await server.stop()
    },
  }
}

/** The requests that came for one call. */
export function requestsOf<P extends MethodPath>(server: FakeLnd, path: P): RequestOf<P>[] {
  return server.received
    .filter((one) => one.path === path)
    .map(({ request }) => request as RequestOf<P>)
}

function listen(
  server: Server,
  { certificate, key }: TestCertificate,
  port: number,
): Promise<number> {
  const credentials = ServerCredentials.createSsl(null, [
    { cert_chain: certificate, private_key: key },
  ])
  return new Promise((resolve, reject) => {
    server.bindAsync(`127.0.0.1:${port}`, credentials, (error, bound) =>
      error ? reject(error) : resolve(bound),
    )
  })
}

function asStatus(error: unknown): Refusal & { metadata: Metadata } {
  const known = typeof error === 'object' && error !== null && 'code' in error
  const refusal = known ? (error as Refusal) : refuse(String(error), status.INTERNAL)
  return { ...refusal, metadata: new Metadata() }
}
