import { destinationKind } from '../domain/destination.ts'
import { printableWords } from '../domain/printable-words.ts'
import type { Network } from '../ports/lightning-node.ts'
import { invalidDestination, unsupportedDestination } from './refuse-destination.ts'
import { requireAddress } from './require-address.ts'
import { requireInvoice } from './require-invoice.ts'

/** A BIP21 or BIP321 URI: an address, an invoice, or both for the same debt. */
export interface BitcoinUri {
  readonly kind: 'bip321'
  /** As it was given. */
  readonly text: string
  readonly address?: string
  /** BOLT11, of its `lightning` parameter: paid first. */
  readonly invoice?: string
  /** Of its `amount` parameter. */
  readonly amountMsat?: bigint
  /** Written by whoever made the URI: show it, believe nothing of it. */
  readonly label?: string
  /** As `label`. */
  readonly message?: string
}

/** The human-readable part of the addresses of each network is a parameter of BIP321. */
const addressKeys: Readonly<Record<Network, string>> = {
  mainnet: 'bc',
  testnet: 'tb',
  testnet4: 'tb',
  signet: 'tb',
  regtest: 'bcrt',
  simnet: 'sb',
}

const supplySat = 21n * 10n ** 14n

/**
 * Reads a `bitcoin:` URI. Names are case-insensitive (BIP321); an unknown `req-` name and a name given
 * twice refuse the whole URI, since another reader may understand it differently.
 */
export function readBitcoinUri(text: string, network: Network): BitcoinUri {
  const [body = '', query, ...more] = text.slice('bitcoin:'.length).split('?')
  if (more.length > 0) throw refuse('malformed', 'it holds ? more than once')
  const given = readParameters(query ?? '')
  const required = [...given.keys()].find((name) => name.startsWith('req-'))
  if (required !== undefined)
    throw refuse('required-parameter', `it requires ${printableWords(required)}, which is unknown`)

  const alternative = given.get(addressKeys[network])
  const addressText = body || alternative
  const address = addressText ? requireAddress(addressText, network) : undefined
  const lightning = given.get('lightning')
  const isInvoice = lightning !== undefined && destinationKind(lightning) === 'bolt11'
  const invoice = isInvoice ? requireInvoice(lightning, network) : undefined
  if (address === undefined && invoice === undefined) throw nothingPayable(given)
  const amount = given.get('amount')
  const label = given.get('label')
  const message = given.get('message')
  return {
    kind: 'bip321',
    text,
    ...(address !== undefined && { address }),
    ...(invoice !== undefined && { invoice }),
    ...(amount !== undefined && { amountMsat: readBitcoin(amount) * 1000n }),
    ...(label && { label: printableWords(label) }),
    ...(message && { message: printableWords(message) }),
  }
}

function readParameters(query: string): ReadonlyMap<string, string> {
  const parameters = new Map<string, string>()
  for (const part of query.split('&')) {
    if (part === '') continue
    const at = part.indexOf('=')
    const name = decode(at < 0 ? part : part.slice(0, at)).toLowerCase()
    if (parameters.has(name))
      throw refuse('duplicate', `it holds ${printableWords(name)} more than once`)
    parameters.set(name, at < 0 ? '' : decode(part.slice(at + 1)))
  }
  return parameters
}

/** Of RFC 3986, where + is a plus: not the encoding of forms. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw refuse('malformed', 'a % in it is not followed by UTF-8')
  }
}

/** Decimal bitcoin to satoshi, without ever becoming a floating-point number. */
function readBitcoin(text: string): bigint {
  const match = /^(\d{0,20})(?:\.(\d*))?$/.exec(text)
  const whole = match?.[1] ?? ''
  const fraction = (match?.[2] ?? '').replace(/0+$/, '')
  if (!match || !/\d/.test(text))
    throw refuse('amount', 'its amount is no decimal number of bitcoin')
  if (fraction.length > 8) throw refuse('amount', 'its amount is finer than a satoshi')
  const satoshi = BigInt(whole || '0') * 100_000_000n + BigInt(fraction.padEnd(8, '0'))
  if (satoshi === 0n) throw refuse('amount', 'its amount is zero')
  if (satoshi > supplySat) throw refuse('amount', 'its amount is more than 21 million bitcoin')
  return satoshi
}

function nothingPayable(given: ReadonlyMap<string, string>): Error {
  const foreign = Object.values(addressKeys).find((name) => given.has(name))
  if (foreign !== undefined) return refuse('wrong-network', 'its address is for another network')
  if (given.has('lno'))
    return unsupportedDestination(
      'bolt12-offer',
      'the URI offers BOLT12 only, which LND cannot pay',
      'Ask the payee for a BOLT11 invoice or an on-chain address.',
    )
  if (given.has('sp'))
    return unsupportedDestination(
      'silent-payment',
      'the URI offers a silent payment (BIP352) only',
      'Ask the payee for an on-chain address.',
    )
  return refuse('empty', 'it holds neither an address nor a BOLT11 invoice')
}

function refuse(reason: string, says: string): ReturnType<typeof invalidDestination> {
  return invalidDestination('destination', reason, `the URI is not usable: ${says}`)
}
