import { descriptor } from './generated/descriptor.ts'
import type { NamespaceDescriptor } from './protocol-descriptor.ts'

/** A message, enum or service by its full name, `lnrpc.Invoice`. */
export function findType(name: string): NamespaceDescriptor {
  const entry = lookUp(name)
  if (!entry) throw new TypeError(`${name} is not declared in proto/`)
  return entry
}

/** A name as it is written inside `scope`: protobuf looks from the innermost scope outwards. */
export function resolveType(
  scope: string,
  name: string,
): { name: string; entry: NamespaceDescriptor } {
  const parts = scope.split('.')
  for (let depth = parts.length; depth >= 0; depth--) {
    const full = [...parts.slice(0, depth), name].join('.')
    const entry = lookUp(full)
    if (entry) return { name: full, entry }
  }
  throw new TypeError(`${scope} uses ${name}, which is not declared in proto/`)
}

function lookUp(name: string): NamespaceDescriptor | undefined {
  return name
    .split('.')
    .reduce<NamespaceDescriptor | undefined>((entry, part) => entry?.nested?.[part], descriptor)
}

/** Whether a method (`/lnrpc.Lightning/SubscribeInvoices`) answers with a stream. */
export function isStream(path: string): boolean {
  const [service, method] = path.slice(1).split('/') as [string, string]
  return findType(service).methods?.[method]?.responseStream === true
}
