import { PaymentNodeError } from '../errors.ts'
import type { FundedTransaction } from '../ports/node-onchain.ts'
import { readSafety } from '../safety/require-not-halted.ts'
import type { RowOf } from '../tables/table.ts'
import { transactions } from '../tables/transactions.ts'
import { markFunded, markGivenUp, type Pursuit } from './mark-transaction.ts'
import { mayAct } from './may-act.ts'
import { readOutputs } from './read-outputs.ts'
import { requireFunding } from './require-funding.ts'

type Transaction = RowOf<typeof transactions>

/** LND keeps the inputs so long: what is signed may have to wait for it, or for the operator. */
const lockSeconds = 86_400
/** Milliseconds after which a feerate is no longer what was decided on; nothing is stored yet, so it is decided anew. */
const longestWait = 600_000

/** intended → funded. Answers whether there is something to go on with at once. */
export async function fundTransaction(pursuit: Pursuit, row: Transaction): Promise<boolean> {
  const obstacle = await obstacleTo(pursuit, row)
  if (obstacle) return giveUp(pursuit, row, obstacle)
  const { funding } = requireFunding(pursuit.context)
  const lockId = Buffer.from(row.lock_id, 'hex')
  const outputs: Record<string, bigint> = {}
  for (const { address, amount_msat } of await readOutputs(pursuit.context, row)) {
    outputs[address] = amount_msat / 1000n
  }
  if (!mayAct(pursuit)) return false
  try {
    // An earlier call whose answer was lost may have locked them: LND does not recognise a repetition.
    await funding.release(lockId, row.inputs as string[])
    const funded = await funding.fund({
      outputs,
      satPerVbyte: row.sat_per_kvb / 1000,
      lockId,
      lockSeconds,
      // A child spends what its parent has not confirmed yet.
      minimumConfirmations: row.purpose === 'bump' ? 0 : 1,
      coins: row.inputs as string[],
    })
    const wrong = whatIsWrong(row, funded)
    if (wrong) {
      pursuit.context.logger.error('LND funded another transaction than it was asked for', {
        transaction: row.id,
        says: wrong,
      })
      return giveUp(pursuit, row, wrong)
    }
    await markFunded(pursuit, row, funded)
    return true
  } catch (error) {
    const refusal = refusalOf(error)
    if (refusal === undefined) throw error
    return giveUp(pursuit, row, refusal)
  }
}

/** Why it must not go on; nothing is stored yet that could be published. */
export async function obstacleTo(
  { context, identity }: Pursuit,
  row: Transaction,
): Promise<string | undefined> {
  const guard = await readSafety(context, identity)
  if (guard.is_halted) return 'halted'
  if (row.parent !== null) {
    const parent = await context.storage.get(transactions, [row.parent])
    if (parent?.state !== 'published') return 'parent-not-waiting'
  }
  return context.clock.now() - row.created_at > longestWait ? 'outdated' : undefined
}

/** Gives the inputs back, then the transaction up. */
export async function giveUp(pursuit: Pursuit, row: Transaction, reason: string): Promise<boolean> {
  const { funding } = requireFunding(pursuit.context)
  // Somebody else may have signed it by now, and would lose the locks (money rule 14).
  if (!mayAct(pursuit)) return false
  await funding.release(Buffer.from(row.lock_id, 'hex'), row.inputs as string[])
  await markGivenUp(pursuit, row, reason)
  return false
}

/** LND's reason; undefined when nothing is known of what it did. */
export function refusalOf(error: unknown): string | undefined {
  if (PaymentNodeError.is(error, 'node.refused')) return error.details.reason
  const isForbidden =
    PaymentNodeError.is(error, 'node.macaroon-rejected') ||
    PaymentNodeError.is(error, 'node.unsupported')
  return isForbidden ? 'not-allowed' : undefined
}

function whatIsWrong(row: Transaction, funded: FundedTransaction): string | undefined {
  const chosen = [...(row.inputs as string[])].sort()
  const used = [...funded.inputs].sort()
  if (used.join() !== chosen.join()) return 'other-inputs'
  if (!(funded.changeIndex >= 0) || funded.changeSat <= 0n) return 'no-change'
  if (funded.feeSat * 1000n > row.fee_limit_msat) return 'fee-above-limit'
  return undefined
}
