import { fromJSON, type PackageDefinition, type ServiceDefinition } from '@grpc/proto-loader'
import type { MethodPath } from './call.ts'
import { encodeRequest } from './encode-request.ts'
import { findType, resolveType } from './find-type.ts'
import { descriptor } from './generated/descriptor.ts'

/** How one method's messages become bytes and back. */
export interface MethodCodec {
  readonly encode: (request: object) => Buffer
  readonly decode: (reply: Buffer) => object
}

let loaded: ReadonlyMap<string, MethodCodec> | undefined

/** Loads the protocol at the first call, once per process: it takes tens of milliseconds. */
export function codecOf(path: MethodPath): MethodCodec {
  loaded ??= loadCodecs()
  const codec = loaded.get(path)
  if (!codec) throw new TypeError(`${path} is not declared in proto/`)
  return codec
}

/** Definitions of all services and messages, also for a server that speaks the same protocol. */
export function loadProtocol(): PackageDefinition {
  return fromJSON(descriptor as unknown as Parameters<typeof fromJSON>[0], {
    // 64-bit integers stay exact only as text.
    longs: String,
    enums: String,
    defaults: true,
    oneofs: true,
  })
}

function loadCodecs(): ReadonlyMap<string, MethodCodec> {
  const protocol = loadProtocol()
  const codecs = new Map<string, MethodCodec>()
  for (const service of serviceNames()) {
    const { methods = {} } = findType(service)
    const definitions = protocol[service] as ServiceDefinition
    for (const [name, { requestType }] of Object.entries(methods)) {
      const definition = definitions[name]!
      const type = resolveType(service, requestType).name
      codecs.set(definition.path, {
        encode: (request) => definition.requestSerialize(encodeRequest(type, request)),
        decode: definition.responseDeserialize,
      })
    }
  }
  return codecs
}

function serviceNames(): readonly string[] {
  return Object.entries(descriptor.nested).flatMap(([name, { nested = {} }]) =>
    Object.keys(nested)
      .filter((inner) => nested[inner]!.methods)
      .map((inner) => `${name}.${inner}`),
  )
}
