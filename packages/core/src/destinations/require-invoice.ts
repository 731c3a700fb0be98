import { isForNetwork } from '../domain/destination.ts'
import type { Network } from '../ports/lightning-node.ts'
import { invalidDestination } from './refuse-destination.ts'

/** A BOLT11 invoice in small letters, of this network by its prefix; the rest is for the node to say. */
export function requireInvoice(text: string, network: Network): string {
  const invoice = text.toLowerCase()
  if (isForNetwork(invoice, network)) return invoice
  throw invalidDestination('destination', 'wrong-network', `the invoice is not for ${network}`)
}
