import { execFileSync } from 'node:child_process'
import { readdirSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'
import protobuf from 'protobufjs'

// Writes src/generated from proto/. A test runs it again and compares.

const protoFolder = fileURLToPath(new URL('../proto/', import.meta.url))
const generatedFolder = fileURLToPath(new URL('../src/generated/', import.meta.url))
const notice =
  '// Written by scripts/generate-protocol.ts from proto/; change those files instead.\n'

/** File name → text of everything in `src/generated`. */
export function generateProtocol(): ReadonlyMap<string, string> {
  const root = readProtocol()
  return new Map([
    ['descriptor.ts', format('descriptor.ts', describe(root))],
    ['messages.ts', format('messages.ts', declareMessages(root))],
  ])
}

function readProtocol(): protobuf.Root {
  const root = new protobuf.Root()
  root.resolvePath = (_origin, target) => `${protoFolder}${basename(target)}`
  root.loadSync(readdirSync(protoFolder).sort(), { keepCase: true })
  root.resolveAll()
  return root
}

function describe(root: protobuf.Root): string {
  return `${notice}
import type { ProtocolDescriptor } from '../protocol-descriptor.ts'

/** The messages and services of proto/, as proto-loader's \`fromJSON\` takes them. */
export const descriptor: ProtocolDescriptor = ${JSON.stringify(root.toJSON())}
`
}

function declareMessages(root: protobuf.Root): string {
  const types = collect(root)
  const methods = types.services.flatMap((service) =>
    service.methodsArray.map((method) => ({
      path: `/${service.fullName.slice(1)}/${method.name}`,
      request: method.resolvedRequestType!,
      reply: method.resolvedResponseType!,
      isStream: method.responseStream === true,
    })),
  )
  const requests = reachable(methods.map((method) => method.request))
  const replies = reachable(methods.map((method) => method.reply))
  return [
    notice,
    '/** A whole number of 64 bits as decimal text. */\nexport type Integer64 = string\n',
    '/** What LND answers has every field; what is unset is null, empty or zero. */',
    ...types.messages.filter((type) => replies.has(type)).map(declareReply),
    '/** What LND is asked has only the fields that are set. */',
    ...types.messages.filter((type) => requests.has(type)).map(declareRequest),
    ...types.enums.map(declareEnum),
    '/** Full method name → its messages. */',
    'export interface Methods {',
    ...methods.map(
      ({ path, request, reply, isStream }) =>
        `'${path}': { request: ${requestName(nameOf(request))}; reply: ${nameOf(reply)}; isStream: ${isStream} }`,
    ),
    '}',
  ].join('\n')
}

function collect(root: protobuf.Root): {
  messages: protobuf.Type[]
  enums: protobuf.Enum[]
  services: protobuf.Service[]
} {
  const found = {
    messages: [] as protobuf.Type[],
    enums: [] as protobuf.Enum[],
    services: [] as protobuf.Service[],
  }
  const names = new Set<string>()
  const visit = (item: protobuf.ReflectionObject): void => {
    if (item instanceof protobuf.Type || item instanceof protobuf.Enum) {
      const name = nameOf(item)
      if (names.has(name)) throw new Error(`two messages or enums are called ${name}`)
      names.add(name)
    }
    if (item instanceof protobuf.Type) found.messages.push(item)
    if (item instanceof protobuf.Enum) found.enums.push(item)
    if (item instanceof protobuf.Service) found.services.push(item)
    if (item instanceof protobuf.Namespace) item.nestedArray.forEach(visit)
  }
  root.nestedArray.forEach(visit)
  return found
}

function reachable(from: readonly protobuf.Type[]): ReadonlySet<protobuf.Type> {
  const found = new Set<protobuf.Type>()
  const visit = (type: protobuf.Type): void => {
    if (found.has(type)) return
    found.add(type)
    for (const field of type.fieldsArray) {
      if (field.resolvedType instanceof protobuf.Type) visit(field.resolvedType)
    }
  }
  from.forEach(visit)
  return found
}

function declareReply(type: protobuf.Type): string {
  const fields = type.fieldsArray.map((field) => {
    const value = typeName(field, 'reply')
    if (field instanceof protobuf.MapField) return `${field.name}: Record<string, ${value}>`
    if (field.repeated) return `${field.name}: ${value}[]`
    if (field.partOf) return `${field.name}?: ${value}`
    return `${field.name}: ${value}${field.resolvedType instanceof protobuf.Type ? ' | null' : ''}`
  })
  const sets = type.oneofsArray.map(
    (set) => `${set.name}?: ${set.oneof.map((name) => `'${name}'`).join(' | ')}`,
  )
  if (fields.length === 0) return `export type ${nameOf(type)} = Record<string, never>\n`
  return `export interface ${nameOf(type)} {\n${[...fields, ...sets].join('\n')}\n}\n`
}

function declareRequest(type: protobuf.Type): string {
  const fields = type.fieldsArray.map((field) => {
    const value = typeName(field, 'request')
    if (field instanceof protobuf.MapField) return `${field.name}?: Record<string, ${value}>`
    return `${field.name}?: ${field.repeated ? `readonly ${value}[]` : value}`
  })
  if (fields.length === 0)
    return `export type ${requestName(nameOf(type))} = Record<string, never>\n`
  return `export interface ${requestName(nameOf(type))} {\n${fields.join('\n')}\n}\n`
}

function declareEnum(type: protobuf.Enum): string {
  const names = Object.keys(type.values).map((name) => `'${name}'`)
  return `/** A number when LND is newer than this list. */\nexport type ${nameOf(type)} = ${names.join(' | ')} | number\n`
}

function typeName(field: protobuf.Field, side: 'request' | 'reply'): string {
  if (field.resolvedType instanceof protobuf.Enum) return nameOf(field.resolvedType)
  if (field.resolvedType) {
    const name = nameOf(field.resolvedType)
    return side === 'reply' ? name : requestName(name)
  }
  const known: Record<string, string> = {
    string: 'string',
    bool: 'boolean',
    uint32: 'number',
    int32: 'number',
    int64: side === 'reply' ? 'Integer64' : 'bigint',
    uint64: side === 'reply' ? 'Integer64' : 'bigint',
    bytes: side === 'reply' ? 'Buffer' : 'Uint8Array',
  }
  const name = known[field.type]
  if (!name) throw new Error(`${field.fullName}: no TypeScript type is known for ${field.type}`)
  return name
}

/**
 * `PendingChannelsResponse.PendingChannel` → `PendingChannelsResponse_PendingChannel`. What another
 * package calls as lnrpc does keeps its package: `walletrpc_Transaction`.
 */
function nameOf(type: protobuf.ReflectionObject): string {
  const [space, ...names] = type.fullName.slice(1).split('.') as [string, ...string[]]
  const isTaken = space !== 'lnrpc' && type.root.lookup(['lnrpc', ...names]) !== null
  return [...(isTaken ? [space] : []), ...names].join('_')
}

function requestName(name: string): string {
  return name.endsWith('Request') ? name : `${name}AsRequest`
}

function format(file: string, text: string): string {
  const biome = createRequire(import.meta.url).resolve('@biomejs/biome/bin/biome')
  return execFileSync(
    process.execPath,
    [biome, 'format', `--stdin-file-path=${generatedFolder}${file}`],
    { input: text, encoding: 'utf8', maxBuffer: 2 ** 24 },
  )
}

if (import.meta.main) {
  for (const [file, text] of generateProtocol()) writeFileSync(`${generatedFolder}${file}`, text)
}
