import { destinationKind } from '../domain/destination.ts'
import { looksLikeAddress } from '../domain/onchain-address.ts'
import type { Network } from '../ports/lightning-node.ts'
import { readText } from '../read-input.ts'
import { type BitcoinUri, readBitcoinUri } from './read-bitcoin-uri.ts'
import { readLightningAddress } from './read-lightning-address.ts'
import { readLnurl } from './read-lnurl.ts'
import { unsupportedDestination } from './refuse-destination.ts'
import { requireAddress } from './require-address.ts'
import { requireInvoice } from './require-invoice.ts'

/**
 * A payout destination as text, understood but not asked: whether it can be paid now is known only
 * when it is resolved. `text` is the one form in which it is stored and compared.
 */
export type ReadDestination =
  | { readonly kind: 'bolt11'; readonly text: string }
  | {
      readonly kind: 'lightning-address' | 'lnurl'
      readonly text: string
      /** Where LUD-06 begins. */
      readonly url: string
    }
  | { readonly kind: 'onchain-address'; readonly text: string; readonly address: string }
  | BitcoinUri

/**
 * Reads any destination: a BOLT11 invoice, a Lightning address (LUD-16), LNURL-pay (LUD-01, LUD-17),
 * an on-chain address of `network`, a BIP21 or BIP321 URI; with or without `lightning:` before it.
 * Asks nobody. Throws `input.invalid` for what is no text, `payout.destination-unsupported` for what
 * is understood (or not) and cannot be paid, `payout.destination-invalid` for what is damaged or of
 * another network.
 */
export function readDestination(value: unknown, network: Network): ReadDestination {
  const given = readText(value, 'destination', {
    maximum: 8192,
    pattern: /^\S+$/,
    says: 'must not contain white space',
  })
  const text = given.replace(/^lightning:(\/\/)?/i, '')
  if (/^bitcoin:/i.test(text)) return readBitcoinUri(text, network)
  const lnurl = readLnurl(text, network)
  if (lnurl) return lnurl
  if (text.startsWith('₿'))
    throw unsupportedDestination(
      'bip353',
      'BIP353 names need DNSSEC proofs down from the root, which are not checked here',
      'Give the same name without ₿ if it is a Lightning address too.',
    )
  if (looksLikeAddress(text)) {
    const address = requireAddress(text, network)
    return { kind: 'onchain-address', text: address, address }
  }
  const kind = destinationKind(text)
  switch (kind) {
    case 'bolt11':
      return { kind: 'bolt11', text: requireInvoice(text, network) }
    case 'bolt12-offer':
    case 'bolt12-invoice':
      throw unsupportedDestination(
        kind,
        'LND cannot pay BOLT12 offers and invoices',
        'Ask the payee for a BOLT11 invoice or a Lightning address.',
      )
    case 'node-public-key':
      throw unsupportedDestination(
        'node-public-key',
        'a node key (keysend) gives no invoice: nobody could prove what was paid for',
        'Ask the payee for a BOLT11 invoice or a Lightning address.',
      )
  }
  if (/^t?sp1[02-9ac-hj-np-z]{20,}$/i.test(text))
    throw unsupportedDestination(
      'silent-payment',
      "silent payments (BIP352) need the keys of the coins that pay, which are LND's",
      'Ask the payee for an on-chain address.',
    )
  if (text.includes('@')) return readLightningAddress(text, network)
  throw unsupportedDestination(
    'unknown',
    'this is no known kind of destination',
    'Give a BOLT11 invoice, a Lightning address, an LNURL, or an on-chain address.',
  )
}
