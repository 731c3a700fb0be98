import type { LookupAddress } from 'node:dns'
import { isIP } from 'node:net'
import { buildConnector } from 'undici'
import type { AllowedHost } from './http-options.ts'
import { refusedRange } from './judge-address.ts'
import { allowedAs, refusedAddress } from './judge-url.ts'
import { NameNotFound, resolveOwn, resolveStranger } from './resolve-name.ts'

/** How names become addresses; replaced by tests of the guard. */
export interface Resolution {
  /** All addresses of a name. Default: `resolveStranger`, for allowed hosts `resolveOwn`. */
  readonly resolve?: (host: string) => Promise<readonly LookupAddress[]>
  /** Where a judged address is to be found in a test's own network. */
  readonly route?: (address: LookupAddress) => LookupAddress
  /** Certificates that are trusted besides the system's, PEM. */
  readonly authority?: string
}

/**
 * Connects to the very addresses that were judged: the name is resolved once per connection, so that
 * a server of names cannot answer the check and the connection differently.
 */
export function pinnedConnector(
  allow: readonly AllowedHost[],
  { resolve, route = (address) => address, authority }: Resolution,
): buildConnector.connector {
  return (options, callback) => {
    const { hostname } = options
    const port = Number(options.port) || (options.protocol === 'https:' ? 443 : 80)
    const isAllowed = allowedAs(hostname, port, allow) !== undefined
    // A literal address is connected to without any lookup.
    const range = isIP(hostname) && !isAllowed ? refusedRange(hostname) : undefined
    if (range) return callback(refusedAddress(hostname, hostname, range), null)
    const connect = buildConnector({
      ...(authority !== undefined && { ca: authority }),
      lookup: (host, { all }, done) => {
        const answer = async (): Promise<LookupAddress[]> => {
          const ask = resolve ?? (isAllowed ? resolveOwn : resolveStranger)
          const found = await ask(host)
          if (found.length === 0) throw new NameNotFound(host)
          if (!isAllowed) requirePublic(host, found)
          return found.map(route)
        }
        answer().then(
          (found) => (all ? done(null, found) : done(null, found[0]!.address, found[0]!.family)),
          (error: Error) => done(error, []),
        )
      },
    })
    connect(options, callback)
  }
}

/** One address that is not public refuses the name: whoever mixes them wants something else. */
function requirePublic(host: string, found: readonly LookupAddress[]): void {
  for (const { address } of found) {
    const range = refusedRange(address)
    if (range) throw refusedAddress(host, address, range)
  }
}
