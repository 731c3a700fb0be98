import type { Context, Identity } from '../context.ts'
import { invalidInvoice } from '../destinations/refuse-destination.ts'
import type { Amount } from '../domain/amount.ts'
import { checkPayable } from '../domain/bolt11-check.ts'
import { PaymentNodeError } from '../errors.ts'
import type { DecodedInvoice } from '../ports/lightning-node.ts'
import { usedHashes } from '../tables/payouts.ts'
import { hashUsed } from './explain-refusal.ts'

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

/**
 * Decodes by the node and checks everything that can be checked before money is reserved. Throws
 * `payout.destination-invalid`, `payout.hash-used`, `node.unavailable`.
 */
export async function resolveInvoice(
  context: Context,
  identity: Identity,
  text: string,
  amount: Amount | undefined,
): Promise<PayableDestination> {
  const decoded = await decode(context, text)
  const payable = checkPayable(decoded, {
    now: context.clock.now(),
    expiryMargin: context.settings.expiryMargin,
    ownPublicKey: identity.publicKey,
    amountMsat: amount?.msat,
  })
  if (!payable.payable) throw invalidInvoice(payable.field, payable.reason, payable.says)
  return useInvoice(context, identity, text, decoded, payable.amountMsat)
}

/**
 * The same for an invoice that was decoded and checked before; what is left to ask is whether LND knows its hash.
 * Throws `payout.hash-used`, `node.unavailable`.
 */
export async function useInvoice(
  context: Context,
  identity: Identity,
  text: string,
  decoded: DecodedInvoice,
  amountMsat: bigint,
): Promise<PayableDestination> {
  const priorIndex = await requireUnpaid(context, identity, decoded.paymentHash)
  return {
    text,
    paymentHash: decoded.paymentHash,
    amountMsat,
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
    throw invalidInvoice(
      'destination',
      error.details.reason,
      'the node cannot read this invoice',
      error,
    )
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
