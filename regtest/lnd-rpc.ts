import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  type ChannelCredentials,
  Client,
  type ClientDuplexStream,
  type ClientReadableStream,
  credentials,
  Metadata,
  type MethodDefinition,
  type ServiceError,
} from '@grpc/grpc-js'
import { loadSync, type PackageDefinition } from '@grpc/proto-loader'

/** How to talk to a node over gRPC. */
export interface LndRpcOptions {
  /** `127.0.0.1:port` */
  readonly rpcAddress: string
  readonly certificatePath: string
  /** Read at each call, so that it may appear later (wallet not created yet). */
  readonly macaroonPath: string
  /** A macaroon as hex, instead of the one at the path. */
  readonly macaroon?: string
  /** LND's own `lnrpc` folder. */
  readonly protoFolder: string
}

/** Any RPC of LND. Names as in LND's `.proto` files; int64 as decimal strings, bytes as Buffers. */
export interface LndRpc {
  /** A call with one answer, such as `rpc('lnrpc.Lightning', 'GetInfo')`. Deadline 60 s. */
  rpc<Reply = Record<string, unknown>>(
    service: string,
    method: string,
    request?: object,
  ): Promise<Reply>
  /** A call with a stream of answers; an async iterable, ended by `cancel()`. */
  stream<Reply = Record<string, unknown>>(
    service: string,
    method: string,
    request?: object,
  ): ClientReadableStream<Reply>
  /** A call with a stream in both directions, such as ChannelAcceptor; ended by `cancel()`. */
  duplex<Reply = Record<string, unknown>>(
    service: string,
    method: string,
  ): ClientDuplexStream<object, Reply>
  /** Closes the connection. */
  close(): void
}

const protoFiles = [
  'lightning.proto',
  'stateservice.proto',
  'walletunlocker.proto',
  'chainrpc/chainkit.proto',
  'chainrpc/chainnotifier.proto',
  'invoicesrpc/invoices.proto',
  'peersrpc/peers.proto',
  'routerrpc/router.proto',
  'signrpc/signer.proto',
  'verrpc/verrpc.proto',
  'walletrpc/walletkit.proto',
  'watchtowerrpc/watchtower.proto',
  'wtclientrpc/wtclient.proto',
]

const definitions = new Map<string, PackageDefinition>()

/** Connects lazily; a node that is down makes the call fail, not this. */
export function connectLndRpc(options: LndRpcOptions): LndRpc {
  const definition = loadDefinition(options.protoFolder)
  let client: Client | undefined
  const connected = (): Client => {
    client ??= new Client(options.rpcAddress, createCredentials(options), {
      // Node 26 refuses an IP address as TLS server name; LND's certificate names localhost too.
      'grpc.ssl_target_name_override': 'localhost',
      'grpc.max_receive_message_length': -1,
      'grpc.initial_reconnect_backoff_ms': 100,
      'grpc.max_reconnect_backoff_ms': 500,
      // Each node restarts on its own; sharing connections between clients would mix them up.
      'grpc.use_local_subchannel_pool': 1,
    })
    return client
  }
  return {
    rpc: (service, method, request = {}) => {
      const { path, requestSerialize, responseDeserialize } = find(definition, service, method)
      return new Promise((resolve, reject) => {
        connected().makeUnaryRequest(
          path,
          requestSerialize,
          responseDeserialize,
          request,
          readMetadata(options),
          { deadline: Date.now() + 60_000 },
          (error: ServiceError | null, reply: unknown) =>
            error === null
              ? resolve(reply as never)
              : reject(describeError(error, service, method)),
        )
      })
    },
    stream: (service, method, request = {}) => {
      const { path, requestSerialize, responseDeserialize } = find(definition, service, method)
      return connected().makeServerStreamRequest(
        path,
        requestSerialize,
        responseDeserialize,
        request,
        readMetadata(options),
      ) as ClientReadableStream<never>
    },
    duplex: (service, method) => {
      const { path, requestSerialize, responseDeserialize } = find(definition, service, method)
      return connected().makeBidiStreamRequest(
        path,
        requestSerialize,
        responseDeserialize,
        readMetadata(options),
      ) as ClientDuplexStream<object, never>
    },
    close: () => {
      client?.close()
      client = undefined
    },
  }
}

function loadDefinition(protoFolder: string): PackageDefinition {
  const loaded =
    definitions.get(protoFolder) ??
    loadSync(protoFiles, {
      keepCase: true,
      longs: String,
      enums: String,
      defaults: true,
      oneofs: true,
      includeDirs: [protoFolder, ...protoFiles.map((file) => join(protoFolder, file, '..'))],
    })
  definitions.set(protoFolder, loaded)
  return loaded
}

function find(
  definition: PackageDefinition,
  service: string,
  method: string,
): MethodDefinition<object, object> {
  const methods = definition[service] as Record<string, unknown> | undefined
  const found = methods?.[method] as MethodDefinition<object, object> | undefined
  if (found?.path === undefined) throw new Error(`LND has no RPC ${service}/${method}`)
  return found
}

function createCredentials(options: LndRpcOptions): ChannelCredentials {
  return credentials.createSsl(readFileSync(options.certificatePath))
}

function readMetadata({ macaroon, macaroonPath }: LndRpcOptions): Metadata {
  const metadata = new Metadata()
  if (macaroon !== undefined) metadata.set('macaroon', macaroon)
  else if (existsSync(macaroonPath)) {
    metadata.set('macaroon', readFileSync(macaroonPath).toString('hex'))
  }
  return metadata
}

/** Keeps gRPC's code and details, and says which call it was. */
function describeError(error: ServiceError, service: string, method: string): ServiceError {
  error.message = `${service}/${method}: ${error.message}`
  return error
}
