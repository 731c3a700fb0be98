import type { Network } from '../ports/lightning-node.ts'
import { invalidDestination, unsupportedDestination } from './refuse-destination.ts'

/** A Lightning address (LUD-16) and where it is asked about. */
export interface LightningAddress {
  readonly kind: 'lightning-address'
  /** In small letters. */
  readonly text: string
  readonly url: string
}

const label = '[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?'
/** Host names whose last label is a word: no IP address in any spelling. */
const domainName = new RegExp(`^(?:${label}\\.)+(?!\\d+$|0x)${label}$`)
const localServer = new RegExp(`^(?:${label}\\.)*${label}:[0-9]{1,5}$`)

/**
 * Reads `user@domain`. Names of other alphabets are refused except as punycode: two of them can look
 * alike, and money would go to the wrong one.
 */
export function readLightningAddress(given: string, network: Network): LightningAddress {
  // Before small letters are made: other alphabets have capitals that become a-z.
  if (/\P{ASCII}/u.test(given)) throw refuse('not-ascii', 'write the domain in punycode (xn--…)')
  const text = given.toLowerCase()
  const [user = '', domain = '', ...more] = text.split('@')
  if (more.length > 0) throw refuse('malformed', 'it holds @ more than once')
  if (!/^[a-z0-9\-_.+]{1,64}$/.test(user) || /^\.+$/.test(user))
    throw refuse('user', 'the name before @ may hold a-z, 0-9, "-", "_", "." and "+"')
  if (domain.endsWith('.onion'))
    throw unsupportedDestination(
      'onion',
      'onion services can only be reached through Tor',
      'Ask the payee for an address on the open web.',
    )
  const path = `/.well-known/lnurlp/${user}`
  if (isForLocalServers(network) && localServer.test(domain))
    return { kind: 'lightning-address', text, url: `http://${domain}${path}` }
  if (domain.length > 253 || !domainName.test(domain))
    throw refuse('domain', 'what follows @ is no domain name')
  return { kind: 'lightning-address', text, url: `https://${domain}${path}` }
}

/** On these networks a host with a port may be a server of the developer without TLS; the guarded client still asks for leave. */
export function isForLocalServers(network: Network): boolean {
  return network === 'regtest' || network === 'simnet'
}

function refuse(reason: string, says: string): ReturnType<typeof invalidDestination> {
  return invalidDestination('destination', reason, `it is no Lightning address: ${says}`)
}
