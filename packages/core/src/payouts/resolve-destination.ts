import type { Context, Identity } from '../context.ts'
import type { Amount } from '../domain/amount.ts'
import { checkPayable } from '../domain/bolt11-check.ts'
import { type DestinationKind, destinationKind, isForNetwork } from '../domain/destination.ts'
import { PaymentNodeError } from '../errors.ts'
import type { DecodedInvoice } from '../ports/lightning-node.ts'
import { readText } from '../read-input.ts'
import { usedHashes } from '../tables/payouts.ts'
import { hashUsed } from './request-payout.ts'

/** A destination by its form: not yet known to be payable. */
export interface Destination {
  readonly kind: DestinationKind
  readonly text: string
}

/** A BOLT11 invoice that may be paid now. */
export interface PayableDestination {
  readonly text: string
  readonly paymentHash: string
  readonly amountMsat: bigint
  /** The invoice names no amount itself. */
  readonly isOpenAmount: boolean
  /** Index of the failed payment that LND has for this hash; 0 when it has none. */
  readonly priorIndex: number
  /** Milliseconds since 1970. */
  readonly expiresAt: number
}

const unsupported: Readonly<Record<Exclude<DestinationKind, 'bolt11'>, string>> = {
  'bolt12-offer': 'BOLT12 offers cannot be paid by LND',
  'bolt12-invoice': 'BOLT12 invoices cannot be paid by LND',
  'lightning-address': 'Lightning addresses are not supported yet',
  lnurl: 'LNURL is not supported yet',
  bip21: 'BIP21 URIs are not supported yet',
  'onchain-address': 'on-chain addresses are not supported yet',
  'node-public-key': 'a node key says nothing about what is paid (keysend): not supported',
  unknown: 'this is no known kind of destination',
}

/** Reads the form and refuses what cannot be paid. Throws `input.invalid`, `payout.destination-unsupported`. */
export function readDestination(value: unknown): Destination {
  const given = readText(value, 'destination', {
    maximum: 8192,
    pattern: /^\S+$/,
    says: 'must not contain white space',
  })
  const text = given.replace(/^lightning:/i, '')
  const kind = destinationKind(text)
  if (kind === 'bolt11') return { kind, text: text.toLowerCase() }
  throw new PaymentNodeError(
    'payout.destination-unsupported',
    `Cannot pay ${kind === 'unknown' ? 'this destination' : `a ${kind}`}: ${unsupported[kind]}.`,
    { kind },
    { advice: 'Give a BOLT11 invoice.' },
  )
}

/**
 * Decodes by the node and checks everything that can be checked before money is reserved. Throws
 * `payout.destination-invalid`, `payout.hash-used`, `node.unavailable`.
 */
export async function resolveDestination(
  context: Context,
  identity: Identity,
  { text }: Destination,
  amount: Amount | undefined,
): Promise<PayableDestination> {
  if (!isForNetwork(text, identity.network))
    throw refuse('destination', 'wrong-network', `the invoice is not for ${identity.network}`)
  const decoded = await decode(context, text)
  const payable = checkPayable(decoded, {
    now: context.clock.now(),
    expiryMargin: context.settings.expiryMargin,
    ownPublicKey: identity.publicKey,
    amountMsat: amount?.msat,
  })
  if (!payable.payable) throw refuse(payable.field, payable.reason, payable.says)
  const priorIndex = await requireUnpaid(context, identity, decoded.paymentHash)
  return {
    text,
    paymentHash: decoded.paymentHash,
    amountMsat: payable.amountMsat,
    isOpenAmount: !decoded.amountMsat,
    priorIndex,
    expiresAt: decoded.createdAt + decoded.expirySeconds * 1000,
  }
}

async function decode(context: Context, text: string): Promise<DecodedInvoice> {
  try {
    return await context.lightning.decodeInvoice(text)
  } catch (error) {
    if (PaymentNodeError.is(error, 'node.unavailable')) context.live.checkConnection()
    if (!PaymentNodeError.is(error, 'node.invoice-malformed')) throw error
    throw refuse('destination', error.details.reason, 'the node cannot read this invoice', error)
  }
}

/**
 * Another program may have paid this hash: then LND's success would be taken for ours. Answers the
 * index of a failed payment, whose failure must not be taken for ours either.
 */
async function requireUnpaid(
  context: Context,
  { publicKey }: Identity,
  paymentHash: string,
): Promise<number> {
  const following = new AbortController()
  try {
    for await (const update of context.lightning.trackPayment(paymentHash, following.signal)) {
      if (update.state === 'failed') return Number(update.index)
      const used = await context.storage.get(usedHashes, [publicKey, paymentHash])
      throw hashUsed(paymentHash, used?.payout ?? 'a payment that another program made')
    }
  } catch (error) {
    if (!PaymentNodeError.is(error, 'node.payment-not-found')) throw error
  } finally {
    following.abort()
  }
  return 0
}

function refuse(
  field: string,
  reason: string,
  says: string,
  cause?: unknown,
): PaymentNodeError<'payout.destination-invalid'> {
  return new PaymentNodeError(
    'payout.destination-invalid',
    `${field}: cannot pay this invoice: ${says}.`,
    { field, reason },
    { advice: 'Ask the payee for another invoice.', cause },
  )
}
