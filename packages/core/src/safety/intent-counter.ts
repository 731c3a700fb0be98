import { PaymentNodeError } from '../errors.ts'

/**
 * A count of outgoing intents that is kept outside the database, so that a database which was restored
 * from an old copy is recognised: the counter is then ahead of it. Keep it where a restore of the
 * database does not bring it back as well: another disk, another service. One per Lightning node, shared
 * by all processes that may lead.
 */
export interface IntentCounter {
  /** What was written last; undefined when nothing ever was. Called at the start and before comparisons. */
  read(): Promise<number | undefined>
  /** Resolves when the number is durable. Called with rising numbers, one at a time, before LND is asked to pay. */
  write(count: number): Promise<void>
}

/** Reads it, and refuses what is no count. Throws `options.invalid`. */
export async function readCounter(counter: IntentCounter): Promise<number | undefined> {
  let found: unknown
  try {
    found = await counter.read()
  } catch (cause) {
    if (PaymentNodeError.is(cause, 'options.invalid')) throw cause
    throw refuseCounter('unreadable', 'intentCounter cannot be read.', 'See the cause.', cause)
  }
  if (found === undefined || isCount(found)) return found
  throw refuseCounter(
    'malformed',
    'intentCounter: what was read is no count.',
    'It must be the last number that was written.',
  )
}

export function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0
}

export function refuseCounter(
  reason: 'unreadable' | 'malformed',
  says: string,
  advice: string,
  cause?: unknown,
): PaymentNodeError<'options.invalid'> {
  return new PaymentNodeError(
    'options.invalid',
    says,
    { field: 'intentCounter', reason },
    { advice, ...(cause !== undefined && { cause }) },
  )
}
