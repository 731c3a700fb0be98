import type { ServiceDefinition } from '@grpc/proto-loader'
import { fromJSON } from '@grpc/proto-loader'
import { descriptor } from './generated/descriptor.ts'
import type { Methods } from './messages.ts'

/** Full name of a method: `/looprpc.SwapClient/LoopOut`. */
export type MethodPath = keyof Methods

/** How one method's messages become bytes and back. */
export interface MethodCodec {
  readonly encode: (request: object) => Buffer
  readonly decode: (reply: Buffer) => object
}

let loaded: ServiceDefinition | undefined

/** Loads the protocol at the first call, once per process. */
export function codecOf(path: MethodPath): MethodCodec {
  loaded ??= load()
  const definition = loaded[path.slice(path.lastIndexOf('/') + 1)]!
  return { encode: definition.requestSerialize, decode: definition.responseDeserialize }
}

function load(): ServiceDefinition {
  const protocol = fromJSON(descriptor as Parameters<typeof fromJSON>[0], {
    keepCase: true,
    // 64-bit integers stay exact only as text.
    longs: String,
    enums: String,
    defaults: true,
  })
  return protocol['looprpc.SwapClient'] as ServiceDefinition
}
