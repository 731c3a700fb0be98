import type { Context } from '../context.ts'
import type { AttemptState } from '../domain/attempt.ts'
import { attempts, type payouts } from '../tables/payouts.ts'
import type { RowOf } from '../tables/table.ts'
import { transactionOutputs } from '../tables/transactions.ts'
import { findPayout } from './get-payout.ts'

/** What a try of a payout rests on: for the operator, in LND's words and his own. */
export interface AttemptEvidence {
  /** From 1 on; 0: an operator's verdict about a transaction. On chain there are no tries. */
  readonly number: number
  readonly state: AttemptState
  /** Hex; null on chain. */
  readonly paymentHash: string | null
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
  const payout = await findPayout(context, id)
  if (payout.transaction !== null) return readVerdict(context, payout, payout.transaction)
  const rows = await context.storage.find(attempts, { index: 'key', equals: [payout.id], limit })
  return rows.map((row) => ({
    number: row.number,
    state: row.state as AttemptState,
    paymentHash: row.payment_hash,
    evidence: row.evidence,
    updatedAt: row.updated_at,
  }))
}

/** On chain there are no tries: only what the operator said about the transaction, if he had to. */
async function readVerdict(
  context: Context,
  { node, id, state, updated_at: updatedAt }: RowOf<typeof payouts>,
  transaction: string,
): Promise<readonly AttemptEvidence[]> {
  const output = await context.storage.get(transactionOutputs, [node, transaction, id])
  if (!output?.evidence) return []
  const { evidence } = output
  return [{ number: 0, state: state as AttemptState, paymentHash: null, evidence, updatedAt }]
}
