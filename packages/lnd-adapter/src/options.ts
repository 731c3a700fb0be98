import { PaymentNodeError } from '@payment-node/core'
import { type MacaroonRole, macaroonRoles, usualRoles } from './roles.ts'

/**
 * Where a credential comes from. It is read at the first call and again when LND rejects it, so a
 * rotated file or secret is picked up. `{ hex }` and bytes cannot rotate.
 */
export type CredentialSource =
  | { readonly path: string }
  | { readonly hex: string }
  | Uint8Array
  | (() => Promise<Uint8Array>)

/** What {@link lnd} takes. */
export interface LndOptions {
  /** `host:port` of LND's gRPC (`rpclisten`), as in `localhost:10009` or `[::1]:10009`. */
  readonly address: string
  /** LND's `tls.cert`: PEM. */
  readonly certificate: CredentialSource
  /** A macaroon baked for what {@link macaroonPermissions} lists; never `admin.macaroon`. */
  readonly macaroon: CredentialSource
  /** What the macaroon should allow; `diagnose()` checks these. Default: all roles but `swaps`. */
  readonly roles?: readonly MacaroonRole[]
  /** Name that the certificate was made for, when `address` is not in it (a proxy, a tunnel). */
  readonly serverName?: string
  /**
   * Milliseconds of silence on an open stream after which LND is pinged, default 30000, and until
   * the ping must be answered, default 10000. LND closes connections that ping more than once in
   * 5 seconds.
   */
  readonly keepalive?: {
    readonly afterMilliseconds?: number
    readonly timeoutMilliseconds?: number
  }
  /** Milliseconds that LND gets for a reply, default 15000. Streams have no deadline. */
  readonly replyDeadlineMilliseconds?: number
  /**
   * Milliseconds that LND gets for what it does together with another node (connect, open, close),
   * default 120000. After it the outcome is unknown: the other node may still answer.
   */
  readonly peerDeadlineMilliseconds?: number
}

/** Options after validation. */
export interface ReadOptions {
  readonly address: string
  readonly certificate: CredentialSource
  readonly macaroon: CredentialSource
  readonly roles: readonly MacaroonRole[]
  readonly serverName?: string
  readonly keepaliveAfterMilliseconds: number
  readonly keepaliveTimeoutMilliseconds: number
  readonly replyDeadlineMilliseconds: number
  readonly peerDeadlineMilliseconds: number
}

/** Throws `options.invalid` that names the field. Reads no file. */
export function readOptions(options: LndOptions): ReadOptions {
  if (typeof options !== 'object' || options === null) throw refuse('options', 'expected an object')
  const { serverName, keepalive = {} } = options
  if (serverName !== undefined && (typeof serverName !== 'string' || serverName === '')) {
    throw refuse('serverName', 'expected a host name')
  }
  return {
    address: readAddress(options.address),
    certificate: readSource(options.certificate, 'certificate'),
    macaroon: readSource(options.macaroon, 'macaroon'),
    roles: readRoles(options.roles ?? usualRoles),
    ...(serverName === undefined ? {} : { serverName }),
    keepaliveAfterMilliseconds: readDuration(
      keepalive.afterMilliseconds ?? 30_000,
      'keepalive.afterMilliseconds',
    ),
    keepaliveTimeoutMilliseconds: readDuration(
      keepalive.timeoutMilliseconds ?? 10_000,
      'keepalive.timeoutMilliseconds',
    ),
    replyDeadlineMilliseconds: readDuration(
      options.replyDeadlineMilliseconds ?? 15_000,
      'replyDeadlineMilliseconds',
    ),
    peerDeadlineMilliseconds: readDuration(
      options.peerDeadlineMilliseconds ?? 120_000,
      'peerDeadlineMilliseconds',
    ),
  }
}

function refuse(field: string, reason: string): PaymentNodeError<'options.invalid'> {
  const says = `lnd(): ${field}: ${reason}.`
  return new PaymentNodeError('options.invalid', says, { field: `lightning.${field}`, reason })
}

function readAddress(address: unknown): string {
  if (typeof address !== 'string') throw refuse('address', 'expected text like localhost:10009')
  if (address.includes('://')) throw refuse('address', 'expected host:port without a scheme')
  const parts = /^(\[[0-9a-fA-F:.]+\]|[^\s:[\]/]+):(\d{1,5})$/.exec(address)
  if (!parts) throw refuse('address', 'expected host:port, as in localhost:10009 or [::1]:10009')
  const port = Number(parts[2])
  if (port < 1 || port > 65_535) throw refuse('address', 'the port must be 1 to 65535')
  return address
}

function readSource(source: unknown, field: string): CredentialSource {
  if (typeof source === 'function') return source as () => Promise<Uint8Array>
  if (source instanceof Uint8Array) {
    if (source.length === 0) throw refuse(field, 'is empty')
    return source
  }
  if (typeof source === 'object' && source !== null) {
    if ('path' in source && typeof source.path === 'string' && source.path !== '') {
      return { path: source.path }
    }
    if ('hex' in source) {
      if (typeof source.hex === 'string' && /^([0-9a-fA-F]{2})+$/.test(source.hex)) {
        return { hex: source.hex }
      }
      throw refuse(field, 'hex must be an even number of hex digits')
    }
  }
  throw refuse(field, 'expected { path }, { hex }, bytes or a function that returns bytes')
}

function readRoles(roles: unknown): readonly MacaroonRole[] {
  const isRole = (role: unknown): role is MacaroonRole => macaroonRoles.some((one) => one === role)
  if (Array.isArray(roles) && roles.length > 0 && roles.every(isRole)) return roles
  throw refuse('roles', `expected some of ${macaroonRoles.join(', ')}`)
}

function readDuration(value: unknown, field: string): number {
  if (typeof value === 'number' && Number.isInteger(value) && value > 0 && value < 2 ** 31) {
    return value
  }
  throw refuse(field, 'expected a whole number of milliseconds above zero')
}
