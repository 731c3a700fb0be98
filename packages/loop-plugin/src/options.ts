import { type Network, PaymentNodeError } from '@payment-node/core'

/**
 * Where a credential comes from. It is read at the first call and again after the daemon has rejected it,
 * so that a renewed file or secret is picked up.
 */
export type CredentialSource =
  | { readonly path: string }
  | { readonly hex: string }
  | Uint8Array
  | (() => Promise<Uint8Array>)

/** What {@link loop} takes. */
export interface LoopOptions {
  /** `host:port` of loopd's gRPC (`rpclisten`), as in `localhost:11010`. */
  readonly address: string
  /** loopd's `tls.cert`: PEM. */
  readonly certificate: CredentialSource
  /** loopd's `loop.macaroon`. */
  readonly macaroon: CredentialSource
  /** For people and for the books. Default `loop`. */
  readonly name?: string
  /** The daemon must be on this network; core compares it with LND's in any case. */
  readonly network?: Network
  /** Name that the certificate was made for, when `address` is not in it (a proxy, a tunnel). */
  readonly serverName?: string
  /** Milliseconds that the server may wait for a cheaper batch, where a quote does not say; default 30 minutes. */
  readonly patienceMilliseconds?: number
  /** Blocks within which the sweep should confirm; 2 to 1000, default 9, as loopd's. */
  readonly sweepTarget?: number
  /** Confirmations of the lockup before anything is revealed; 1 to 6, default 1. */
  readonly confirmations?: number
  /** Milliseconds that the daemon gets for a reply, default 15000; four times that to start a swap. */
  readonly replyDeadlineMilliseconds?: number
}

/** Options after validation. */
export interface ReadOptions {
  readonly address: string
  readonly certificate: CredentialSource
  readonly macaroon: CredentialSource
  readonly name: string
  readonly network?: Network
  readonly serverName: string
  readonly patienceMilliseconds: number
  readonly sweepTarget: number
  readonly confirmations: number
  readonly replyDeadlineMilliseconds: number
}

const day = 86_400_000

/** Throws `options.invalid` that names the field. Reads no file. */
export function readOptions(options: LoopOptions): ReadOptions {
  if (typeof options !== 'object' || options === null) throw refuse('options', 'expected an object')
  const { name = 'loop', network } = options
  if (typeof name !== 'string' || !/^[\w.-]{1,64}$/.test(name)) {
    throw refuse('name', 'expected 1 to 64 letters, digits, dots, dashes')
  }
  const address = readAddress(options.address)
  return {
    address,
    certificate: readSource(options.certificate, 'certificate'),
    macaroon: readSource(options.macaroon, 'macaroon'),
    name,
    ...(network !== undefined && { network: readNetwork(network, 'network') }),
    serverName: readServerName(options.serverName, address),
    patienceMilliseconds: readWhole(options, 'patienceMilliseconds', 1_800_000, 0, day),
    sweepTarget: readWhole(options, 'sweepTarget', 9, 2, 1000),
    confirmations: readWhole(options, 'confirmations', 1, 1, 6),
    replyDeadlineMilliseconds: readWhole(options, 'replyDeadlineMilliseconds', 15_000, 1, day),
  }
}

const networks: readonly string[] = [
  'mainnet',
  'testnet',
  'testnet4',
  'signet',
  'regtest',
  'simnet',
] satisfies readonly Network[]

/** Whether it is the name of a network that core knows, too; the daemon and core call them the same. */
export function isNetwork(name: unknown): name is Network {
  return typeof name === 'string' && networks.includes(name)
}

function readNetwork(network: unknown, field: string): Network {
  if (isNetwork(network)) return network
  throw refuse(field, `expected one of ${networks.join(', ')}`)
}

function refuse(field: string, reason: string): PaymentNodeError<'options.invalid'> {
  const says = `loop(): ${field}: ${reason}.`
  return new PaymentNodeError('options.invalid', says, { field: `swaps.${field}`, reason })
}

function readAddress(address: unknown): string {
  if (typeof address !== 'string') throw refuse('address', 'expected text like localhost:11010')
  if (address.includes('://')) throw refuse('address', 'expected host:port without a scheme')
  const parts = /^(\[[0-9a-fA-F:.]+\]|[^\s:[\]/]+):(\d{1,5})$/.exec(address)
  const port = Number(parts?.[2])
  if (parts && port >= 1 && port <= 65_535) return address
  throw refuse('address', 'expected host:port, as in localhost:11010 or [::1]:11010')
}

function readServerName(name: unknown, address: string): string {
  if (name === undefined) {
    return address.slice(0, address.lastIndexOf(':')).replace(/^\[(.*)\]$/, '$1')
  }
  if (typeof name === 'string' && name !== '') return name
  throw refuse('serverName', 'expected a host name')
}

function readSource(source: unknown, field: string): CredentialSource {
  if (typeof source === 'function') return source as () => Promise<Uint8Array>
  if (source instanceof Uint8Array && source.length > 0) return source
  if (typeof source === 'object' && source !== null) {
    if ('path' in source && typeof source.path === 'string' && source.path !== '') {
      return { path: source.path }
    }
    if ('hex' in source && typeof source.hex === 'string' && /^([\da-f]{2})+$/i.test(source.hex)) {
      return { hex: source.hex }
    }
  }
  throw refuse(field, 'expected { path }, { hex }, bytes or a function that returns bytes')
}

function readWhole(
  options: LoopOptions,
  field: keyof LoopOptions,
  usual: number,
  least: number,
  most: number,
): number {
  const value: unknown = options[field] ?? usual
  if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) {
    return value
  }
  throw refuse(field, `expected a whole number from ${least} to ${most}`)
}
