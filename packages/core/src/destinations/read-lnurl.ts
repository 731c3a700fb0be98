import { bech32 } from '@scure/base'
import type { Network } from '../ports/lightning-node.ts'
import { isForLocalServers } from './read-lightning-address.ts'
import { invalidDestination, unsupportedDestination } from './refuse-destination.ts'

/** LNURL-pay in any of its spellings (LUD-01, LUD-17). */
export interface Lnurl {
  readonly kind: 'lnurl'
  /** The bech32 text in small letters, or the `lnurlp:` URL. */
  readonly text: string
  readonly url: string
}

/** What an LNURL may be for other than being paid: LUD-03, LUD-04, LUD-02, LUD-07. */
const otherUses = {
  'lnurl-withdraw': 'LNURL-withdraw takes money from its server, it is not paid',
  'lnurl-auth': 'LNURL-auth logs in, it is not paid',
  'lnurl-channel': 'LNURL-channel asks for a channel, it is not paid',
} as const

const schemes: Readonly<Record<string, keyof typeof otherUses>> = {
  lnurlw: 'lnurl-withdraw',
  keyauth: 'lnurl-auth',
  lnurlc: 'lnurl-channel',
  lnurlh: 'lnurl-channel',
}

const tags: Readonly<Record<string, keyof typeof otherUses>> = {
  withdrawRequest: 'lnurl-withdraw',
  login: 'lnurl-auth',
  channelRequest: 'lnurl-channel',
  hostedChannelRequest: 'lnurl-channel',
}

/** Undefined when the text is nothing of the kind. Throws as `readDestination`. */
export function readLnurl(text: string, network: Network): Lnurl | undefined {
  if (/^lnurl1/i.test(text)) return readBech32(text, network)
  const scheme = /^(lnurl[pwch]|keyauth|https):/i.exec(text)?.[1]?.toLowerCase()
  if (scheme === undefined) return undefined
  const other = schemes[scheme]
  if (other) throw unsupportedUse(other)
  if (scheme === 'https') return readFallback(text, network)
  const rest = text.slice('lnurlp:'.length).replace(/^\/\//, '')
  const hasPort = /^[^/?#]+:\d+(?:[/?#]|$)/.test(rest)
  const url = `${hasPort && isForLocalServers(network) ? 'http' : 'https'}://${rest}`
  return { kind: 'lnurl', text: `lnurlp://${rest}`, url: requirePayUrl(url, network) }
}

/** A withdrawal or login given as a destination, also when only its server says so. */
export function useOfTag(tag: unknown): keyof typeof otherUses | undefined {
  return typeof tag === 'string' && Object.hasOwn(tags, tag) ? tags[tag] : undefined
}

export function unsupportedUse(
  use: keyof typeof otherUses,
): ReturnType<typeof unsupportedDestination> {
  return unsupportedDestination(use, otherUses[use], 'Ask the payee for an LNURL-pay code.')
}

/** LUD-01: any web page may carry the code in its `lightning` parameter. */
function readFallback(text: string, network: Network): Lnurl | undefined {
  if (!URL.canParse(text)) return undefined
  for (const [name, value] of new URL(text).searchParams)
    if (name.toLowerCase() === 'lightning' && /^lnurl1/i.test(value))
      return readBech32(value, network)
  return undefined
}

function readBech32(text: string, network: Network): Lnurl {
  // Longer than what BIP173 guarantees to notice: LUD-01 has no limit.
  const decoded = bech32.decodeUnsafe(text, false)
  const bytes = decoded && bech32.fromWordsUnsafe(decoded.words)
  if (!bytes || decoded.prefix !== 'lnurl')
    throw invalidDestination('destination', 'checksum', 'the LNURL is damaged')
  const url = new TextDecoder().decode(bytes)
  return { kind: 'lnurl', text: text.toLowerCase(), url: requirePayUrl(url, network) }
}

function requirePayUrl(text: string, network: Network): string {
  const refuse = (reason: string, says: string): never => {
    throw invalidDestination('destination', reason, `the LNURL ${says}`)
  }
  if (!/^[\x21-\x7e]+$/.test(text)) return refuse('not-ascii', 'holds other characters than ASCII')
  if (!URL.canParse(text)) return refuse('malformed', 'holds no URL')
  const url = new URL(text)
  if (url.hostname.endsWith('.onion'))
    throw unsupportedDestination(
      'onion',
      'onion services can only be reached through Tor',
      'Ask the payee for a code on the open web.',
    )
  const isLocal = url.protocol === 'http:' && isForLocalServers(network)
  if (url.protocol !== 'https:' && !isLocal) return refuse('insecure', 'is not for https')
  if (url.username || url.password) return refuse('malformed', 'holds a user name')
  const use = useOfTag(url.searchParams.get('tag'))
  if (use) throw unsupportedUse(use)
  url.hash = ''
  return url.href
}
