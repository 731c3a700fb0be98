import { invalid } from '../errors.ts'
import type { Http, HttpPurpose } from '../ports/http.ts'
import { readBoolean, readInteger, readObject, readOneOf, readText } from '../read-input.ts'

/** A host that may be asked although it is not public, e.g. a receiver in the own network. */
export interface AllowedHost {
  /** As in URLs: a name, an IPv4 address, or an IPv6 address without brackets. No patterns. */
  readonly host: string
  /** Default: every port. */
  readonly port?: number
  /** Also without TLS. Default false. */
  readonly insecure?: boolean
  /**
   * What it may be asked for. Default: `['webhooks', 'fees', 'swaps']`, the operator's own. Whoever may be paid can lead
   * this node to a host that is allowed for `lnurl`, and every partner to one for `partner-webhooks`.
   */
  readonly for?: readonly HttpPurpose[]
}

const purposes = ['webhooks', 'partner-webhooks', 'lnurl', 'fees', 'swaps'] as const
const ownPurposes: readonly HttpPurpose[] = ['webhooks', 'fees', 'swaps']

/** How the library asks the web. */
export interface HttpOptions {
  /** Exceptions from "public addresses, over https". Default none. */
  readonly allow?: readonly AllowedHost[]
}

/** The exceptions, or another implementation as a whole. */
export type HttpSettings =
  | { readonly allow: readonly AllowedHost[] }
  | { readonly replacement: Http }

export function readHttpOptions(value: unknown): HttpSettings {
  if (value === undefined) return { allow: [] }
  const given = value as { contractVersion?: unknown; request?: unknown } | null
  if (typeof given?.request === 'function') {
    if (given.contractVersion === 1) return { replacement: value as Http }
    throw invalid(
      'http.contractVersion',
      'contract-version',
      `implements contract ${String(given.contractVersion)}, this core needs 1`,
    )
  }
  const { allow } = readObject(value, 'http', ['allow'])
  if (allow === undefined) return { allow: [] }
  if (!Array.isArray(allow)) throw invalid('http.allow', 'wrong-type', 'expected an array')
  return { allow: allow.map((entry, position) => readAllowed(entry, `http.allow[${position}]`)) }
}

function readAllowed(value: unknown, field: string): AllowedHost {
  const names = ['host', 'port', 'insecure', 'for']
  const { host, port, insecure, for: purposes } = readObject(value, field, names)
  const text = readText(host, `${field}.host`, { maximum: 253 })
  const bracketed = text.includes(':') ? `[${text}]` : text
  const url = `https://${bracketed}`
  // As the URL that is asked will be written: small letters, punycode, plain IP addresses.
  const name = URL.canParse(url) ? new URL(url) : undefined
  if (!name || name.href !== `https://${name.hostname}/` || name.hostname.includes('*'))
    throw invalid(`${field}.host`, 'malformed', 'expected a host name or an IP address alone')
  return {
    host: name.hostname.replace(/^\[|\]$/g, ''),
    ...(port !== undefined && {
      port: readInteger(port, `${field}.port`, { minimum: 1, maximum: 65_535 }),
    }),
    insecure: readBoolean(insecure, `${field}.insecure`, false),
    for: readPurposes(purposes, `${field}.for`),
  }
}

function readPurposes(value: unknown, field: string): readonly HttpPurpose[] {
  if (value === undefined) return ownPurposes
  if (!Array.isArray(value)) throw invalid(field, 'wrong-type', 'expected an array')
  if (value.length === 0) throw invalid(field, 'empty', 'names nothing: leave the entry out')
  return value.map((one, position) => readOneOf(one, `${field}[${position}]`, purposes))
}

/** The exceptions that hold for a request. */
export function allowedFor(
  allow: readonly AllowedHost[],
  purpose: HttpPurpose | undefined,
): readonly AllowedHost[] {
  if (purpose === undefined) return []
  return allow.filter((entry) => (entry.for ?? ownPurposes).includes(purpose))
}
