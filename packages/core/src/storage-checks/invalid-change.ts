import { PaymentNodeError } from '../errors.ts'

/** The caller built a change or a query wrongly; nothing was written. `reason` is stable, kebab-case. */
export function invalidChange(
  reason: string,
  says: string,
): PaymentNodeError<'storage.invalid-change'> {
  return new PaymentNodeError('storage.invalid-change', says, { reason })
}

/** The declared tables or their history cannot be used. */
export function invalidSchema(reason: string, says: string): PaymentNodeError<'options.invalid'> {
  return new PaymentNodeError('options.invalid', `schema: ${says}`, { field: 'schema', reason })
}
