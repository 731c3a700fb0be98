import { type ErrorDetails, PaymentNodeError } from '../errors.ts'

/** A list that cannot be used; `says` names the field, the place comes before it. */
export function refusePeerList(
  details: ErrorDetails['peer-list.invalid'],
  says: string,
  cause?: unknown,
): PaymentNodeError<'peer-list.invalid'> {
  const { list, line, entry } = details
  const place = [
    list,
    ...(line == null ? [] : [`line ${line}`]),
    ...(entry === null ? [] : [`entry ${entry}`]),
  ]
  return new PaymentNodeError('peer-list.invalid', `${place.join(', ')}: ${says}.`, details, {
    advice: 'Correct it; until then the list that was read last stays in force, if there was one.',
    cause,
  })
}
