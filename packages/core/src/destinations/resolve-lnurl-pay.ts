import { createHash } from 'node:crypto'
import { type Context, identityOf } from '../context.ts'
import { checkPayable } from '../domain/bolt11-check.ts'
import { destinationKind } from '../domain/destination.ts'
import { invoiceUrl, readPayOffer } from '../domain/lnurl-pay.ts'
import { printableWords } from '../domain/printable-words.ts'
import { PaymentNodeError } from '../errors.ts'
import type { DecodedInvoice } from '../ports/lightning-node.ts'
import { askLnurl } from './ask-lnurl.ts'
import type { ReadDestination } from './read-destination.ts'
import { isForLocalServers } from './read-lightning-address.ts'
import { unsupportedUse, useOfTag } from './read-lnurl.ts'
import { invalidDestination } from './refuse-destination.ts'
import { requireInvoice } from './require-invoice.ts'

/** A Lightning address or LNURL as `readDestination` gives it. */
export type LnurlDestination = Extract<ReadDestination, { readonly url: string }>

/** An invoice that keeps every promise of LNURL-pay. Each call gets another one: store it before paying. */
export interface ResolvedLnurlPay {
  /** BOLT11 in small letters, for exactly the amount. */
  readonly paymentRequest: string
  /** The same as the node reads it, checked. */
  readonly decoded: DecodedInvoice
  /** The text whose hash the invoice carries: what was paid for, in the payee's words. */
  readonly metadata: string
  /** The server that was asked first, with its port if it names one. */
  readonly host: string
  /** What the server wants to be shown after success (LUD-09): show it as text, believe nothing of it. */
  readonly successMessage: string | null
}

/**
 * Asks an LNURL-pay server for an invoice over exactly `amountMsat` and verifies it (LUD-06, LUD-16):
 * amount, hash of the metadata, network, and everything a BOLT11 payout must be. Stores nothing.
 * Throws `payout.destination-unreachable` (retryable), `payout.destination-invalid` with the reason,
 * `payout.destination-unsupported`, `node.unavailable`.
 */
export async function resolveLnurlPay(
  context: Context,
  destination: LnurlDestination,
  amountMsat: bigint,
  signal?: AbortSignal,
): Promise<ResolvedLnurlPay> {
  const url = new URL(destination.url)
  const first = await askLnurl(context, url, signal)
  const use = useOfTag(first.tag)
  if (use) throw unsupportedUse(use)
  const address = destination.kind === 'lightning-address' ? destination.text : undefined
  const offer = readPayOffer(first, address, amountMsat)
  if ('reason' in offer) throw invalidDestination(offer.field, offer.reason, offer.says)
  const callback = invoiceUrl(offer, amountMsat)
  if (callback.protocol !== 'https:' && !isForLocalServers(identityOf(context).network))
    throw invalidDestination('destination', 'insecure', 'its server names a place without https')
  const answer = await askLnurl(context, callback, signal)
  const { pr } = answer
  if (typeof pr !== 'string' || pr.length > 8192 || destinationKind(pr) !== 'bolt11')
    throw invalidDestination('destination', 'no-invoice', 'its server gives no BOLT11 invoice')
  const paymentRequest = requireInvoice(pr, identityOf(context).network)
  const invoice = await decode(context, paymentRequest, signal)
  verify(context, invoice, amountMsat, offer.metadata)
  return {
    paymentRequest,
    decoded: invoice,
    metadata: offer.metadata,
    host: url.host,
    successMessage: successMessage(answer.successAction),
  }
}

function verify(
  context: Context,
  invoice: DecodedInvoice,
  amountMsat: bigint,
  metadata: string,
): void {
  const lie = (reason: string, says: string): Error =>
    invalidDestination('destination', reason, `its server gives an invoice ${says}`)
  if (invoice.amountMsat === null) throw lie('amount-missing', 'without an amount')
  const hash = createHash('sha256').update(metadata, 'utf8').digest('hex')
  if (invoice.descriptionHash !== hash)
    throw lie('hash-differs', 'that is not about the metadata it promised')
  const payable = checkPayable(invoice, {
    now: context.clock.now(),
    expiryMargin: context.settings.expiryMargin,
    ownPublicKey: identityOf(context).publicKey,
    amountMsat,
  })
  if (!payable.payable) throw lie(payable.reason, `that cannot be paid: ${payable.says}`)
}

async function decode(
  { lightning }: Context,
  paymentRequest: string,
  signal: AbortSignal | undefined,
): Promise<DecodedInvoice> {
  try {
    return await lightning.decodeInvoice(paymentRequest, signal)
  } catch (error) {
    if (!PaymentNodeError.is(error, 'node.invoice-malformed')) throw error
    const { reason } = error.details
    throw invalidDestination('destination', reason, 'the node cannot read its invoice', error)
  }
}

/** LUD-09 `message` and `url`; the encrypted kind says nothing without the preimage. */
function successMessage(action: unknown): string | null {
  if (typeof action !== 'object' || action === null) return null
  const { message, description, url } = action as Record<string, unknown>
  const words = [message, description, url].filter((part) => typeof part === 'string').join(' ')
  return words === '' ? null : printableWords(words)
}
