import { PaymentNodeError } from '@payment-node/core'
import { ApiError } from './api-error.ts'

/** Who calls, as its API key says. */
export interface Caller {
  /** Of its key; may be logged. */
  readonly keyId: string
  /** It sees and moves only what is this partner's; undefined: the operator, who sees everything. */
  readonly partner: string | undefined
}

/** What a route asks of who calls it. Everybody is refused whom it does not name. */
export type Access =
  /** No key is looked at: probes, and the description of the API. */
  | 'anyone'
  /** The operator, and partners for what is theirs. */
  | 'partner'
  | 'operator'

/** Throws unless a caller of this kind may use a route of that access. */
export function requireAccess(caller: Caller, access: Access): void {
  if (access === 'operator' && caller.partner !== undefined) {
    throw new ApiError('api.forbidden', 'This key is for a partner; only the operator may do that.')
  }
}

/**
 * The partner that a call is about. To a partner's key others do not exist: it is told `partner.not-found`,
 * as of one that was never there. Left out, it is the key's own.
 */
export function choosePartner<T extends string | undefined>(caller: Caller, given: T): string | T {
  if (caller.partner === undefined) return given
  if (given !== undefined && given !== caller.partner) throw noSuchPartner(given)
  return caller.partner
}

/** For what is another partner's; {@link answerError} gives it the words of what never was. */
function noSuchPartner(partner: string): PaymentNodeError<'partner.not-found'> {
  return new PaymentNodeError('partner.not-found', 'There is no such partner.', { partner })
}

/** The invoice, unless it is another partner's: then `invoice.not-found`. */
export function ownInvoice<T extends Owned>(caller: Caller, found: T): T {
  if (isVisible(caller, found)) return found
  throw new PaymentNodeError('invoice.not-found', 'There is no such invoice.', {
    invoice: found.id,
  })
}

/** The payout, unless it is another partner's: then `payout.not-found`. */
export function ownPayout<T extends Owned>(caller: Caller, found: T): T {
  if (isVisible(caller, found)) return found
  throw new PaymentNodeError('payout.not-found', 'There is no such payout.', { payout: found.id })
}

interface Owned {
  readonly id: string
  readonly partner: string
}

function isVisible(caller: Caller, { partner }: Owned): boolean {
  return caller.partner === undefined || caller.partner === partner
}

/** Settings that decide about the operator's money are not taken from a partner's key. */
export function requireOperatorFor(
  caller: Caller,
  body: Readonly<Record<string, unknown>>,
  fields: readonly string[],
): void {
  if (caller.partner === undefined) return
  const field = fields.find((name) => body[name] !== undefined)
  if (field === undefined) return
  throw new PaymentNodeError('input.invalid', `${field}: only the operator's key may set it`, {
    field,
    reason: 'operator-only',
  })
}
