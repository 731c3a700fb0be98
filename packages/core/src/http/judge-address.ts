import ipaddr from 'ipaddr.js'

/** Addresses of metadata servers of clouds within public ranges: Azure. */
const metadata: ReadonlySet<string> = new Set(['168.63.129.16'])

/** What is handed out as public IPv6 at all; outside of it lies, for one, ::127.0.0.1. */
const globalUnicast = ipaddr.parseCIDR('2000::/3')

/**
 * Why an IP address must not be connected to: the name of its range, or undefined for a public one.
 * Every range that stands for an IPv4 address (mapped, compatible, NAT64, 6to4, Teredo) is refused
 * as such: what it leads to is not for us to guess.
 */
export function refusedRange(address: string): string | undefined {
  if (!ipaddr.isValid(address)) return 'invalid'
  if (metadata.has(address)) return 'metadata'
  const parsed = ipaddr.parse(address)
  const range = parsed.range()
  if (range !== 'unicast') return range
  return parsed.kind() === 'ipv6' && !parsed.match(globalUnicast) ? 'not-global' : undefined
}
