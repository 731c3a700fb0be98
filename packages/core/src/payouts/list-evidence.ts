import type { Context } from '../context.ts'
import type { AttemptState } from '../domain/attempt.ts'
import { attempts } from '../tables/payouts.ts'
import { findPayout } from './get-payout.ts'

/** What a try of a payout rests on: for the operator, in LND's words and his own. */
export interface AttemptEvidence {
  readonly number: number
  readonly state: AttemptState
  /** Hex. */
  readonly paymentHash: string
  /** What LND showed for this state, or the operator's verdict; null before anything was sent. */
  readonly evidence: unknown
  /** Milliseconds since 1970. */
  readonly updatedAt: number
}

/** More tries than a payout can have. */
const limit = 1000

/**
 * What each try of a payout rests on, oldest first. It names the node's own channels and what the operator
 * wrote, so that it is no part of the payout, which its partner sees. Throws `payout.not-found`.
 */
export async function listEvidence(
  context: Context,
  id: string,
): Promise<readonly AttemptEvidence[]> {
  const { id: payout } = await findPayout(context, id)
  const rows = await context.storage.find(attempts, { index: 'key', equals: [payout], limit })
  return rows.map((row) => ({
    number: row.number,
    state: row.state as AttemptState,
    paymentHash: row.payment_hash,
    evidence: row.evidence,
    updatedAt: row.updated_at,
  }))
}
