import type { KeeperPlan } from '../domain/keeper-plan.ts'
import { type ErrorCode, PaymentNodeError } from '../errors.ts'

/** What stays as it is until somebody changes LND, its macaroon or its settings. */
const lasting: readonly ErrorCode[] = ['node.macaroon-rejected', 'node.unsupported', 'node.refused']

/** The plan when LND does not show its money; undefined when the error passes by itself. */
export function refusedMoney(plan: KeeperPlan, error: unknown): KeeperPlan | undefined {
  if (!PaymentNodeError.is(error) || !lasting.includes(error.code)) return undefined
  return { ...plan, verdict: 'blocked', reason: 'cannot-open', says: error.message }
}
