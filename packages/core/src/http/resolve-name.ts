import type { LookupAddress } from 'node:dns'
import { lookup, Resolver } from 'node:dns/promises'

/** Milliseconds per question and how often it is asked; the request's own deadline may be earlier. */
const patience = { timeout: 2000, tries: 2 } as const

/**
 * All addresses of a name that a stranger chose. Asks the name servers itself: the operating
 * system's lookup waits in one of the few threads that files need too, where a name server that is
 * slow on purpose would hold up everybody. Throws `ENOTFOUND` when there are none.
 *
 * `servers`: name servers, `address:port`; default: those of the system.
 */
export async function resolveStranger(
  host: string,
  servers?: readonly string[],
): Promise<readonly LookupAddress[]> {
  const resolver = new Resolver(patience)
  if (servers) resolver.setServers(servers)
  const [four, six] = await Promise.allSettled([resolver.resolve4(host), resolver.resolve6(host)])
  const found = [
    ...(four.status === 'fulfilled' ? four.value : []).map((address) => ({ address, family: 4 })),
    ...(six.status === 'fulfilled' ? six.value : []).map((address) => ({ address, family: 6 })),
  ]
  if (found.length === 0) throw new NameNotFound(host)
  return found
}

/** All addresses of a name that the operator chose, as the operating system knows it. */
export async function resolveOwn(host: string): Promise<readonly LookupAddress[]> {
  return await lookup(host, { all: true })
}

/** As the operating system's lookup says it. */
export class NameNotFound extends Error {
  readonly code = 'ENOTFOUND'

  constructor(host: string) {
    super(`no address is known for ${host}`)
  }
}
