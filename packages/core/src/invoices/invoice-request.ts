import { readPositiveAmount } from '../domain/amount.ts'
import { readDuration } from '../domain/duration.ts'
import { invalid } from '../errors.ts'
import { expiryRange } from '../options.ts'
import { readShare } from '../partners/read-share.ts'
import {
  type Metadata,
  readBoolean,
  readId,
  readMetadata,
  readObject,
  readText,
} from '../read-input.ts'
import type { InvoiceInput } from './create-invoice.ts'

/** The request as it was made: what the call left out stays out, so that later defaults do not change it. */
export interface InvoiceRequest {
  readonly partner: string
  readonly amountMsat: bigint | null
  readonly expirySeconds: number | null
  readonly memo: string | null
  readonly descriptionHash: string | null
  readonly isPrivate: boolean
  readonly metadata: Metadata
  readonly commission: { readonly ppm: number; readonly fixedMsat: bigint } | null
}

/** Reads what the call gives; what it leaves out stays out. Throws `input.invalid`. */
export function readRequest(input: InvoiceInput): InvoiceRequest {
  readObject(input, 'invoice', [
    'partner',
    'amount',
    'expiresIn',
    'memo',
    'descriptionHash',
    'metadata',
    'privateRouteHints',
    'allowUnreceivable',
    'commission',
  ])
  if (input.memo !== undefined && input.descriptionHash !== undefined) {
    throw invalid(
      'descriptionHash',
      'excludes-memo',
      'an invoice has a memo or a description hash, not both',
    )
  }
  readBoolean(input.allowUnreceivable, 'allowUnreceivable', false)
  return {
    partner: readId(input.partner, 'partner'),
    amountMsat: input.amount === undefined ? null : readPositiveAmount(input.amount, 'amount').msat,
    expirySeconds:
      input.expiresIn === undefined
        ? null
        : readDuration(input.expiresIn, 'expiresIn', expiryRange),
    memo:
      input.memo === undefined ? null : readText(input.memo, 'memo', { minimum: 0, maximum: 639 }),
    descriptionHash:
      input.descriptionHash === undefined
        ? null
        : readText(input.descriptionHash, 'descriptionHash', {
            maximum: 64,
            pattern: /^[0-9a-f]{64}$/,
            says: 'expected 64 lower-case hex characters (a SHA-256)',
          }),
    isPrivate: readBoolean(input.privateRouteHints, 'privateRouteHints', false),
    metadata: readMetadata(input.metadata, 'metadata'),
    commission: input.commission === undefined ? null : readShare(input.commission, 'commission'),
  }
}

/** The request as one text with a fixed order of fields, stored with the invoice. */
export function writeRequest(request: InvoiceRequest): string {
  return JSON.stringify({
    partner: request.partner,
    amount: request.amountMsat === null ? null : `${request.amountMsat} msat`,
    expiresIn: request.expirySeconds,
    memo: request.memo,
    descriptionHash: request.descriptionHash,
    privateRouteHints: request.isPrivate,
    metadata: Object.entries(request.metadata).sort(([a], [b]) => (a < b ? -1 : 1)),
    // Only when given: the text of older requests must stay the same for ever.
    ...(request.commission !== null && {
      commission: [request.commission.ppm, `${request.commission.fixedMsat} msat`],
    }),
  })
}
