/** What an LNURL-pay server offers (LUD-06), checked but not trusted. */
export interface PayOffer {
  readonly callback: string
  /** The exact text whose SHA-256 the invoice must carry. */
  readonly metadata: string
}

/** Why an answer cannot be used; `reason` is stable. */
export interface OfferFault {
  readonly field: 'destination' | 'amount'
  readonly reason: string
  readonly says: string
}

/**
 * Reads the first answer of the protocol for a payment of `amountMsat`. `address`: the Lightning
 * address that led there.
 */
export function readPayOffer(
  answer: Readonly<Record<string, unknown>>,
  address: string | undefined,
  amountMsat: bigint,
): PayOffer | OfferFault {
  const { tag, callback, minSendable, maxSendable, metadata } = answer
  if (tag !== 'payRequest') return fault('wrong-tag', 'its server offers no LNURL-pay')
  if (typeof callback !== 'string' || !URL.canParse(callback))
    return fault('callback', 'its server names no place to ask for an invoice')
  if (!isAmount(minSendable) || !isAmount(maxSendable) || minSendable > maxSendable)
    return fault('limits', 'its server gives no usable limits')
  const entries = readMetadata(metadata)
  if (typeof metadata !== 'string' || !entries)
    return fault('metadata', 'its server gives no usable metadata')
  if (address !== undefined && !identifies(entries, address))
    return fault('identifier-differs', 'its server answers for somebody else')
  if (amountMsat < BigInt(minSendable))
    return fault('below-minimum', `its server takes at least ${minSendable} msat`, 'amount')
  if (amountMsat > BigInt(maxSendable))
    return fault('above-maximum', `its server takes at most ${maxSendable} msat`, 'amount')
  return { callback, metadata }
}

/** Where the invoice is asked for; the callback keeps its own query (LUD-06). */
export function invoiceUrl({ callback }: PayOffer, amountMsat: bigint): URL {
  const url = new URL(callback)
  url.hash = ''
  url.search = `${url.search}${url.search ? '&' : '?'}amount=${amountMsat}`
  return url
}

function isAmount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 1
}

function readMetadata(text: unknown): readonly (readonly unknown[])[] | undefined {
  if (typeof text !== 'string' || !text.isWellFormed()) return undefined
  try {
    const entries: unknown = JSON.parse(text)
    return Array.isArray(entries) && entries.every(Array.isArray) ? entries : undefined
  } catch {
    return undefined
  }
}

/** LUD-16: the address itself, or without its tag. */
function identifies(entries: readonly (readonly unknown[])[], address: string): boolean {
  const untagged = address.replace(/\+[^@]*@/, '@')
  return entries.some(([type, content]) => {
    if (type !== 'text/identifier' && type !== 'text/email') return false
    if (typeof content !== 'string') return false
    const named = content.toLowerCase()
    return named === address || named === untagged
  })
}

function fault(
  reason: string,
  says: string,
  field: OfferFault['field'] = 'destination',
): OfferFault {
  return { field, reason, says }
}
