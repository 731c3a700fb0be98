import type { Context, Identity } from '../context.ts'
import { readLivingTransactions } from './read-living.ts'
import { readCarried } from './read-outputs.ts'

/**
 * What transactions under way may cost beyond what their payouts have reserved, in msat: children that speed up
 * others, and shares above a payout's fee limit. It is the operator's, and booked when they are final.
 */
export async function feesUnderWay(context: Context, identity: Identity): Promise<bigint> {
  let sum = 0n
  for (const row of await readLivingTransactions(context, identity)) {
    const feeMsat = row.fee_msat ?? row.fee_limit_msat
    const carried = await readCarried(context, row)
    const reservedMsat = carried.reduce((total, { fee_limit_msat }) => total + fee_limit_msat, 0n)
    if (row.purpose === 'bump') sum += row.fee_limit_msat
    else if (feeMsat > reservedMsat && carried.length > 0) sum += feeMsat - reservedMsat
  }
  return sum
}
