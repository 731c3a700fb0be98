import { invalid } from '../errors.ts'
import { readText } from '../read-input.ts'

const form = /^(?:\[([^\]]*)\]|([^:[\]]*)):(\d{1,5})$/
const label = /^[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?$/i

/**
 * Where a Lightning node listens: `host:port`, with a name, an IPv4 address, `[IPv6]`, or a `.onion`
 * name of Tor version 3. Throws `input.invalid`, with how to write it.
 */
export function readPeerAddress(value: unknown, field: string): string {
  const text = readText(value, field, { maximum: 300 })
  const refuse = (reason: string, says: string) => invalid(field, reason, says)
  if (text.includes('://')) throw refuse('url', 'write host:port, without a scheme')
  if (text.includes('@')) throw refuse('with-key', 'write host:port, without the public key')
  const match = form.exec(text)
  if (!match) throw refuse(...whatIsWrong(text))
  const [, inBrackets, name, digits] = match
  const port = Number(digits)
  if (port < 1 || port > 65_535) throw refuse('port', 'the port must be 1 to 65535')
  if (inBrackets !== undefined) {
    if (!isIpv6(inBrackets)) throw refuse('malformed', `[${inBrackets}] is no IPv6 address`)
    return text
  }
  if (!name) throw refuse('malformed', 'there is no host before the port')
  const problem = whatIsWrongWith(name)
  if (problem) throw refuse(...problem)
  return text
}

type Problem = readonly [reason: string, says: string]

/** Why it is not `host:port` at all. */
function whatIsWrong(text: string): Problem {
  if (/\s/.test(text)) return ['malformed', 'must not contain spaces']
  if (/^[^[].*:.*:/.test(text)) {
    return ['malformed', 'write an IPv6 address in brackets, like [2001:db8::1]:9735']
  }
  if (!/:\d*$/.test(text)) return ['no-port', `has no port; the usual one is 9735: ${text}:9735`]
  return ['malformed', 'is not like host:port']
}

function whatIsWrongWith(host: string): Problem | undefined {
  if (host.toLowerCase().endsWith('.onion')) {
    if (/^[a-z2-7]{56}\.onion$/i.test(host)) return undefined
    if (/^[a-z2-7]{16}\.onion$/i.test(host)) {
      return ['onion-version-2', 'is of Tor version 2, which no longer exists']
    }
    return ['malformed', 'is no .onion name: 56 characters of a-z and 2-7 come before it']
  }
  // What ends in a number is an address of numbers to every resolver.
  if (/(^|\.)\d+$/.test(host)) {
    const parts = host.split('.')
    const isIpv4 =
      parts.length === 4 && parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && +part <= 255)
    return isIpv4 ? undefined : ['malformed', `${host} is no IPv4 address`]
  }
  const isName = host.length <= 253 && host.split('.').every((part) => label.test(part))
  return isName ? undefined : ['malformed', `${host} is no host name`]
}

function isIpv6(text: string): boolean {
  return text.includes(':') && URL.canParse(`http://[${text}]`)
}
