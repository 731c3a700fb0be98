import type { Context } from './context.ts'
import { PaymentNodeError } from './errors.ts'
import type { Change, Refused } from './ports/storage.ts'

const maximumRepeats = 5

/**
 * Commits a change; answers undefined when it is durable, or the refusal. A lost reply is repeated
 * with the SAME change: when the first try was applied after all, the repetition is refused on one of
 * our own rows, which `isApplied` recognises by reading it.
 */
export async function record(
  context: Context,
  change: Change,
  isApplied: () => Promise<boolean>,
): Promise<Refused | undefined> {
  let wasLost = false
  for (let repeat = 0; ; repeat++) {
    try {
      const answer = await context.storage.commit(change)
      if (answer.committed) return undefined
      if (wasLost && (await isApplied())) return undefined
      if (answer.reason === 'fenced') throw new LostLeadership()
      return answer
    } catch (error) {
      if (!PaymentNodeError.is(error, 'storage.unavailable')) throw error
      wasLost ||= error.details.outcome === 'unknown'
      if (repeat === maximumRepeats) throw wasLost ? unknownOutcome(error) : error
      await context.clock.sleep(20 * 2 ** repeat)
    }
  }
}

/** An earlier try may have been applied, whatever the last one says of itself. */
function unknownOutcome(cause: PaymentNodeError): PaymentNodeError<'storage.unavailable'> {
  return new PaymentNodeError(
    'storage.unavailable',
    'The storage did not answer; the change may have been stored.',
    { outcome: 'unknown' },
    { advice: 'Repeat the same call: it finds out.', cause },
  )
}

/** Another process leads now; whatever this one was doing, it stops. Never leaves the workers. */
export class LostLeadership extends Error {
  override readonly name = 'LostLeadership'
}

/** How often a decision is made again when what it was based on has changed meanwhile. */
export const maximumDecisions = 20

/** Thrown when a decision kept losing against others; nothing was stored. */
export function tooContended(what: string): PaymentNodeError<'storage.unavailable'> {
  return new PaymentNodeError(
    'storage.unavailable',
    `${what}: other changes kept coming first; nothing was stored.`,
    { outcome: 'none' },
    { advice: 'Try again.' },
  )
}
