import type { Identity } from '../context.ts'
import { parseAddress } from '../destinations/require-address.ts'
import { PaymentNodeError } from '../errors.ts'
import type { DecodedInvoice, LightningNode, Network } from '../ports/lightning-node.ts'
import type { ClaimedPayout } from './kit/build-claim.ts'
import type {
  ReverseRequest,
  TermsRefusal,
  TermsRefusalReason,
  TermsVerdict,
  VerifiedSwap,
} from './kit/verify-reverse-terms.ts'
import type { SwapRow } from './mark-swap.ts'
import { readQuote } from './stored-quote.ts'

/** Bytes of JSON beyond which only the fields that matter are kept of an answer. */
const longestRaw = 65_536

/** A provider's answer as JSON that every storage takes, whatever it holds. */
export function writeTerms(answer: unknown): unknown {
  const terms = toJson(answer) as Record<string, unknown> | null
  if (typeof terms !== 'object' || terms === null || Array.isArray(terms)) return { raw: terms }
  const { raw, ...fields } = terms
  return JSON.stringify(raw ?? null).length > longestRaw ? fields : terms
}

/** Amounts become text; what JSON or a storage cannot hold is left out or made harmless. */
function toJson(value: unknown): unknown {
  const text = JSON.stringify(value, (_, inner: unknown) => {
    if (typeof inner === 'bigint') return inner.toString()
    return typeof inner === 'string' ? harmless(inner) : inner
  })
  return text === undefined ? null : JSON.parse(text)
}

/** Without NUL and lone surrogates. */
export function harmless(text: string): string {
  return text.toWellFormed().replaceAll('\0', '\u{fffd}')
}

/** The stored answer as the provider gave it, to be verified. */
export function readTerms(row: SwapRow): unknown {
  const stored = row.terms as Record<string, unknown> | null
  if (stored === null) return null
  const { onchainAmountSat: sat } = stored
  const isWhole = typeof sat === 'string' && /^-?[0-9]{1,20}$/.test(sat)
  return isWhole ? { ...stored, onchainAmountSat: BigInt(sat) } : stored
}

/** What the checks left in the row: enough to watch, not enough to claim. */
export interface StoredVerified {
  /** The lockup's script, hex. */
  readonly script: string
  /** Where the claim pays to, or beside a payout the rest; hex. */
  readonly destinationScript: string
}

export function writeVerified(verified: VerifiedSwap): StoredVerified {
  return {
    script: Buffer.from(verified.tree.script).toString('hex'),
    destinationScript: Buffer.from(verified.destination.script).toString('hex'),
  }
}

/** What a claim pays to the partner; undefined when it pays no payout. */
export function payoutOf(
  row: Pick<SwapRow, 'network' | 'destination' | 'payout_msat'>,
): ClaimedPayout | undefined {
  if (row.payout_msat === null) return undefined
  const reading = parseAddress(row.destination, row.network as Network)
  // It was read when the payout was asked for.
  if (!reading.isPayable) throw new Error(`${row.destination} is no address: ${reading.says}`)
  return { script: reading.script, amountSat: row.payout_msat / 1000n }
}

export function readVerified(row: SwapRow): StoredVerified | undefined {
  return (row.verified as StoredVerified | null) ?? undefined
}

/** What was asked for, from the row: the terms are held against it, and against nothing else. */
export function requestOf(identity: Identity, row: SwapRow): ReverseRequest {
  return {
    network: identity.network,
    ownPublicKey: identity.publicKey,
    amountSat: row.amount_msat / 1000n,
    paymentHash: row.payment_hash,
    claimPublicKey: row.claim_public_key,
    metadata: row.metadata,
    // A payout is paid beside it.
    destination: row.rest_destination ?? row.destination,
    quote: readQuote(row.quote),
  }
}

/** What is stored does not pass its checks, or cannot even be checked (`terms-damaged`). */
export interface RefusedTerms {
  readonly ok: false
  readonly refusal: Omit<TermsRefusal, 'reason'> & {
    readonly reason: TermsRefusalReason | 'terms-damaged'
  }
}

/** LND's reading of the stored invoice. Throws what is no word about it: LND may merely be away now. */
export async function readInvoice(
  lightning: LightningNode,
  terms: unknown,
): Promise<{ readonly ok: true; readonly invoice: DecodedInvoice } | RefusedTerms> {
  const text = (terms as { readonly invoice?: unknown } | null)?.invoice
  if (typeof text !== 'string') return refused('terms-malformed', 'invoice', 'there is no invoice')
  try {
    return { ok: true, invoice: await lightning.decodeInvoice(text) }
  } catch (error) {
    if (!PaymentNodeError.is(error, 'node.invoice-malformed')) throw error
    const isOther = error.details.reason === 'wrong-network'
    const reason = isOther ? 'invoice-wrong-network' : 'invoice-malformed'
    return refused(reason, 'invoice', error.message)
  }
}

/** `check` asks nobody, and takes whatever a provider answers: where it throws, what is stored beside that was damaged. */
export function unlessDamaged(check: () => TermsVerdict): TermsVerdict | RefusedTerms {
  try {
    return check()
  } catch (error) {
    const says = error instanceof Error ? error.message : String(error)
    return refused('terms-damaged', 'terms', says)
  }
}

function refused(
  reason: TermsRefusalReason | 'terms-damaged',
  field: string,
  says: string,
): RefusedTerms {
  return { ok: false, refusal: { reason, field, says } }
}

/** Every check that stays true for ever, made again with the stored answer. */
export async function reverify(
  lightning: LightningNode,
  identity: Identity,
  row: SwapRow,
): Promise<TermsVerdict | RefusedTerms> {
  const { reverifyReverseTerms } = await import('./kit/index.ts')
  const terms = readTerms(row)
  const read = await readInvoice(lightning, terms)
  if (!read.ok) return read
  return unlessDamaged(() => reverifyReverseTerms(requestOf(identity, row), terms, read.invoice))
}
