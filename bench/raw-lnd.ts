import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  type Client,
  type ClientReadableStream,
  credentials,
  loadPackageDefinition,
  Metadata,
  type ServiceError,
} from '@grpc/grpc-js'
import { loadSync } from '@grpc/proto-loader'
import type { RegtestNode } from '@payment-node/regtest'

/** LND as one talks to it without the library: grpc-js on LND's own `.proto` files, nothing else. */
export interface RawLnd {
  /** With a preimage of our own; resolves with LND's answer. */
  addInvoice(fields: { value_msat: string; memo: string; expiry: string }): Promise<AddedInvoice>
  /** What is added and settled from now on. */
  subscribeInvoices(): ClientReadableStream<RawInvoice>
  close(): void
}

export interface AddedInvoice {
  readonly r_hash: Buffer
  readonly payment_request: string
}

export interface RawInvoice {
  readonly r_hash: Buffer
  readonly state: string
}

interface LightningClient extends Client {
  addInvoice(
    request: object,
    metadata: Metadata,
    options: { deadline: number },
    done: (error: ServiceError | null, reply: AddedInvoice) => void,
  ): void
  subscribeInvoices(request: object, metadata: Metadata): ClientReadableStream<RawInvoice>
}

export function connectRawLnd({ details }: RegtestNode, macaroon: string): RawLnd {
  const definition = loadSync(join(details.protoFolder, 'lightning.proto'), {
    keepCase: true,
    longs: String,
    enums: String,
    defaults: true,
    oneofs: true,
  })
  const { lnrpc } = loadPackageDefinition(definition) as unknown as {
    lnrpc: { Lightning: new (...given: ConstructorParameters<typeof Client>) => LightningClient }
  }
  const certificate = credentials.createSsl(readFileSync(details.certificatePath))
  const client = new lnrpc.Lightning(details.rpcAddress, certificate, {
    // Node refuses an address as TLS server name; LND's certificate names localhost too.
    'grpc.ssl_target_name_override': 'localhost',
    'grpc.use_local_subchannel_pool': 1,
  })
  const metadata = new Metadata()
  metadata.set('macaroon', macaroon)
  return {
    addInvoice: (fields) =>
      new Promise((resolve, reject) => {
        const request = { ...fields, r_preimage: randomBytes(32), private: false }
        client.addInvoice(request, metadata, { deadline: Date.now() + 15_000 }, (error, reply) =>
          error ? reject(error) : resolve(reply),
        )
      }),
    subscribeInvoices: () => client.subscribeInvoices({}, metadata),
    close: () => client.close(),
  }
}
