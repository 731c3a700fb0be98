import { readSafety } from '../safety/require-not-halted.ts'
import type { RowOf } from '../tables/table.ts'
import type { transactions } from '../tables/transactions.ts'
import { giveUp, obstacleTo, refusalOf } from './fund-transaction.ts'
import { markSigned, markUnlocked, type Pursuit } from './mark-transaction.ts'
import { requireFunding } from './require-funding.ts'

type Transaction = RowOf<typeof transactions>

/** Milliseconds that the locks must last at least. */
const margin = 3_600_000

/**
 * funded → signed: the bytes are stored before anybody can publish them, and are the only ones from then on.
 * Answers whether there is something to go on with at once.
 */
export async function signTransaction(pursuit: Pursuit, row: Transaction): Promise<boolean> {
  const { context, identity } = pursuit
  const guard = await readSafety(context, identity)
  const obstacle = await obstacleTo(pursuit, row)
  if (obstacle) return giveUp(pursuit, row, obstacle)
  const { funding } = requireFunding(context)
  try {
    if (!(await isLocked(pursuit, row))) {
      await markUnlocked(pursuit, row)
      return true
    }
    const signed = await funding.sign(row.psbt!)
    if (row.purpose === 'payouts' && !isBelowCeiling(pursuit, row, signed.virtualBytes)) {
      context.logger.error('a transaction would cost more than the hard ceiling allows', {
        transaction: row.id,
        virtualBytes: signed.virtualBytes,
      })
      return giveUp(pursuit, row, 'fee-above-limit')
    }
    await markSigned(pursuit, row, signed, guard)
    return true
  } catch (error) {
    const refusal = refusalOf(error)
    if (refusal === undefined) throw error
    return giveUp(pursuit, row, refusal)
  }
}

/** Money rule 10: by the real size. LND rounds up to whole satoshi. */
function isBelowCeiling({ context }: Pursuit, row: Transaction, virtualBytes: number): boolean {
  const mostSat = BigInt(context.settings.fees.hardCeiling) * BigInt(virtualBytes) + 1n
  return (row.fee_msat ?? 0n) <= mostSat * 1000n
}

async function isLocked({ context }: Pursuit, row: Transaction): Promise<boolean> {
  const leases = await requireFunding(context).funding.leases()
  const until = context.clock.now() + margin
  const held = new Set(
    leases
      .filter(({ lockId, expiresAt }) => lockId === row.lock_id && expiresAt > until)
      .map(({ outpoint }) => outpoint),
  )
  return (row.inputs as string[]).every((outpoint) => held.has(outpoint))
}
