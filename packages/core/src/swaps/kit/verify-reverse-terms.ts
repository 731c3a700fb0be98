import { sha256 } from '@noble/hashes/sha2.js'
import { readAddress } from '../../domain/onchain-address.ts'
import type { DecodedInvoice, Network } from '../../ports/lightning-node.ts'
import type { SwapQuote } from '../../ports/swap-provider.ts'
import { buildReverseTree, type ReverseTree } from './build-reverse-tree.ts'
import { checkInvoice, checkInvoiceNow } from './check-invoice-terms.ts'
import { checkAmount, checkCost, checkTimeout } from './check-price-terms.ts'
import { checkAddress, checkKeys, checkLeaves } from './check-tree-terms.ts'
import { type ReadTerms, readTerms } from './read-terms.ts'
import { refuseTerms as no, type TermsRefusal } from './terms-refusal.ts'

export type { TermsRefusal, TermsRefusalReason } from './terms-refusal.ts'

/** What a reverse swap was asked for; stored before the provider is asked. */
export interface ReverseRequest {
  readonly network: Network
  /** Our Lightning node's; 33 bytes, hex. */
  readonly ownPublicKey: string
  /** What the invoice asks for, exactly. */
  readonly amountSat: bigint
  /** SHA-256 of the preimage, hex. */
  readonly paymentHash: string
  /** 33 bytes, compressed, hex. */
  readonly claimPublicKey: string
  /** As it was sent to the provider; hex. */
  readonly metadata: string
  /** Where the claim pays to. */
  readonly destination: string
  /** The price that the swap was chosen for. */
  readonly quote: SwapQuote
}

/** What our own node says. */
export interface ChainView {
  /** Height of the best block. */
  readonly tip: number
  /** Milliseconds since 1970. */
  readonly now: number
}

/** Bounds that the terms must keep. */
export interface ReverseLimits {
  /** Less on chain is not worth the swap. */
  readonly minimumOnchainSat: bigint
  /** All-in: service, both miner fees and routing. */
  readonly maximumCostSat: bigint
  /** What the payment may cost on its way. */
  readonly routingLimitSat: bigint
  /** What the claim will cost at today's feerate. */
  readonly claimFeeSat: bigint
  /** Blocks from the tip to the timeout: enough for the lockup and the claim to confirm. */
  readonly minimumTimeoutBlocks: number
  /** Blocks from the tip to the timeout: how long the payment may be frozen. */
  readonly maximumTimeoutBlocks: number
  /** Blocks that the invoice may ask for at the last hop. */
  readonly maximumFinalCltv: number
  /** Milliseconds that the invoice must still be open. */
  readonly invoiceMargin: number
}

/** A server's usual timeout is 144 blocks, and its invoice asks for 15 more. */
export const usualReverseBounds: Readonly<
  Pick<
    ReverseLimits,
    'minimumTimeoutBlocks' | 'maximumTimeoutBlocks' | 'maximumFinalCltv' | 'invoiceMargin'
  >
> = {
  minimumTimeoutBlocks: 72,
  maximumTimeoutBlocks: 300,
  maximumFinalCltv: 400,
  invoiceMargin: 60_000,
}

/** A swap whose terms were found to be ours. Made by {@link verifyReverseTerms} and {@link reverifyReverseTerms} only. */
export interface VerifiedSwap {
  readonly network: Network
  readonly providerId: string
  readonly invoice: string
  readonly paymentHash: string
  readonly claimPublicKey: string
  readonly refundPublicKey: string
  /** Block height. */
  readonly timeoutHeight: number
  readonly amountSat: bigint
  /** At least this much must be locked up for us. */
  readonly onchainAmountSat: bigint
  readonly lockupAddress: string
  readonly destination: { readonly address: string; readonly script: Uint8Array }
  readonly tree: ReverseTree
}

export type TermsVerdict =
  | { readonly ok: true; readonly verified: VerifiedSwap }
  | { readonly ok: false; readonly refusal: TermsRefusal }

/**
 * Everything that must be true before the invoice of a reverse swap is paid. `rawTerms` is what the
 * plugin passed on, `invoice` is our own node's reading of its BOLT11 text. Nothing of the provider's
 * is believed: what can be computed is computed and compared.
 */
export function verifyReverseTerms(
  request: ReverseRequest,
  rawTerms: unknown,
  invoice: DecodedInvoice,
  chain: ChainView,
  limits: ReverseLimits,
): TermsVerdict {
  if (!Number.isSafeInteger(chain.tip) || chain.tip < 0 || !Number.isFinite(chain.now))
    throw new RangeError('The chain view of our own node has no height or no time.')
  const verdict = reverifyReverseTerms(request, rawTerms, invoice)
  if (!verdict.ok) return verdict
  const { verified } = verdict
  const refusal =
    checkInvoiceNow(request, invoice, chain, limits) ??
    checkCost(request, verified, limits) ??
    checkTimeout(verified, chain, limits)
  return refusal ? { ok: false, refusal } : verdict
}

/**
 * The checks that stay true for ever, for a stored answer: on resume and again before the preimage
 * is revealed. Height, expiry, price and limits were a matter of the moment of paying.
 */
export function reverifyReverseTerms(
  request: ReverseRequest,
  rawTerms: unknown,
  invoice: DecodedInvoice,
): TermsVerdict {
  const reading = readTerms(rawTerms)
  if (!reading.ok) return { ok: false, refusal: no('terms-malformed', reading.field, reading.says) }
  const { terms } = reading
  const early = checkExtras(request, terms) ?? checkKeys(request, terms)
  if (early) return { ok: false, refusal: early }
  const tree = buildReverseTree({ ...request, ...terms })
  const destination = readAddress(request.destination, request.network, sha256)
  const refusal =
    checkLeaves(tree, terms) ??
    checkAddress(tree, request, terms) ??
    checkInvoice(request, terms, invoice) ??
    checkAmount(request, terms)
  if (refusal) return { ok: false, refusal }
  if (!destination.isPayable) {
    const { says } = destination
    return { ok: false, refusal: no('destination-refused', 'destination', says) }
  }
  const { network, paymentHash, claimPublicKey, amountSat } = request
  const { providerId, refundPublicKey, timeoutHeight, onchainAmountSat, lockupAddress } = terms
  const verified: VerifiedSwap = {
    network,
    providerId,
    invoice: terms.invoice,
    paymentHash,
    claimPublicKey,
    refundPublicKey,
    timeoutHeight,
    amountSat,
    onchainAmountSat,
    lockupAddress,
    destination: { address: destination.address, script: destination.script },
    tree,
  }
  return { ok: true, verified }
}

function checkExtras(request: ReverseRequest, terms: ReadTerms): TermsRefusal | undefined {
  // The protocol's second version has none; an operator may still have set it.
  if (terms.hasPrepayment || request.quote.prepayAtRiskSat !== 0n) {
    const says = 'it demands a payment in advance that is lost when the swap fails'
    return no('prepayment-demanded', 'minerFeeInvoice', says)
  }
  if (terms.metadata !== undefined && terms.metadata !== request.metadata)
    return no('metadata-differs', 'metadata', 'it is not what was given to the provider')
  return undefined
}
