import { findType, resolveType } from './find-type.ts'
import type { FieldDescriptor } from './protocol-descriptor.ts'

/**
 * Checks a request against the protocol before protobufjs sees it, which would drop fields it does
 * not know (a limit with a typing error becomes "no limit"), read text in a bytes field as base64
 * (64 hex digits become 48 wrong bytes) and cut numbers that do not fit.
 *
 * @param type `lnrpc.Invoice`
 * @returns the same message in the forms that protobufjs takes exactly
 */
export function encodeRequest(type: string, request: object): Record<string, unknown> {
  const encoded: Record<string, unknown> = {}
  const fields = findType(type).fields ?? {}
  for (const [name, value] of Object.entries(request)) {
    if (value === undefined) continue
    const field = Object.hasOwn(fields, name) ? fields[name] : undefined
    if (!field) throw new TypeError(`${type} has no field ${name}`)
    encoded[name] = encodeField(type, name, field, value)
  }
  return encoded
}

function encodeField(type: string, name: string, field: FieldDescriptor, value: unknown): unknown {
  if (field.keyType) return encodeMap(type, name, field, value)
  if (field.rule !== 'repeated') return encodeValue(type, name, field, value)
  if (!Array.isArray(value)) throw new TypeError(`${type}.${name} must be an array`)
  return value.map((item) => encodeValue(type, name, field, item))
}

/** Keys are text; a Map would be silently empty. */
function encodeMap(
  type: string,
  name: string,
  field: FieldDescriptor,
  value: unknown,
): Record<string, unknown> {
  if (field.keyType !== 'string' || Object.prototype.toString.call(value) !== '[object Object]') {
    throw new TypeError(`${type}.${name} must be an object with text as keys`)
  }
  const encoded = Object.entries(value as object).map(([key, item]) => {
    // As an own property, whatever it is called.
    return [key, encodeValue(type, name, field, item)] as const
  })
  return Object.fromEntries(encoded)
}

function encodeValue(type: string, name: string, field: FieldDescriptor, value: unknown): unknown {
  const refuse = (expected: string): never => {
    throw new TypeError(`${type}.${name} must be ${expected}, not ${typeof value}`)
  }
  switch (field.type) {
    case 'string':
    case 'bool':
      return typeof value === (field.type === 'bool' ? 'boolean' : 'string')
        ? value
        : refuse(`a ${field.type}`)
    case 'bytes':
      return value instanceof Uint8Array ? value : refuse('bytes')
    case 'int32':
    case 'uint32':
      return isWithin(value, 'number', field.type)
        ? value
        : refuse(`a whole number that fits ${field.type}`)
    case 'int64':
    case 'uint64':
      return isWithin(value, 'bigint', field.type)
        ? String(value)
        : refuse(`a bigint that fits ${field.type}`)
    default:
      return encodeNested(type, name, field, value)
  }
}

const ranges: Readonly<Record<string, readonly [bigint, bigint]>> = {
  int32: [-(2n ** 31n), 2n ** 31n - 1n],
  uint32: [0n, 2n ** 32n - 1n],
  int64: [-(2n ** 63n), 2n ** 63n - 1n],
  uint64: [0n, 2n ** 64n - 1n],
}

function isWithin(value: unknown, form: 'number' | 'bigint', type: string): boolean {
  if (typeof value !== form) return false
  if (typeof value === 'number' && !Number.isSafeInteger(value)) return false
  const [least, most] = ranges[type]!
  const exact = BigInt(value as number | bigint)
  return exact >= least && exact <= most
}

function encodeNested(type: string, name: string, field: FieldDescriptor, value: unknown): unknown {
  const found = resolveType(type, field.type)
  if (found.entry.values) {
    if (typeof value === 'string' && Object.hasOwn(found.entry.values, value)) return value
    throw new TypeError(`${type}.${name} must be a value of ${found.name}`)
  }
  if (typeof value !== 'object' || value === null) {
    throw new TypeError(`${type}.${name} must be a ${found.name}`)
  }
  return encodeRequest(found.name, value)
}
