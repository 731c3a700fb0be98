import type { SwapTerms } from '../../ports/swap-provider.ts'

/** The part of an answer that says what the output is made of. */
export interface ReadOutput {
  readonly providerId: string
  readonly lockupAddress: string
  /** Hex, lower case. */
  readonly refundPublicKey: string
  /** Block height. */
  readonly timeoutHeight: number
  readonly leaves: ReadonlyMap<string, { readonly version: number; readonly script: string }>
  readonly metadata: string | undefined
}

/** Fields of a provider's answer that are what their types say. Nothing is known yet about their truth. */
export interface ReadTerms extends ReadOutput {
  /** Lower case. */
  readonly invoice: string
  readonly onchainAmountSat: bigint
  /** A second invoice for the miner's fee: money that is gone when the swap fails. */
  readonly hasPrepayment: boolean
}

export type Reading<Found> =
  | { readonly ok: true; readonly terms: Found }
  | { readonly ok: false; readonly field: string; readonly says: string }

/** Heights end where lock times begin to be times (BIP65). */
const heightLimit = 500_000_000
const maximumSat = 2_100_000_000_000_000n
/** Characters; a BOLT11 invoice with all its route hints has fewer. */
const longestInvoice = 4096
const longestScript = 512
/** Bytes that a provider keeps for us, as hex digits. */
const longestMetadata = 2048

/** Reads what a plugin passed on from the web. Everything is looked at once, and only here. */
export function readTerms(raw: unknown): Reading<ReadTerms> {
  const output = readOutput(raw)
  if (!output.ok) return output
  const answer = { ...(raw as { [name in keyof SwapTerms]?: unknown }) }
  const { invoice, onchainAmountSat } = answer
  if (!isText(invoice, longestInvoice, /^ln[0-9a-z]+$/))
    return no('invoice', 'it is no BOLT11 text in lower case')
  if (
    typeof onchainAmountSat !== 'bigint' ||
    onchainAmountSat <= 0n ||
    onchainAmountSat > maximumSat
  )
    return no('onchainAmountSat', 'it is no amount in satoshi')
  const hasPrepayment = [answer, recordOf(answer.raw)].some(
    (part) => part !== undefined && 'minerFeeInvoice' in part,
  )
  return { ok: true, terms: { ...output.terms, invoice, onchainAmountSat, hasPrepayment } }
}

/** Of an answer only what the output is made of: a restore call knows no more of an old swap. */
export function readOutput(raw: unknown): Reading<ReadOutput> {
  const answer = recordOf(raw)
  if (!answer) return no('terms', 'the answer is no object')
  const terms: { [name in keyof SwapTerms]?: unknown } = { ...answer }
  const { providerId, lockupAddress, refundPublicKey, timeoutHeight, metadata } = terms
  // It becomes part of urls.
  if (!isText(providerId, 64, /^[\w-]+$/)) return no('providerId', 'it is no plain id')
  if (!isText(lockupAddress, 90, /^[0-9a-z]+$/))
    return no('lockupAddress', 'it is no witness address in lower case')
  if (!isText(refundPublicKey, 66, /^0[23][0-9a-f]{64}$/))
    return no('refundPublicKey', 'it is no compressed public key in hex')
  if (!isWholeNumber(timeoutHeight) || timeoutHeight < 1 || timeoutHeight >= heightLimit)
    return no('timeoutHeight', 'it is no block height')
  if (metadata !== undefined && !isText(metadata, longestMetadata, /^([0-9a-f]{2})+$/))
    return no('metadata', 'it is no hex')
  const leaves = readLeaves(terms.leaves)
  if (!leaves) return no('leaves', 'they are no scripts with versions')
  const read = { providerId, lockupAddress, refundPublicKey, timeoutHeight, leaves, metadata }
  return { ok: true, terms: read }
}

function readLeaves(raw: unknown): ReadOutput['leaves'] | undefined {
  const record = recordOf(raw)
  if (!record) return undefined
  const entries = Object.entries(record)
  // More than two are refused later, by their names; a flood of them already here.
  if (entries.length > 16) return undefined
  const leaves = new Map<string, { version: number; script: string }>()
  for (const [name, entry] of entries) {
    const leaf = recordOf(entry)
    if (!leaf) return undefined
    const { version, script } = leaf
    if (!isWholeNumber(version) || version < 0 || version > 0xff) return undefined
    if (!isText(script, longestScript, /^([0-9a-f]{2})+$/)) return undefined
    leaves.set(name, { version, script })
  }
  return leaves
}

function recordOf(value: unknown): Record<string, unknown> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined
}

function isText(value: unknown, longest: number, form: RegExp): value is string {
  return typeof value === 'string' && value.length <= longest && form.test(value)
}

function isWholeNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value)
}

function no(field: string, says: string): Reading<never> {
  return { ok: false, field, says }
}
